"""The buttons of collection's documents: each a thin caller of one operation, dated by the clock."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from app.billing.models import Charge
from app.collection import operations
from app.collection.models import Deposit, Prepayment
from app.collection.states import HANDOVER_MACHINE, Tender
from app.kernel.errors import N_
from app.kernel.money import format_money
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.manifest import Action
from app.lowcode.scope import OutOfScope, find
from app.lowcode.types import MONEY_SCALE

REASON = Field(N_("原因"), "text", name="reason", required=True, length=200)


def _amount(label: str, **more: Any) -> Field:
    return Field(label, "money", name="amount", required=True, scale=MONEY_SCALE, unit=N_("元"), **more)


POSITIVE = _amount(N_("金额"), minimum=Decimal("0.01"))
SIGNED = _amount(N_("调整金额"), help=N_("增加填正数，减少填负数。"))
PERCENT = Field(
    N_("减免比例"),
    "number",
    name="percent",
    required=True,
    scale=2,
    unit="%",
    minimum=Decimal("0.01"),
    help=N_("按每笔费用现在的欠费计算；没有欠费的略过。"),
)
GIVEN_BACK_BY = Field(N_("退款方式"), "choice", name="tender", required=True, enum=Tender)


def _void(*, row_id: int, reason: str) -> str | None:
    operations.void(session=db.session(), receipt_id=row_id, day=clock.today(), reason=reason)
    return None


def _reverse(*, row_id: int, reason: str) -> str | None:
    operations.reverse(session=db.session(), receipt_id=row_id, day=clock.today(), reason=reason)
    return None


RECEIPT = (
    Action(
        "void",
        N_("作废"),
        run=_void,
        icon="ban",
        tone="danger",
        fields=(REASON,),
        confirm=N_("作废这张收据？收据号保留，所收的费用重新变为欠费。"),
        allowed=lambda row: operations.is_voidable(row, clock.today()),
        done=N_("收据已作废，费用已恢复为欠费。"),
    ),
    Action(
        "reverse",
        N_("冲红"),
        run=_reverse,
        icon="arrow-back-up",
        tone="danger",
        fields=(REASON,),
        confirm=N_("冲红这张收据？在今天所在的账期记一张红字，所收的费用重新变为欠费；已结账的月份不变。"),
        allowed=lambda row: operations.is_reversible(row, clock.today()),
        done=N_("收据已冲红，费用已恢复为欠费。"),
    ),
)


def _asks_waiver(*, row_id: int, amount: Decimal, reason: str) -> str | None:
    row = operations.request_waiver(session=db.session(), charge_id=row_id, amount=amount, reason=reason)
    return f"/waiver/show/{row.id}"


def _asks_waivers(*, row_ids: Sequence[int], percent: Decimal, reason: str) -> str | None:
    operations.request_waivers(session=db.session(), charge_ids=row_ids, percent=percent, reason=reason)
    return "/waiver/list/?f.state.eq=pending"


def _asks_adjustment(*, row_id: int, amount: Decimal, reason: str) -> str | None:
    row = operations.request_adjustment(session=db.session(), charge_id=row_id, amount=amount, reason=reason)
    return f"/adjustment/show/{row.id}"


def _unapplies(*, row_id: int, amount: Decimal, reason: str) -> str | None:
    operations.undo_applied(
        session=db.session(), charge_id=row_id, day=clock.today(), amount=amount, reason=reason
    )
    return None


def _applied_to(row: Charge) -> Decimal:
    return operations.applied_to(session=db.session(), charge_id=row.id)


def _is_open(row: Charge) -> bool:
    return row.due > 0


CHARGE = (
    Action(
        "waive",
        N_("申请减免"),
        run=_asks_waiver,
        icon="discount-2",
        fields=(POSITIVE, REASON),
        allowed=_is_open,
        begins=lambda row: {"amount": row.due},
        done=N_("已提出减免申请，等待审批。"),
    ),
    Action(
        "adjust",
        N_("申请调整"),
        run=_asks_adjustment,
        icon="adjustments-dollar",
        fields=(SIGNED, REASON),
        done=N_("已提出调整申请，等待审批。"),
    ),
    Action(
        "unapply",
        N_("撤销抵扣"),
        run=_unapplies,
        icon="arrow-back-up",
        fields=(POSITIVE, REASON),
        confirm=N_("抵扣的预收款退回原来的预收余额，这笔应收重新变为欠费，以后出账也不再自动抵扣它？"),
        allowed=lambda row: bool(row.paid) and _applied_to(row) > 0,
        begins=lambda row: {"amount": _applied_to(row)},
        done=N_("已撤销抵扣。"),
    ),
    Action(
        "waive_ticked",
        N_("批量申请减免"),
        run=_asks_waivers,
        icon="discount-2",
        verb="waive",
        bulk=True,
        single=False,
        fields=(PERCENT, REASON),
        done=N_("已逐笔提出减免申请，等待审批。"),
    ),
)
"""What may be asked for about a charge; billing's page shows them."""


