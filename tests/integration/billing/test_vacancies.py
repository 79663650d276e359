"""空置: 收费员 asks, 物业经理 approves, the run waives; who asked does not decide, and what is billed is left."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import AccountingPeriod, Charge, FeeItem, Vacancy
from app.billing.queries import explain
from app.billing.states import ApprovalState, PeriodState
from app.estate.models import ScopeGrant
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.workflow import move

from .town import APRIL, MARCH, Town

CASHIER, MANAGER = Actor(None, "收费员", EVERYTHING), Actor(None, "物业经理", EVERYTHING)


@pytest.fixture
def town(app: Flask, cast: Any) -> Town:
    """The town of 240.00 a room and month, where the cast of our community works too."""
    town = Town(app)

    def give(session: Session) -> None:
        for grant in session.scalars(
            select(ScopeGrant).where(ScopeGrant.community_id == cast.ours.community_id)
        ):
            session.add(ScopeGrant(user_id=grant.user_id, community_id=town.community_id))

    town.do(give)
    town.assign(town.standard())
    return town


def asked(town: Town, starts: str = "2025-03-16", ends: str = "2025-04-30", **changes: Any) -> int:
    def ask(session: Session) -> int:
        terms: dict[str, Any] = {
            "community_id": town.community_id,
            "room_id": town.room_ids[0],
            "starts": date.fromisoformat(starts),
            "ends": date.fromisoformat(ends),
            "factor": Decimal("0.7"),
            "reason": "业主出国",
        }
        with acting_as(CASHIER):
            return operations.request_vacancy(session=session, row=Vacancy(), **(terms | changes)).id

    return int(town.do(ask))


def decided(town: Town, vacancy_id: int, action: str = "approve", by: Actor = MANAGER, **inputs: Any) -> None:
    def decide(session: Session) -> None:
        with acting_as(by):
            move(session=session, row=session.get_one(Vacancy, vacancy_id), action=action, **inputs)

    town.do(decide)


def vacancy(town: Town, vacancy_id: int) -> Vacancy:
    found: Vacancy = town.ask(lambda session: session.get_one(Vacancy, vacancy_id))
    return found


def of_room(town: Town, room: int = 0) -> list[tuple[str, str, str, str]]:
    """(period, gross, waived, amount) of the room's charges."""
    rows = town.ask(
        lambda session: session.execute(
            select(Charge.period, Charge.gross, Charge.waived, Charge.amount)
            .where(Charge.room_id == town.room_ids[room])
            .order_by(Charge.period)
        ).all()
    )
    return [tuple(map(str, row)) for row in rows]


def fee(town: Town, name: str = "物业费") -> int:
    return int(
        town.ask(lambda session: session.scalars(select(FeeItem.id).where(FeeItem.name == name)).one())
    )


@pytest.mark.all_databases
def test_the_gross_stays_and_the_rest_is_waived(town: Town, backend: str) -> None:
    decided(town, asked(town))
    town.bill(MARCH)
    town.bill(APRIL)
    assert of_room(town) == [
        ("2025-03", "240.00", "37.16", "202.84"),
        ("2025-04", "240.00", "72.00", "168.00"),
    ]
    assert of_room(town, 1) == [
        ("2025-03", "240.00", "0.00", "240.00"),
        ("2025-04", "240.00", "0.00", "240.00"),
    ]

    def explanation(session: Session) -> list[str]:
        row = session.scalars(
            select(Charge).where(Charge.room_id == town.room_ids[0], Charge.period == MARCH)
        ).one()
        return [message % places for message, places in explain(session=session, row=row)]

    words = town.ask(explanation)
    assert any("2025-03-16 至 2025-03-31 共 16 天" in one and "系数 0.7 交纳" in one for one in words)
    assert words[-1] == "其中减免 37.16 元，应收 202.84 元。"


@pytest.mark.parametrize("action", ["nothing", "refuse", "withdraw"])
def test_what_is_not_approved_waives_nothing(town: Town, action: str) -> None:
    key = asked(town)
    if action != "nothing":
        reason = {"reason": "没有凭据"} if action == "refuse" else {}
        decided(town, key, action, **reason)
    town.bill(MARCH)
    assert of_room(town) == [("2025-03", "240.00", "0.00", "240.00")]
    row = vacancy(town, key)
    assert (row.decision, row.decided_by) == (
        ("没有凭据", "物业经理") if action == "refuse" else (None, None)
    )


def test_who_asked_does_not_decide(town: Town) -> None:
    key = asked(town)
    for action, inputs in (("approve", {}), ("refuse", {"reason": "不行"})):
        with pytest.raises(DomainError) as refused:
            decided(town, key, action, by=CASHIER, **inputs)
        assert refused.value.code == "same_person"
    assert vacancy(town, key).state is ApprovalState.PENDING


def test_the_same_days_are_not_asked_for_twice(town: Town) -> None:
    first = asked(town)
    with pytest.raises(DomainError) as refused:
        asked(town, "2025-04-30", "2025-05-31")
    assert refused.value.code == "overlap"
    # After it, for another room, for one fee, or once the first is gone: all right.
    asked(town, "2025-05-01", "2025-05-31")
    asked(town, room_id=town.room_ids[1])
    asked(town, fee_item_id=fee(town))
    with pytest.raises(DomainError) as refused:
        asked(town, "2025-04-01", "2025-04-01", fee_item_id=fee(town))
    assert refused.value.code == "overlap"
    decided(town, first, "refuse", reason="重复")
    asked(town, "2025-03-20", "2025-03-25")


