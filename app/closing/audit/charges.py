"""应收: their checked copies against the allocations, and the allocations against what they stand for."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from app.billing.models import Charge, FeeItem, MonthSum
from app.billing.states import ApprovalState
from app.closing.audit.check import Check, Within, amount, differs, grouped, named_charge, sum_where
from app.closing.queries.movements import COLUMNS, of_documents
from app.collection.models import Adjustment, Allocation, Receipt, Waiver
from app.collection.states import CASH_KINDS, PAID_KINDS, AllocationKind, ReceiptState
from app.estate.models import Building
from app.kernel.errors import N_
from app.lowcode.types import raw

CHARGE = N_("应收 %(place)s %(fee)s %(period)s（编号 %(document)s）")


def _sums(within: Within) -> Any:
    of = Allocation.amount
    return grouped(
        Allocation,
        Allocation.charge_id,
        [
            sum_where(of, Allocation.kind.in_(PAID_KINDS)).label("paid"),  # type: ignore[arg-type]
            sum_where(of, Allocation.kind == AllocationKind.WAIVER).label("waived"),  # type: ignore[arg-type]
            sum_where(of, Allocation.kind == AllocationKind.ADJUSTMENT).label("taken"),  # type: ignore[arg-type]
        ],
        within.of(Allocation),
    )


def _copies(within: Within) -> Select[Any]:
    sums = _sums(within)
    paid, waived, taken = (func.coalesce(raw(one), 0) for one in (sums.c.paid, sums.c.waived, sums.c.taken))
    charge: Any = Charge
    return (
        named_charge(
            charge.paid.label("paid"),
            charge.waived_later.label("waived"),
            charge.adjusted.label("adjusted"),
            amount(paid).label("paid_right"),
            amount(waived).label("waived_right"),
            amount(-taken).label("adjusted_right"),
        )
        .outerjoin(sums, sums.c.key == Charge.id)
        .where(
            or_(raw(charge.paid) != paid, raw(charge.waived_later) != waived, raw(charge.adjusted) != -taken),
            *within.of(Charge),
        )
    )


def _due(within: Within) -> Select[Any]:
    """Look for what the database refuses by itself, as one restored from elsewhere may not."""
    of: Any = Charge
    right = raw(of.amount) + raw(of.adjusted) - raw(of.waived_later) - raw(of.paid)
    return named_charge(of.due.label("due"), amount(right).label("due_right")).where(
        or_(raw(of.due) != right, raw(of.amount) != raw(of.gross) - raw(of.waived)), *within.of(Charge)
    )


def _negative(within: Within) -> Select[Any]:
    of: Any = Charge
    return named_charge(of.due.label("due")).where(raw(of.due) < 0, *within.of(Charge))


def _copied(within: Within) -> Select[Any]:
    """Return what an allocation takes over from its charge."""
    taken_over = ("community_id", "building_id", "room_id", "space_id", "fee_item_id", "period")
    return (
        named_charge(Allocation.id.label("allocation"))
        .join(Allocation, Allocation.charge_id == Charge.id)
        .where(
            or_(*(differs(getattr(Allocation, name), getattr(Charge, name)) for name in taken_over)),
            *within.of(Charge),
        )
    )


def _of_nothing(within: Within) -> Select[Any]:
    """Check that an allocation names the paper of its kind and no other's."""
    papers = {
        Allocation.receipt_id: CASH_KINDS,
        Allocation.prepayment_id: (AllocationKind.PREPAYMENT,),
        Allocation.adjustment_id: (AllocationKind.ADJUSTMENT,),
        Allocation.waiver_id: (AllocationKind.WAIVER,),
    }
    wrong = [and_(Allocation.kind.in_(kinds), column.is_(None)) for column, kinds in papers.items()]
    return named_charge(
        Allocation.id.label("allocation"), source=Allocation, charge_id=Allocation.charge_id
    ).where(or_(*wrong), *within.of(Allocation))


