"""What is owed at the end of a day, charge by charge: the base of 欠费明细 and 账龄."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from app.billing.models import OPEN, Charge
from app.billing.states import MovementKind
from app.closing.queries.movements import moves
from app.closing.queries.report_filters import wanted
from app.collection.models import Allocation
from app.collection.states import PAID_KINDS, AllocationKind
from app.kernel.errors import N_
from app.lowcode.reports.declaration import Equation, ReportQuery
from app.lowcode.types import Money, raw

LABEL = N_("欠费 = 应收 − 核销")
PLACES = ("community_id", "building_id", "room_id", "space_id", "customer_id")


def owed(session: Session, scope: ReportQuery) -> FromClause:
    """Return the charges with something open at the end of the scope's last day: a subquery.

    Its columns: id, PLACES, fee_item_id, due_date, and in 元 charged (原价 ± 调整), waived, paid and due. A charge
    counts from the month that it is posted in, what settles it from its day. As of a day after which nothing was
    settled, the charges' own checked copies are read (check-books holds them against the allocations); as of an
    earlier one everything is added up from the allocations.
    """
    posted = (Charge.posting_period <= scope.period, *wanted(scope, Charge))
    of: Any = Charge
    columns = [of.id, *(getattr(of, name) for name in PLACES), of.fee_item_id, of.due_date]
    if not _settled_later(session, scope):
        now = (
            _amount(raw(of.gross) + raw(of.adjusted), "charged"),
            _amount(raw(of.waived) + raw(of.waived_later), "waived"),
            of.paid,
            of.due,
        )
        return of_open(select(*columns, *now).where(*posted)).subquery()
    by_charge = _one_by_one if session.get_bind().dialect.name == "sqlite" else _all_at_once
    return by_charge(scope, columns, posted)


def of_open(statement: Select[Any]) -> Select[Any]:
    """Return a select on charges, of those with something open, read from their index."""
    # SQLite would rather read the months' index, and the table for each of its rows.
    return statement.where(OPEN).with_hint(Charge, "INDEXED BY ix_charge_open", "sqlite")


def _one_by_one(scope: ReportQuery, columns: Sequence[Any], posted: Sequence[Any]) -> FromClause:
    """Each charge's allocations looked up in their index: twice as fast on SQLite as a join."""
    of: Any = Charge
    then = (
        select(*columns, of.gross, of.waived, _amount(raw(of.amount) - _moved(of.id, scope), "due"))
        .where(*posted)
        .subquery()
    )
    adjusted, waived, paid = (
        _moved(then.c.id, scope, *kinds)
        for kinds in ((AllocationKind.ADJUSTMENT,), (AllocationKind.WAIVER,), PAID_KINDS)
    )
    return (
        select(
            *(then.c[column.key] for column in columns),
            _amount(raw(then.c.gross) - adjusted, "charged"),
            _amount(raw(then.c.waived) + waived, "waived"),
            _amount(paid, "paid"),
            then.c.due,
        )
        .where(raw(then.c.due) != 0)
        .subquery()
    )


def _all_at_once(scope: ReportQuery, columns: Sequence[Any], posted: Sequence[Any]) -> FromClause:
    """All allocations added up and joined: many times as fast on the servers as looking each up."""
    of: Any = Charge
    amount: Any = raw(Allocation.amount)

    def moved_by(*kinds: AllocationKind) -> ColumnElement[int]:
        return func.sum(case((Allocation.kind.in_(kinds), amount), else_=0))

    moved = (
        select(
            Allocation.charge_id.label("charge"),
            func.sum(amount).label("every"),
            moved_by(*PAID_KINDS).label("paid"),
            moved_by(AllocationKind.WAIVER).label("waived"),
            moved_by(AllocationKind.ADJUSTMENT).label("adjusted"),
        )
        .where(Allocation.day <= scope.last, *wanted(scope, Allocation))
        .group_by(Allocation.charge_id)
        .subquery()
    )

    def of_moved(name: str) -> ColumnElement[int]:
        return func.coalesce(moved.c[name], 0)

    due = raw(of.amount) - of_moved("every")
    return (
        select(
            *columns,
            _amount(raw(of.gross) - of_moved("adjusted"), "charged"),
            _amount(raw(of.waived) + of_moved("waived"), "waived"),
            _amount(of_moved("paid"), "paid"),
            _amount(due, "due"),
        )
        .outerjoin(moved, moved.c.charge == of.id)
        .where(due != 0, *posted)
        .subquery()
    )


def page_in_order(found: FromClause, rows: Select[Any], limit: int, offset: int, *more: str) -> Select[Any]:
    """Return a page of `rows`, a select from what is owed, in the order of its places; what has no building last.

    Those with a building and those without are each cut in the order of the index of what is open, so that the first
    pages read no more than they show. `more`: columns that go on ordering after the places.
    """
    building = found.c.building_id
    names = (*PLACES, *more)
    parts = [
        rows.where(condition).order_by(*(found.c[name] for name in names)).limit(offset + limit).subquery()
        for condition in (building.is_not(None), building.is_(None))
    ]
    both = union_all(*(select(part) for part in parts)).subquery()
    community, at, *others = (both.c[name] for name in names)
    return select(both).order_by(community, at.is_(None), at, *others).limit(limit).offset(offset)


def moved_until(session: Session, scope: ReportQuery, total: Decimal) -> Equation:
    """欠费 = 应收 − 核销: what everything that moved until the day comes to, read on its own.

    Of the day's month what was charged counts whole, and what was settled up to the day, from the allocations.
    """
    moved = moves(scope)
    charged = moved.c.kind.in_((MovementKind.CHARGED, MovementKind.RELIEVED))
    before = session.scalar(
        select(func.sum(moved.c.amount)).where(
            or_(moved.c.posting_period < scope.period, and_(moved.c.posting_period == scope.period, charged))
        )
    )
    settled = session.scalar(
        select(func.sum(Allocation.amount)).where(
            Allocation.posting_period == scope.period,
            Allocation.day <= scope.last,
            *wanted(scope, Allocation),
        )
    )
    zero = Decimal("0.00")
    return Equation(label=LABEL, left=total, right=(before or zero) - (settled or zero))


def _settled_later(session: Session, scope: ReportQuery) -> bool:
    later: Select[Any] = select(Allocation.id).where(Allocation.day > scope.last, *wanted(scope, Allocation))
    return session.scalar(later.limit(1)) is not None


def _moved(charge_id: Any, scope: ReportQuery, *kinds: AllocationKind) -> ColumnElement[int]:
    """Return what allocations took from a charge until the day, 分; of these kinds alone where some are named."""
    amount: Any = raw(Allocation.amount)
    found = select(func.coalesce(func.sum(amount), 0)).where(
        Allocation.charge_id == charge_id, Allocation.day <= scope.last
    )
    if kinds:
        found = found.where(Allocation.kind.in_(kinds))
    return found.scalar_subquery()


def _amount(units: Any, name: str) -> ColumnElement[Decimal]:
    return type_coerce(units, Money).label(name)
