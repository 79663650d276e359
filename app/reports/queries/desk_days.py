"""What each cashier took on each day, in a handful of grouped sums: the base of 收费日报/交款表."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.collection.models import Allocation, CashHandover, Receipt, ReceiptTender, ReceiptVoid, Refund
from app.collection.states import CASH_KINDS, AllocationKind, ReceiptState, Tender, VoidKind
from app.estate.models import Community
from app.lowcode.reports.declaration import ReportQuery

ZERO = Decimal("0.00")
Key = tuple[int, date, int | None]
"""(community, day, cashier)."""


@dataclass(slots=True)
class DeskDay:
    """A cashier's day in a community, 元; sums are signed: in − out."""

    first: str | None = None
    last: str | None = None
    receipts: int = 0
    voids: int = 0
    fees: dict[int, Decimal] = field(default_factory=dict)
    tenders: dict[Tender, Decimal] = field(default_factory=dict)
    prepaid: Decimal = ZERO
    deposited: Decimal = ZERO
    refunded: Decimal = ZERO
    handed: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)


def desk_days(session: Session, scope: ReportQuery) -> dict[Key, DeskDay]:
    """Every cashier's days in the scope.

    A receipt that was voided on its day keeps its number and moved nothing; one reversed later is money out on the
    reversal's day, at the desk that reversed it.
    """
    found: dict[Key, DeskDay] = {}
    _receipts(session, scope, found)
    _fees(session, scope, found)
    _tenders(session, scope, found)
    _reversals(session, scope, found)
    _refunds(session, scope, found)
    _handovers(session, scope, found)
    return found


def cashiers(session: Session, keys: Iterable[Key]) -> dict[int, str]:
    """Return the names of the cashiers by id."""
    wanted = {cashier for _community, _day, cashier in keys if cashier is not None}
    rows = session.execute(select(User.id, User.last_name, User.first_name).where(User.id.in_(wanted)))
    return {key: f"{last or ''}{first or ''}" for key, last, first in rows}


def on_days(session: Session, scope: ReportQuery, model: Any) -> list[Any]:
    """Return the conditions on a paper: its day, and the whole communities of the chosen node: cash is not of a building."""
    communities = session.scalars(select(Community.id).where(*scope.where(Community)))
    return [model.day.between(scope.first, scope.last), model.community_id.in_(sorted(communities))]


def _place(model: Any) -> tuple[Any, ...]:
    return (model.community_id, model.day, model.cashier_id)


def _of(found: dict[Key, DeskDay], row: Any) -> DeskDay:
    return found.setdefault((row[0], row[1], row[2]), DeskDay())


def _receipts(session: Session, scope: ReportQuery, found: dict[Key, DeskDay]) -> None:
    """Numbers and counts of all receipts; what the standing ones were paid for in advance."""
    numbers = session.execute(
        select(*_place(Receipt), func.min(Receipt.serial), func.max(Receipt.serial), Receipt.year)
        .where(*on_days(session, scope, Receipt))
        .group_by(*_place(Receipt), Receipt.year)
    ).all()
    ends = _numbers_of(session, {(row[0], row[5], serial) for row in numbers for serial in row[3:5]})
    for row in numbers:
        one = _of(found, row)
        one.first, one.last = (ends.get((row[0], row[5], serial)) for serial in row[3:5])
    sums = session.execute(
        select(
            *_place(Receipt),
            Receipt.state,
            func.count(Receipt.id),
            func.sum(Receipt.prepaid),
            func.sum(Receipt.deposited),
        )
        .where(*on_days(session, scope, Receipt))
        .group_by(*_place(Receipt), Receipt.state)
    )
    for row in sums:
        one = _of(found, row)
        one.receipts += row[4]
        if row[3] is ReceiptState.VOID:
            one.voids += row[4]
        else:
            one.prepaid += row[5]
            one.deposited += row[6]


def _numbers_of(session: Session, serials: set[tuple[int, int, int]]) -> dict[tuple[int, int, int], str]:
    rows = session.execute(
        select(Receipt.community_id, Receipt.year, Receipt.serial, Receipt.number).where(
            Receipt.community_id.in_({one[0] for one in serials}),
            Receipt.year.in_({one[1] for one in serials}),
            Receipt.serial.in_({one[2] for one in serials}),
        )
    )
    return {(community, year, serial): number for community, year, serial, number in rows}