def test_one_fees_own_factor_goes_before_the_rooms(town: Town) -> None:
    heating = town.standard("采暖费", price="5")
    town.assign(heating)
    decided(town, asked(town))
    decided(town, asked(town, fee_item_id=fee(town, "采暖费"), factor=Decimal("0.2")))
    town.bill(APRIL)
    amounts = town.ask(
        lambda session: dict(
            session.execute(
                select(Charge.fee_item_id, Charge.amount).where(Charge.room_id == town.room_ids[0])
            ).all()
        )
    )
    assert amounts == {fee(town): Decimal("168.00"), fee(town, "采暖费"): Decimal("100.00")}


def test_what_is_billed_already_is_left_and_told(town: Town) -> None:
    town.bill(MARCH)
    key = asked(town)
    decided(town, key, decision="同意")
    town.bill(APRIL)
    assert [row[2] for row in of_room(town)] == ["0.00", "72.00"]
    assert "2025-03 已出账" in str(vacancy(town, key).decision)
    assert str(vacancy(town, key).decision).startswith("同意\n")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts": "2025-05-01"}, "wrong_dates"),
        ({"factor": Decimal("1.1")}, "wrong_factor"),
        ({"factor": Decimal("-0.1")}, "wrong_factor"),
        ({"factor": Decimal("0.1234567")}, "too_many_decimals"),
        ({"room_id": 10**9}, "out_of_scope"),
        ({"fee_item_id": 10**9}, "out_of_scope"),
    ],
)
def test_what_is_not_right_is_refused(town: Town, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        asked(town, **changes)
    assert refused.value.code == code
    assert town.ask(lambda session: session.scalars(select(Vacancy)).all()) == []


def test_nothing_begins_in_a_closed_month(town: Town) -> None:
    key = asked(town)
    town.bill(MARCH)
    town.do(lambda session: session.execute(update(AccountingPeriod).values(state=PeriodState.CLOSED)))
    for attempt in (lambda: asked(town, "2025-03-20", "2025-06-30"), lambda: decided(town, key)):
        with pytest.raises(DomainError) as refused:
            attempt()
        assert refused.value.code == "period_closed"
    asked(town, "2025-05-01", "2025-06-30")


def test_it_may_end_early_but_not_before_what_is_billed(town: Town) -> None:
    key = asked(town, ends="2025-12-31")
    decided(town, key)
    town.bill(MARCH)

    def end(day: str) -> None:
        town.do(
            lambda session: operations.end_vacancy(
                session=session, vacancy_id=key, ends=date.fromisoformat(day), reason="业主回国"
            )
        )

    for day, code in (
        ("2025-03-25", "vacancy_billed"),
        ("2026-01-01", "wrong_dates"),
        ("2025-01-01", "wrong_dates"),
    ):
        with pytest.raises(DomainError) as refused:
            end(day)
        assert refused.value.code == code
    end("2025-04-10")
    town.bill(APRIL)
    assert of_room(town)[1] == ("2025-04", "240.00", "24.00", "216.00")
    waiting = asked(town, "2025-06-01", "2025-06-30")
    key = waiting
    with pytest.raises(DomainError) as refused:
        end("2025-06-10")
    assert refused.value.code == "vacancy_not_approved"


def test_asked_for_and_decided_in_the_browser(town: Town, client_of: Callable[[str], FlaskClient]) -> None:
    cashier, manager = client_of("收费员"), client_of("物业经理")
    form = {
        "community_id": str(town.community_id),
        "room_id": str(town.room_ids[0]),
        "starts": "2025-03-01",
        "ends": "2025-03-31",
        "factor": "0.5",
        "reason": "未入住",
        "requested_by": "别人",
        "state": "approved",
    }
    answer = cashier.post("/vacancy/add", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    key = int(answer.headers["Location"].rsplit("/", 1)[1])
    row = vacancy(town, key)
    # What a request may not say of itself is not taken from it.
    assert (row.requested_by, row.state) == ("收费员", ApprovalState.PENDING)
    assert cashier.post(f"/vacancy/do/approve/{key}").status_code == 403
    assert cashier.get(f"/vacancy/edit/{key}").status_code in (403, 404)
    page = manager.get(f"/vacancy/show/{key}").get_data(as_text=True)
    assert f"/vacancy/do/approve/{key}" in page and f"/vacancy/do/withdraw/{key}" not in page
    assert manager.post(f"/vacancy/do/approve/{key}", data={"decision": "同意"}).status_code == 302
    assert vacancy(town, key).state is ApprovalState.APPROVED
    # A second press finds it decided.
    manager.post(f"/vacancy/do/refuse/{key}", data={"reason": "晚了"})
    assert vacancy(town, key).state is ApprovalState.APPROVED
    town.bill(MARCH)
    assert of_room(town) == [("2025-03", "240.00", "120.00", "120.00")]
    neighbour = client_of("邻区收费员")
    assert neighbour.get(f"/vacancy/show/{key}").status_code == 404


def test_a_preview_is_stale_when_an_approval_comes_after_it(town: Town, run_jobs: Callable[[], int]) -> None:
    key = asked(town)
    run_id = town.start(Period(2025, 3))
    assert run_jobs() == 1
    decided(town, key)
    town.do(lambda session: operations.start_posting(session=session, run_id=run_id))
    assert run_jobs() == 1
    assert town.charges() == []