def _refund(name: str) -> Callable[..., str | None]:
    def run(*, row_id: int, amount: Decimal, tender: Tender, reason: str) -> str | None:
        row = operations.request_refund(
            session=db.session(), amount=amount, tender=tender, reason=reason, **{name: row_id}
        )
        return f"/refund/show/{row.id}"

    return run


def _deduct(*, row_id: int, amount: Decimal, reason: str) -> str | None:
    operations.deduct(
        session=db.session(), deposit_id=row_id, amount=amount, reason=reason, day=clock.today()
    )
    return None


def _holds(row: Prepayment | Deposit) -> bool:
    return row.balance > 0


def _refunding(name: str) -> Action:
    return Action(
        "refund",
        N_("申请退款"),
        run=_refund(name),
        icon="cash-off",
        fields=(POSITIVE, GIVEN_BACK_BY, REASON),
        allowed=_holds,
        begins=lambda row: {"amount": row.balance},
        done=N_("已提出退款申请，等待审批。"),
    )


def _apply(*, row_id: int) -> str | None:
    row = find(db.session(), Prepayment, row_id)
    if row is None:
        raise OutOfScope
    operations.apply_held(session=db.session(), customer_id=row.customer_id, day=clock.today())
    return None


def _unapplies_account(*, row_id: int, charge_id: int, reason: str) -> str | None:
    operations.undo_applied(session=db.session(), charge_id=charge_id, day=clock.today(), reason=reason)
    return None


def _settled_by(row: Prepayment) -> list[tuple[int, str]]:
    found = operations.charges_settled_by(session=db.session(), prepayment_id=row.id)
    return [(key, f"{name} {format_money(amount)}") for key, name, amount in found]


PREPAYMENT = (
    Action(
        "apply",
        N_("抵扣欠费"),
        run=_apply,
        icon="transfer-in",
        tone="primary",
        allowed=_holds,
        confirm=N_("用这位客户的预收余额抵扣欠费，先抵最早到期的？"),
        done=N_("已抵扣。"),
    ),
    Action(
        "unapply",
        N_("撤销抵扣"),
        run=_unapplies_account,
        icon="arrow-back-up",
        fields=(Field(N_("抵扣的应收"), "link", name="charge_id", target="Charge", required=True), REASON),
        confirm=N_("抵扣的预收款退回原来的预收余额，这笔应收重新变为欠费，以后出账也不再自动抵扣它？"),
        allowed=lambda row: bool(_settled_by(row)),
        offers={"charge_id": _settled_by},
        done=N_("已撤销抵扣。"),
    ),
    _refunding("prepayment_id"),
)
DEPOSIT = (
    Action(
        "deduct",
        N_("扣款"),
        run=_deduct,
        icon="scissors",
        tone="danger",
        fields=(POSITIVE, REASON),
        allowed=_holds,
        confirm=N_("从押金里扣款？扣款成为公司收入。"),
        done=N_("已扣款。"),
    ),
    _refunding("deposit_id"),
)


def _sign(*, row_id: int) -> str | None:
    operations.sign(session=db.session(), handover_id=row_id)
    return None


HANDOVER = (
    Action(
        "sign",
        N_("签收"),
        run=_sign,
        icon="signature",
        tone="primary",
        confirm=N_("确认收到这份交款？"),
        allowed=lambda row: (
            "sign" in [one.action for one in HANDOVER_MACHINE.allowed(row.state)]
            and row.cashier_id != current_actor().user_id
        ),
    ),
)