def _fees(session: Session, scope: ReportQuery, found: dict[Key, DeskDay]) -> None:
    """Return what was settled at the desk by fee; reversals go to the desk that reversed."""
    for paper, kinds in (
        (Receipt, tuple(kind for kind in CASH_KINDS if kind is not AllocationKind.REVERSAL)),
        (ReceiptVoid, (AllocationKind.REVERSAL,)),
    ):
        of: Any = paper
        cashier = of.cashier_id
        link = of.id if paper is Receipt else of.receipt_id
        rows = session.execute(
            select(
                Allocation.community_id,
                Allocation.day,
                cashier,
                Allocation.fee_item_id,
                func.sum(Allocation.amount),
            )
            .join(of, link == Allocation.receipt_id)
            .where(Allocation.kind.in_(kinds), *on_days(session, scope, Allocation))
            .group_by(Allocation.community_id, Allocation.day, cashier, Allocation.fee_item_id)
        )
        for row in rows:
            fees = _of(found, row).fees
            fees[row[3]] = fees.get(row[3], ZERO) + row[4]


def _tenders(session: Session, scope: ReportQuery, found: dict[Key, DeskDay]) -> None:
    rows = session.execute(
        select(*_place(Receipt), ReceiptTender.tender, func.sum(ReceiptTender.amount))
        .join(Receipt, Receipt.id == ReceiptTender.receipt_id)
        .where(Receipt.state != ReceiptState.VOID, *on_days(session, scope, Receipt))
        .group_by(*_place(Receipt), ReceiptTender.tender)
    )
    for row in rows:
        _move(_of(found, row), row[3], row[4])


def _reversals(session: Session, scope: ReportQuery, found: dict[Key, DeskDay]) -> None:
    reversed_ = (ReceiptVoid.kind == VoidKind.REVERSAL, *on_days(session, scope, ReceiptVoid))
    tenders = session.execute(
        select(*_place(ReceiptVoid), ReceiptTender.tender, func.sum(ReceiptTender.amount))
        .join(ReceiptTender, ReceiptTender.receipt_id == ReceiptVoid.receipt_id)
        .where(*reversed_)
        .group_by(*_place(ReceiptVoid), ReceiptTender.tender)
    )
    for row in tenders:
        _move(_of(found, row), row[3], -row[4])
    parts = session.execute(
        select(*_place(ReceiptVoid), func.sum(Receipt.prepaid), func.sum(Receipt.deposited))
        .join(Receipt, Receipt.id == ReceiptVoid.receipt_id)
        .where(*reversed_)
        .group_by(*_place(ReceiptVoid))
    )
    for row in parts:
        one = _of(found, row)
        one.prepaid -= row[3]
        one.deposited -= row[4]


def _refunds(session: Session, scope: ReportQuery, found: dict[Key, DeskDay]) -> None:
    rows = session.execute(
        select(*_place(Refund), Refund.tender, func.sum(Refund.amount))
        .where(Refund.number.is_not(None), *on_days(session, scope, Refund))
        .group_by(*_place(Refund), Refund.tender)
    )
    for row in rows:
        one = _of(found, row)
        one.refunded += row[4]
        _move(one, row[3], -row[4])


def _move(one: DeskDay, tender: Tender, amount: Decimal) -> None:
    one.tenders[tender] = one.tenders.get(tender, ZERO) + amount


def _handovers(session: Session, scope: ReportQuery, found: dict[Key, DeskDay]) -> None:
    """Who handed the day's papers over and who signed for them."""
    papers: tuple[Any, ...] = (Receipt, ReceiptVoid, Refund)
    for model in papers:
        rows = session.execute(
            select(*_place(model), CashHandover.cashier, CashHandover.signed_by)
            .join(CashHandover, CashHandover.id == model.handover_id)
            .where(*on_days(session, scope, model))
            .distinct()
        )
        for row in rows:
            one = _of(found, row)
            one.handed += [row[3]] if row[3] not in one.handed else []
            one.signed += [row[4]] if row[4] and row[4] not in one.signed else []
