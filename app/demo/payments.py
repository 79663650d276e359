"""A month's money at the desk: many receipts at once, as the desk's own operation would leave each of them.

The operation takes a receipt in some milliseconds and the demo has a million. What it writes for the same charges
and the same money is the same: a test holds the two side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations.month_sums import Moved, add_moved
from app.billing.states import MovementKind
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.operations.receipt_issue import BOOK, PREFIX
from app.collection.states import AllocationKind, ReceiptState, Tender
from app.demo.bulk_insert import CHUNK, Rows, moment_text
from app.demo.payment_habits import cash_handed, comes_in, habit_of, pays_on, settled, tenders_of
from app.estate.models import Customer
from app.kernel.chinese_amount import chinese_amount
from app.kernel.money import MONEY_SCALE, from_scaled
from app.kernel.number_rules import document_number
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.numbers import Counter
from app.lowcode.types import raw

DESK_OPENS = time(9)
MINUTES_A_DAY = 8 * 60


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the desk on a day, and what they pay (分) of which charges; `place` is theirs in the list."""

    day: date
    place: int
    customer_id: int
    paid: list[tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class HistoryMonth:
    """A month of the history, `number` from 0 of `months`; money is taken until `today`."""

    period: Period
    number: int
    months: int
    today: date


def collect_month(*, session: Session, community_id: int, month: HistoryMonth) -> int:
    """Write the receipts of a community's month in the order of their days; returns how many."""
    visits = sorted(_visits(session, community_id, month), key=lambda one: (one.day, one.customer_id))
    if not visits:
        return 0
    counter = _counter(session, community_id, month.period.year)
    _Book(session, community_id, month, counter).write(visits)
    return len(visits)


def _open_charges(session: Session, community_id: int) -> Iterator[tuple[int, list[Any]]]:
    """Each debtor of a community with what is open, in the order in which a payment settles it."""
    rows = session.execute(
        select(
            Charge.id,
            Charge.customer_id,
            Charge.building_id,
            Charge.room_id,
            Charge.space_id,
            Charge.fee_item_id,
            type_coerce(Charge.period, String).label("period"),
            raw(Charge.__table__.c.due).label("due"),
        )
        .join(FeeItem, FeeItem.id == Charge.fee_item_id)
        .where(Charge.community_id == community_id, raw(Charge.__table__.c.due) > 0)
        .order_by(Charge.customer_id, Charge.due_date, FeeItem.priority, Charge.id)
    )
    for customer_id, mine in groupby(rows, key=lambda row: row.customer_id):
        yield customer_id, list(mine)


def _visits(session: Session, community_id: int, month: HistoryMonth) -> Iterator[Visit]:
    first = session.scalar(select(func.min(Customer.id)).where(Customer.community_id == community_id)) or 0
    for customer_id, charges in _open_charges(session, community_id):
        place = customer_id - first
        habit = habit_of(customer=place)
        day = pays_on(customer=place, period=month.period)
        if day > month.today or not comes_in(
            customer=place, habit=habit, month=month.number, months=month.months
        ):
            continue
        parts = settled(
            habit=habit,
            period=month.period,
            open_charges=[(Period.parse(one.period), one.due) for one in charges],
        )
        paid = [(one, part) for one, part in zip(charges, parts, strict=True) if part]
        if paid:
            yield Visit(day, place, customer_id, paid)


def _counter(session: Session, community_id: int, year: int) -> Counter:
    mine = select(Counter).where(
        Counter.community_id == community_id, Counter.kind == BOOK, Counter.year == year
    )
    found = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        found = Counter(community_id=community_id, kind=BOOK, year=year, value=0)
        session.add(found)
    return found


class _Book:
    """The receipts of a month while they are written."""

    def __init__(self, session: Session, community_id: int, month: HistoryMonth, counter: Counter) -> None:
        self._session, self._month, self._counter = session, month, counter
        self._community_id = community_id
        actor, period = current_actor(), str(month.period)
        fixed = {"community_id": community_id}
        self._receipts = Rows(
            session,
            Receipt,
            (
                "number",
                "customer_id",
                "day",
                "total",
                "settled",
                "tendered",
                "change_given",
                "words",
                "serial",
                "created_at",
            ),
            fixed={
                **fixed,
                "posting_period": period,
                "year": month.period.year,
                "state": ReceiptState.VALID.value,
                "cashier_id": actor.user_id,
                "prints": 1,
                "created_by": actor.name,
            },
        )
        # What the operation inserts beside the receipt has neither time nor name of its own.
        self._tenders = Rows(
            session, ReceiptTender, ("receipt_id", "tender", "amount"), after=[self._receipts], fixed=fixed
        )
        self._allocations = Rows(
            session,
            Allocation,
            (
                "building_id",
                "room_id",
                "space_id",
                "fee_item_id",
                "period",
                "receipt_id",
                "charge_id",
                "day",
                "amount",
            ),
            after=[self._receipts],
            fixed={**fixed, "kind": AllocationKind.PAYMENT.value, "posting_period": period},
        )
        self._settled: list[tuple[int, int, int]] = []
        self._moved: list[Moved] = []

    def write(self, visits: list[Visit]) -> None:
        for _day, those in groupby(visits, key=lambda visit: visit.day):
            today = list(those)
            for place, visit in enumerate(today):
                self._visit(visit, minute=place * MINUTES_A_DAY // len(today))
        for rows in (self._receipts, self._tenders, self._allocations):
            rows.close()
        self._settle()
        add_moved(session=self._session, moved=self._moved)
        self._session.flush()
        self._session.expire_all()

    def _visit(self, visit: Visit, *, minute: int) -> None:
        total = sum(part for _charge, part in visit.paid)
        tenders = tenders_of(customer=visit.place, month=self._month.number, total=total)
        cash = dict(tenders).get(Tender.CASH, 0)
        change = cash_handed(total=cash) - cash
        self._counter.value += 1
        at = datetime.combine(visit.day, DESK_OPENS, tzinfo=clock.timezone()) + timedelta(minutes=minute)
        at = min(at, clock.now())  # today's: the desk may not be open yet
        day = visit.day.isoformat()
        receipt_id = self._receipts.add(
            document_number(PREFIX, visit.day.year, self._counter.value),
            visit.customer_id,
            day,
            total,
            total,
            total + change,
            change,
            chinese_amount(from_scaled(total, MONEY_SCALE)),
            self._counter.value,
            moment_text(at),
        )
        for tender, part in tenders:
            self._tenders.add(receipt_id, tender.value, part)
        for one, part in visit.paid:
            self._allocations.add(
                one.building_id,
                one.room_id,
                one.space_id,
                one.fee_item_id,
                one.period,
                receipt_id,
                one.id,
                day,
                part,
            )
            self._settled.append((part, part, one.id))
            self._moved.append(
                Moved(
                    self._community_id,
                    self._month.period,
                    one.building_id,
                    one.fee_item_id,
                    Period.parse(one.period),
                    MovementKind.CASH,
                    -from_scaled(part, MONEY_SCALE),
                )
            )

    def _settle(self) -> None:
        """Move the charges' checked copies."""
        connection = self._session.connection()
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        statement = f"UPDATE charge SET paid = paid + {mark}, due = due - {mark} WHERE id = {mark}"  # noqa: S608 (marks only)
        self._settled.sort(key=lambda one: one[2])
        for start in range(0, len(self._settled), CHUNK):
            connection.exec_driver_sql(statement, self._settled[start : start + CHUNK])
