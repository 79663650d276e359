"""From the assignments of a month to the lines of a billing run, a chunk at a time."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, BillingRun, Charge, FeeAssignment, FeeStandard
from app.billing.operations.charge_inputs import BillingMonth, ChargeInputs
from app.billing.rules.anomaly import UNBILLABLE_ODDNESS, judge
from app.billing.rules.metering import charge_metered
from app.billing.rules.month_charge import ChargePart, Gap, charge_month
from app.kernel.money import AREA_SCALE, MONEY_SCALE, PRICE_SCALE, to_scaled
from app.kernel.pricing import Method
from app.kernel.proration import Proration
from app.lowcode.settings import setting

CHUNK = 2000
PRORATION = "billing.proration"

# In this order a line's tuple goes to the driver: whole numbers and texts as the database keeps them. Building a
# dict a row and converting each value by its column's type takes longer than computing the charge.
COLUMNS = (
    "run_id",
    "community_id",
    "period",
    "posting_period",
    "assignment_id",
    "standard_id",
    "fee_item_id",
    "building_id",
    "room_id",
    "space_id",
    "starts",
    "ends",
    "due_date",
    "customer_id",
    "version_id",
    "quantity",
    "price",
    "gross",
    "waived",
    "amount",
    "basis",
    "previous",
    "oddness",
    "odd",
    "billable",
)


def assignments_of(month: BillingMonth) -> Any:
    """Return the assignments that have a day in the month, with what their standard says."""
    found = (
        select(
            FeeAssignment.id,
            FeeAssignment.room_id,
            FeeAssignment.space_id,
            FeeAssignment.meter_id,
            FeeAssignment.starts,
            FeeAssignment.ends,
            FeeAssignment.standard_id,
            FeeStandard.fee_item_id,
            FeeStandard.method,
            FeeStandard.due_days,
        )
        .join(FeeStandard, FeeAssignment.standard_id == FeeStandard.id)
        .where(
            FeeAssignment.community_id == month.community_id,
            FeeAssignment.starts <= month.period.last_day,
            or_(FeeAssignment.ends.is_(None), FeeAssignment.ends >= month.period.first_day),
        )
    )
    return found if month.fee_item_id is None else found.where(FeeStandard.fee_item_id == month.fee_item_id)


class Computing:
    """A month being computed: what holds for the whole of it, read once, and then chunk after chunk."""

    def __init__(self, *, session: Session, month: BillingMonth) -> None:
        self.month = month
        self.proration = Proration(setting(session=session, key=PRORATION, community_id=month.community_id))
        self.fees_before = frozenset(
            session.scalars(
                select(Charge.fee_item_id)
                .where(
                    Charge.community_id == month.community_id,
                    Charge.posting_period == month.period.previous,
                )
                .distinct()
            )
        )
        self.last = 0

    def next_rows(self, *, session: Session, size: int = CHUNK) -> tuple[Sequence[Any], ChargeInputs | None]:
        """Return the next assignments and what they stand on; none at the end."""
        rows = session.execute(
            assignments_of(self.month)
            .where(FeeAssignment.id > self.last)
            .order_by(FeeAssignment.id)
            .limit(size)
        ).all()
        if not rows:
            return (), None
        self.last = rows[-1].id
        return rows, ChargeInputs(session=session, month=self.month, rows=rows)

    def next_chunk(self, *, session: Session, run: BillingRun, size: int = CHUNK) -> int:
        """Write the lines of the next assignments; returns how many assignments, 0 at the end."""
        rows, facts = self.next_rows(session=session, size=size)
        if facts is not None:
            month = (run.id, run.community_id, str(run.period), str(run.period))
            _insert(session, [month + line for row in rows for line in self._lines(row, facts)])
        return len(rows)

    def charges_of(self, row: Any, facts: ChargeInputs) -> tuple[list[ChargePart], list[Gap]]:
        """Return what of one assignment is still to be charged, and the days that cannot be."""
        if row.method is Method.METERED:
            return charge_metered(terrain=facts.metered(row), period=self.month.period, due_days=row.due_days)
        return charge_month(
            terrain=facts.terrain(row),
            method=row.method,
            period=self.month.period,
            proration=self.proration,
            due_days=row.due_days,
        )

    def _lines(self, row: Any, facts: ChargeInputs) -> Iterator[tuple[Any, ...]]:
        """Return the lines of one assignment: what is charged, and the days that cannot be."""
        parts, gaps = self.charges_of(row, facts)
        whose = (
            row.id,
            row.standard_id,
            row.fee_item_id,
            facts.building_of(row),
            facts.room_of(row),
            row.space_id,
        )
        # The month is judged as a whole, and shown beside last month's once, not with each of its parts.
        previous = facts.previous(row)
        odd, oddness = judge(
            amount=sum((part.amount for part in parts), facts.charged_amount(row)),
            previous=previous,
            is_new_odd=row.fee_item_id in self.fees_before,
        )
        judged = (oddness, None if odd is None else odd.value)
        shown = _fen(previous)
        for part in parts:
            yield whose + _charged(part) + (shown, *judged, True)
            shown = None
        for gap in gaps:
            yield whose + _not_charged(gap, self.month) + (shown, UNBILLABLE_ODDNESS, gap.reason.value, False)
            shown = None


def _charged(part: ChargePart) -> tuple[Any, ...]:
    return (
        _day(part.span.first),
        _day(part.span.last),
        _day(part.due_date),
        part.customer_id,
        part.version_id,
        to_scaled(part.priced.quantity, AREA_SCALE),
        to_scaled(part.priced.price, PRICE_SCALE),
        _fen(part.priced.gross),
        _fen(part.waived),
        _fen(part.amount),
        json.dumps(part.basis()),
    )


def _not_charged(gap: Gap, month: BillingMonth) -> tuple[Any, ...]:
    return (
        _day(gap.span.first),
        _day(gap.span.last),
        _day(month.period.last_day),
        None,
        None,
        0,
        0,
        0,
        0,
        0,
        "{}",
    )


def _day(day: date) -> str:
    return day.isoformat()


def _fen(amount: Decimal | None) -> int | None:
    return None if amount is None else to_scaled(amount, MONEY_SCALE)


def _insert(session: Session, lines: Sequence[tuple[Any, ...]]) -> None:
    if not lines:
        return
    dialect = session.get_bind().dialect
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.name == "sqlite" else "%s"
    table, columns = quote(BillingLine.__tablename__), ", ".join(map(quote, COLUMNS))
    marks = ", ".join([mark] * len(COLUMNS))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (names of our own table)
    session.connection().exec_driver_sql(statement, list(lines))
