"""Run a case through an office: set it up, take its steps in order, compare what it expects."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from app.kernel.errors import DomainError
from tests.cases.language.reader import stated

from .charges import compare_charges, same
from .language import Case, Expect, Place, Refused, Step
from .language.steps import AuditAction
from .protocol import NotBuilt, Office
from .snapshot import changes


class CaseFailure(AssertionError):
    """The product did something else than the case says; the text lists every difference."""


class Runner:
    """Runs one case through one office."""

    def __init__(self, *, office: Office) -> None:
        self._office = office

    def run(self, *, case: Case) -> None:
        """Run the whole case; raises CaseFailure, NotBuilt, or what escaped the product, its place noted."""
        self._case = case
        self._at(Place(case.file, "given"), self._set_up)
        for place, step in zip(case.places, case.steps, strict=True):
            self._at(place, partial(self._take, step, place))

    def _at(self, place: Place, work: Callable[[], None]) -> None:
        try:
            work()
        except DomainError as error:
            raise CaseFailure(f"{place}: refused with {error.code}: {error.text()}") from error
        except CaseFailure:
            raise
        except Exception as error:
            error.add_note(f"at {place}")
            raise

    def _set_up(self) -> None:
        given, office = self._case.given, self._office
        office.add_community(given.community)
        for room in given.rooms:
            office.add_room(room)
        for customer in given.customers:
            office.add_customer(customer)
        for meter in given.meters:
            office.add_meter(meter)
        for fee in given.fees:
            office.add_fee(fee)

    def _take(self, step: Step, place: Place) -> None:
        if isinstance(step, Expect):
            self._expect(step, place)
        elif isinstance(step, Refused):
            self._refused(step, place)
        else:
            self._do(step)

    def _do(self, step: AuditAction) -> None:
        """Every deed has the office's method of the same name (a test holds the two lists together)."""
        getattr(self._office, step.word)(step)

    def _refused(self, refused: Refused, place: Place) -> None:
        before = self._office.tables()
        lines = []
        try:
            self._do(refused.step)
        except DomainError as error:
            if error.code != refused.because:
                lines.append(f"refused with {error.code} ({error.text()}), expected {refused.because}")
        else:
            lines.append(f"was not refused, expected {refused.because}")
        lines += [f"changed {line}" for line in changes(before, self._office.tables())]
        _raise(lines, place)

    def _expect(self, expect: Expect, place: Place) -> None:
        """Compare every table. A difference outweighs a question that cannot be asked yet."""
        lines: list[str] = []
        missing: NotBuilt | None = None
        for table in stated(expect):
            if table == "only":
                continue
            try:
                lines += getattr(self, f"_check_{table}")(expect)
            except NotBuilt as error:
                missing = missing or error
        _raise(lines, place)
        if missing is not None:
            raise missing

    def _check_charges(self, expect: Expect) -> list[str]:
        rows = expect.charges or ()
        return compare_charges(rows=rows, only=expect.only, charges=self._office.charges())

    def _check_count(self, expect: Expect) -> Iterator[str]:
        for key, wanted in stated(expect.count).items():
            found = len(self._office.charges()) if key == "charges" else self._office.receipt_count()
            yield from _differ(f"count of {key}", wanted, found)

    def _check_usage(self, expect: Expect) -> Iterator[str]:
        for row in expect.usage or ():
            found = self._office.usage(meter=row.meter, period=row.period)
            yield from _differ(f"usage {row.meter} {row.period}", row.usage, found)

    def _check_due(self, expect: Expect) -> Iterator[str]:
        for name, wanted in (expect.due or {}).items():
            yield from _differ(f"due {name}", wanted, self._due(name))

    def _due(self, name: str) -> Any:
        """What is open under a name: of a room or space by its code, else of a customer."""
        given = self._case.given
        rooms = {room.code for room in given.rooms}
        spaces = {space for customer in given.customers for space in customer.parking}
        if name in rooms | spaces:
            if name in {customer.name for customer in given.customers}:
                return "ambiguous (both a room's and a customer's name)"
            return self._office.due_of_room(room=name)
        return _asked(partial(self._office.due_of_customer, customer=name))

    def _check_prepayment(self, expect: Expect) -> Iterator[str]:
        for row in expect.prepayment or ():
            found = self._office.prepayment(room=row.room, fee=row.fee)
            yield from _differ(f"prepayment {row.room} {row.fee or '(general)'}", row.balance, found)

    def _check_deposit(self, expect: Expect) -> Iterator[str]:
        for row in expect.deposit or ():
            found = self._office.deposit_balance(room=row.room, item=row.item)
            yield from _differ(f"deposit {row.room} {row.item}", row.balance, found)

    def _check_late_fee(self, expect: Expect) -> Iterator[str]:
        for row in expect.late_fee or ():
            ask = partial(
                self._office.late_fee, room=row.room, fee=row.fee, period=row.period, as_of=row.as_of
            )
            what = f"late_fee {row.room} {row.fee} {row.period} to {row.as_of}"
            yield from _differ(what, row.amount, _asked(ask))

    def _check_receipt(self, expect: Expect) -> Iterator[str]:
        for row in expect.receipt or ():
            found = _asked(partial(self._office.receipt, step=row.id))
            for key, wanted in stated(row).items():
                if isinstance(found, str):
                    yield f"receipt {row.id}: {found}"
                    break
                if key == "status":
                    if wanted not in found.status:
                        yield from _differ(f"receipt {row.id} status", wanted, "/".join(found.status))
                elif key != "id":
                    yield from _differ(f"receipt {row.id} {key}", wanted, getattr(found, key))

    def _check_receipt_numbers(self, expect: Expect) -> Iterator[str]:
        for book, numbers in self._office.receipt_numbers().items():
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                yield f"receipt_numbers: the book {book} is not gapless: {sorted(numbers)}"

    def _check_summary(self, expect: Expect) -> Iterator[str]:
        for row in expect.summary or ():
            found = self._office.summary(period=row.period)
            wanted = {key: value for key, value in stated(row).items() if key != "period"}
            yield from _differ_all(f"summary {row.period}", wanted, found)

    def _check_ageing(self, expect: Expect) -> Iterator[str]:
        for row in expect.ageing or ():
            found = self._office.ageing(as_of=row.as_of)
            yield from _differ_all(f"ageing {row.as_of}", stated(row.buckets), found)

    def _check_same_as_closed(self, expect: Expect) -> Iterator[str]:
        for row in expect.same_as_closed or ():
            frozen = self._office.frozen_reports(period=row.period)
            now = self._office.reports(period=row.period)
            if not frozen:
                yield f"same_as_closed {row.period}: nothing was frozen"
            for name in sorted({*frozen, *now}):
                if frozen.get(name) != now.get(name):
                    yield f"same_as_closed {row.period}: the report {name} is not what was frozen"


def _asked(question: Callable[[], Any]) -> Any:
    """The answer, or a text that differs from every figure when the office knows no such thing."""
    try:
        return question()
    except LookupError as error:
        return f"not found ({error})"


def _differ(what: str, wanted: Any, found: Any) -> Iterator[str]:
    if not same(found, wanted):
        yield f"{what} is {found}, expected {wanted}"


def _differ_all(what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for key, value in wanted.items():
        yield from _differ(f"{what} {key}", value, found.get(key, "missing"))


def _raise(lines: list[str], place: Place) -> None:
    if lines:
        raise CaseFailure(f"{place}:" + "".join(f"\n  - {line}" for line in lines))