def _month_sums(within: Within) -> Select[Any]:
    """应收发生额 against what they are the sums of."""
    kept: Any
    documents, kept = of_documents(within.of(Charge), within.of(Allocation)), MonthSum
    nothing: Any = literal_column("0")
    both = union_all(
        select(
            *(documents.c[name] for name in COLUMNS),
            raw(documents.c.amount).label("right"),
            nothing.label("sum"),
        ),
        select(*(getattr(kept, name) for name in COLUMNS), nothing, raw(kept.amount)).where(*within.of(kept)),
    ).subquery()
    right, found = func.sum(both.c.right), func.sum(both.c.sum)
    building = func.coalesce(Building.name, literal("—"))
    return (
        select(
            both.c.community_id,
            both.c.posting_period.label("document"),
            building.label("building"),
            FeeItem.name.label("fee"),
            both.c.period,
            both.c.kind,
            amount(found).label("sum"),
            amount(right).label("right"),
        )
        .outerjoin(Building, Building.id == both.c.building_id)
        .outerjoin(FeeItem, FeeItem.id == both.c.fee_item_id)
        .group_by(*(both.c[name] for name in COLUMNS), Building.name, FeeItem.name)
        .having(right != found)
    )


def _asked(model: Any, column: Any, sign: int) -> Any:
    """Check that the allocations of a request are the sum approved, and none where nothing was.

    A rounding off goes with its receipt: taken back, nothing is left of it.
    """

    def find(within: Within) -> Select[Any]:
        sums = grouped(
            Allocation, column, [func.sum(raw(Allocation.amount)).label("total")], within.of(Allocation)
        )
        posted = func.coalesce(sums.c.total, 0)
        stands: ColumnElement[bool] = model.state == ApprovalState.APPROVED
        if model is Waiver:
            stands = and_(stands, or_(Waiver.receipt_id.is_(None), Receipt.state == ReceiptState.VALID))
        right = case((stands, sign * raw(model.amount)), else_=0)
        found = select(
            model.community_id.label("community_id"),
            model.id.label("document"),
            model.amount.label("asked"),
            amount(sign * posted).label("posted"),
        ).outerjoin(sums, sums.c.key == model.id)
        if model is Waiver:
            found = found.outerjoin(Receipt, Receipt.id == Waiver.receipt_id)
        return found.where(posted != right, *within.of(model))

    return find


CHECKS = (
    Check(
        code="charge_copies",
        paper=CHARGE,
        message=N_(
            "记为已收 %(paid)s、后续减免 %(waived)s、调整 %(adjusted)s，"
            "按核销应为 %(paid_right)s、%(waived_right)s、%(adjusted_right)s。"
        ),
        find=_copies,
    ),
    Check(code="charge_due", paper=CHARGE, message=N_("欠费记为 %(due)s，应为 %(due_right)s。"), find=_due),
    Check(code="charge_negative", paper=CHARGE, message=N_("欠费是负数 %(due)s。"), find=_negative),
    Check(
        code="allocation_copied",
        paper=CHARGE,
        message=N_("核销 %(allocation)s 的小区、楼宇、房间、车位、费项或所属期与应收不同。"),
        find=_copied,
    ),
    Check(
        code="allocation_of_nothing",
        paper=CHARGE,
        message=N_("核销 %(allocation)s 没有对应的收据、预收款、减免或调整单。"),
        find=_of_nothing,
    ),
    Check(
        code="month_sums",
        paper=N_("%(document)s 的应收发生额 %(building)s %(fee)s %(period)s %(kind)s"),
        message=N_("记为 %(sum)s，按应收和核销应为 %(right)s。"),
        find=_month_sums,
    ),
    Check(
        code="waiver_posted",
        paper=N_("减免（编号 %(document)s）"),
        message=N_("金额 %(asked)s，已入账 %(posted)s，与审批状态不符。"),
        find=_asked(Waiver, Allocation.waiver_id, 1),
    ),
    Check(
        code="adjustment_posted",
        paper=N_("应收调整（编号 %(document)s）"),
        message=N_("金额 %(asked)s，已入账 %(posted)s，与审批状态不符。"),
        find=_asked(Adjustment, Allocation.adjustment_id, -1),
    ),
)
