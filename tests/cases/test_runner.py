"""The runner itself: it passes what is right, and names whatever is not."""

from decimal import Decimal
from typing import Any

import pytest

from app.kernel.errors import DomainError
from app.kernel.periods import Period

from .language import Case, parse_text
from .protocol import ChargeFacts, NotBuilt, ReceiptFacts
from .runner import CaseFailure, Runner

HEAD = """
case: 试
given:
  community: {name: 锦绣花园}
  rooms: [{room: R1, area: "100.00", floor: 1}]
  customers: [{customer: 王一, rooms: [R1]}]
steps:
  - """


class PeriodClosed(DomainError):
    code = "period_closed"
    message = "已结账。"


def charge(month: int, *, amount: str = "210.00", paid: str = "0.00") -> ChargeFacts:
    period = Period(2025, month)
    return ChargeFacts(
        room="R1",
        fee="物业费",
        period=period,
        start=period.first_day,
        end=period.last_day,
        quantity=Decimal(100),
        price=Decimal("2.10"),
        gross=Decimal(amount),
        waived=Decimal(0),
        amount=Decimal(amount),
        paid=Decimal(paid),
        due=Decimal(amount) - Decimal(paid),
    )


class StandIn:
    """An office that says what a test tells it to."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {"charges": [charge(1), charge(2)], "tables": {}} | answers
        self.deeds: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def method(*args: Any, **_: Any) -> Any:
            self.deeds.append(name)
            answer = self.answers.get(name)
            if isinstance(answer, Exception):
                raise answer
            return answer(*args) if callable(answer) else answer

        return method


def case(steps: str) -> Case:
    return parse_text(HEAD + steps, file="x.yaml")


def failure(steps: str, **answers: Any) -> str:
    with pytest.raises(CaseFailure) as error:
        Runner(office=StandIn(**answers)).run(case=case(steps))
    assert str(error.value).startswith("x.yaml: steps[0].")
    return str(error.value)


def passes(steps: str, **answers: Any) -> None:
    Runner(office=StandIn(**answers)).run(case=case(steps))


def test_what_is_given_comes_first_and_the_steps_in_order() -> None:
    office = StandIn()
    Runner(office=office).run(case=case("bill: {period: 2025-01}\n  - close: {period: 2025-01}"))
    assert office.deeds == ["add_community", "add_room", "add_customer", "bill", "close"]


def test_a_refusal_that_nobody_expects_fails_with_its_code() -> None:
    assert "refused with period_closed" in failure("bill: {period: 2025-01}", bill=PeriodClosed())


def test_an_error_that_is_no_refusal_keeps_its_kind_and_gets_its_place() -> None:
    for kind in (NotBuilt, ZeroDivisionError):
        with pytest.raises(kind) as error:
            passes("bill: {period: 2025-01}", bill=kind("bill"))
        assert error.value.__notes__ == ["at x.yaml: steps[0].bill"]


REFUSED = "refused: {step: {close: {period: 2025-01}}, because: period_closed}"


def test_a_refusal_as_expected_passes() -> None:
    passes(REFUSED, close=PeriodClosed())


def test_a_step_that_is_not_refused_or_for_another_reason_fails() -> None:
    assert "was not refused, expected period_closed" in failure(REFUSED)
    assert "refused with refused" in failure(REFUSED, close=DomainError())


def test_a_step_that_is_not_built_is_no_refusal() -> None:
    with pytest.raises(NotBuilt):
        passes(REFUSED, close=NotBuilt("close"))


def test_a_refusal_that_leaves_a_row_fails_and_shows_the_row() -> None:
    states = iter([{"receipt": ("1", "2"), "book": ("7",)}, {"receipt": ("1", "3"), "book": ("7",)}])
    found = failure(REFUSED, close=PeriodClosed(), tables=lambda: next(states))
    assert "changed receipt: gone 2" in found
    assert "changed receipt: new 3" in found
    assert "book" not in found


RIGHT = {
    "receipt_count": 1,
    "usage": Decimal(25),
    "due_of_room": Decimal(130),
    "due_of_customer": Decimal(130),
    "prepayment": Decimal(40),
    "deposit_balance": Decimal(0),
    "late_fee": Decimal("5.04"),
    "receipt": ReceiptFacts(
        total=Decimal(450),
        cash=Decimal(450),
        change=Decimal(0),
        words="元整",
        number="1",
        status=("void", "作废"),
    ),
    "receipt_numbers": {"2025": [2, 1, 3]},
    "summary": {"opening": Decimal(0), "closing": Decimal(150)},
    "ageing": {"not_due": Decimal(100)},
    "frozen_reports": {"a": b"1"},
    "reports": {"a": b"1"},
}
TABLES = [
    ("count: {charges: 2, receipts: 1}", "receipt_count", 2, "count of receipts is 2, expected 1"),
    (
        'usage: [{meter: 水1, period: 2025-02, usage: "25.0"}]',
        "usage",
        Decimal(26),
        "usage 水1 2025-02 is 26",
    ),
    ('due: {R1: "130.00"}', "due_of_room", Decimal(0), "due R1 is 0, expected 130.00"),
    ('due: {王一: "130.00"}', "due_of_customer", LookupError("王一"), "due 王一 is not found"),
    ('due: {R1: "130.00"}', "due_of_room", 130.0, "due R1 is 130.0, expected 130.00"),
    ('prepayment: [{room: R1, balance: "40.00"}]', "prepayment", None, "prepayment R1 (general) is None"),
    (
        'deposit: [{room: R1, item: 押金, balance: "0.00"}]',
        "deposit_balance",
        Decimal(1),
        "deposit R1 押金 is 1",
    ),
    (
        'late_fee: [{room: R1, fee: 物业费, period: 2025-03, as_of: 2025-05-01, amount: "5.04"}]',
        "late_fee",
        Decimal("4.73"),
        "late_fee R1 物业费 2025-03 to 2025-05-01 is 4.73, expected 5.04",
    ),
    ('receipt: {id: A, total: "450.00", status: 作废}', "receipt", KeyError("A"), "receipt A: not found"),
    ("receipt_numbers: {gapless: true}", "receipt_numbers", {"2025": [1, 3]}, "not gapless: [1, 3]"),
    ("receipt_numbers: {gapless: true}", "receipt_numbers", {"2025": [1, 1]}, "not gapless: [1, 1]"),
    ("receipt_numbers: {gapless: true}", "receipt_numbers", {"2025": [2, 3]}, "not gapless: [2, 3]"),
    ('summary: {period: 2025-02, closing: "150.00"}', "summary", {}, "summary 2025-02 closing is missing"),
    (
        'ageing: {as_of: 2025-12-31, buckets: {not_due: "100.00"}}',
        "ageing",
        {"not_due": Decimal(1)},
        "not_due is 1",
    ),
    ("same_as_closed: {period: 2025-01}", "reports", {"a": b"2"}, "the report a is not what was frozen"),
    (
        "same_as_closed: {period: 2025-01}",
        "reports",
        {"a": b"1", "b": b""},
        "the report b is not what was frozen",
    ),
    ("same_as_closed: {period: 2025-01}", "frozen_reports", {}, "nothing was frozen"),
]


@pytest.mark.parametrize(("table", "question", "wrong", "complaint"), TABLES)
def test_each_table_passes_when_right_and_fails_when_not(
    table: str, question: str, wrong: Any, complaint: str
) -> None:
    passes(f"expect: {{{table}}}", **RIGHT)
    assert complaint in failure(f"expect: {{{table}}}", **RIGHT | {question: wrong})


def test_all_differences_of_one_expect_are_told_at_once() -> None:
    found = failure(
        'expect: {due: {R1: "1.00", 王一: "2.00"}, count: {charges: 3, receipts: 9},'
        ' receipt: {id: A, total: "1.00", words: 甲, status: 有效}}',
        **RIGHT,
    )
    assert found.count("\n  - ") == 7


def test_a_difference_outweighs_a_question_that_is_not_built() -> None:
    steps = 'expect: {due: {R1: "%s"}, ageing: {as_of: 2025-12-31, buckets: {not_due: "1.00"}}}'
    answers = RIGHT | {"ageing": NotBuilt("ageing")}
    assert "due R1 is 130" in failure(steps % "1.00", **answers)
    with pytest.raises(NotBuilt):
        passes(steps % "130.00", **answers)


def charges(rows: str, *, only: bool = False) -> str:
    return f"expect: {{charges: [{rows}], only: {str(only).lower()}}}"


def test_charges_that_are_there_pass_in_any_order() -> None:
    passes(charges('{period: 2025-02, due: "210.00"}, {room: R1, fee: 物业费}', only=True))
    passes(charges('{period: 2025-02, from: 2025-02-01, to: 2025-02-28, price: "2.1"}'))


def test_charges_that_differ_are_told_field_by_field() -> None:
    found = failure(charges('{room: R1, period: 2025-01, paid: "80.00", due: "130.00"}'))
    assert "paid is 0.00, expected 80.00; due is 210.00, expected 130.00" in found
    assert "no charge for period=2025-03; nearest is room=R1" in failure(charges("{period: 2025-03}"))


def test_each_row_needs_a_charge_of_its_own_and_only_means_only() -> None:
    assert "charges[1]" in failure(charges("{period: 2025-01}, {period: 2025-01}"))
    assert "not listed, but there: room=R1" in failure(charges("{period: 2025-01}", only=True))
    assert failure("expect: {charges: [], only: true}").count("not listed") == 2
