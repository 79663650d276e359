"""预收款, 押金 and 退款: balances against their entries, and the entries against what they stand for."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union_all

from app.billing.states import ApprovalState
from app.closing.audit.check import Check, Within, amount, differs, grouped
from app.collection.models import (
    Allocation,
    Deposit,
    DepositEntry,
    Prepayment,
    PrepaymentEntry,
    Refund,
)
from app.collection.states import AllocationKind
from app.kernel.errors import N_
from app.lowcode.types import raw


def _balances(account: Any, entry: Any, link: Any) -> Callable[[Within], Select[Any]]:
    def find(within: Within) -> Select[Any]:
        sums = grouped(entry, link, [func.sum(raw(entry.amount)).label("total")], within.of(entry))
        right = func.coalesce(sums.c.total, 0)
        return (
            select(
                account.community_id.label("community_id"),
                account.id.label("document"),
                account.balance.label("balance"),
                amount(right).label("balance_right"),
            )
            .outerjoin(sums, sums.c.key == account.id)
            .where(or_(raw(account.balance) != right, raw(account.balance) < 0), *within.of(account))
        )

    return find


def _copied(account: Any, entry: Any, link: Any, names: Sequence[str]) -> Callable[[Within], Select[Any]]:
    """Return what an entry takes over from its account."""

    def find(within: Within) -> Select[Any]:
        wrong = [differs(getattr(entry, name), getattr(account, name)) for name in names]
        return (
            select(
                account.community_id.label("community_id"),
                account.id.label("document"),
                entry.id.label("entry"),
            )
            .join(entry, link == account.id)
            .where(or_(*wrong), *within.of(account))
        )

    return find


def _applied(within: Within) -> Select[Any]:
    """Return what left a prepayment for a charge is what the charge got of it."""
    entry: Any = PrepaymentEntry
    settled: Any = Allocation
    out = select(
        entry.community_id.label("community_id"),
        entry.prepayment_id.label("account"),
        entry.charge_id.label("charge"),
        raw(entry.amount).label("gone"),
        (0 * raw(entry.amount)).label("got"),
    ).where(entry.charge_id.is_not(None), *within.of(entry))
    came = select(
        settled.community_id,
        settled.prepayment_id,
        settled.charge_id,
        0 * raw(settled.amount),
        raw(settled.amount),
    ).where(settled.kind == AllocationKind.PREPAYMENT, *within.of(settled))
    both = union_all(out, came).subquery()
    gone, got = func.sum(both.c.gone), func.sum(both.c.got)
    return (
        select(
            both.c.community_id,
            both.c.account.label("document"),
            both.c.charge,
            amount(-gone).label("gone"),
            amount(got).label("got"),
        )
        .group_by(both.c.community_id, both.c.account, both.c.charge)
        .having(gone + got != 0)
    )


def _refunds(within: Within) -> Select[Any]:
    """Check that an approved refund left its account, and that another moved nothing."""
    entries: tuple[Any, ...] = (PrepaymentEntry, DepositEntry)
    moved = union_all(
        *(
            select(entry.refund_id.label("refund"), raw(entry.amount).label("amount")).where(
                entry.refund_id.is_not(None), *within.of(entry)
            )
            for entry in entries
        )
    ).subquery()
    sums = (
        select(moved.c.refund.label("key"), func.sum(moved.c.amount).label("total"))
        .group_by(moved.c.refund)
        .subquery()
    )
    of: Any = Refund
    out, approved = func.coalesce(sums.c.total, 0), of.state == ApprovalState.APPROVED
    return (
        select(
            of.community_id.label("community_id"),
            func.coalesce(of.number, "—").label("document"),
            of.id.label("key"),
            of.amount.label("asked"),
            amount(-out).label("moved"),
        )
        .outerjoin(sums, sums.c.key == of.id)
        .where(
            or_(
                and_(approved, or_(out != -raw(of.amount), of.number.is_(None), of.day.is_(None))),
                and_(~approved, or_(out != 0, of.number.is_not(None))),
            ),
            *within.of(Refund),
        )
    )


PREPAYMENT, DEPOSIT = N_("预收款（编号 %(document)s）"), N_("押金（编号 %(document)s）")
BALANCE = N_("余额记为 %(balance)s，明细合计 %(balance_right)s。")
COPIED = N_("明细 %(entry)s 的小区、客户、房间或项目与账户不同。")

CHECKS = (
    Check(
        code="prepayment_balance",
        paper=PREPAYMENT,
        message=BALANCE,
        find=_balances(Prepayment, PrepaymentEntry, PrepaymentEntry.prepayment_id),
    ),
    Check(
        code="deposit_balance",
        paper=DEPOSIT,
        message=BALANCE,
        find=_balances(Deposit, DepositEntry, DepositEntry.deposit_id),
    ),
    Check(
        code="prepayment_copied",
        paper=PREPAYMENT,
        message=COPIED,
        find=_copied(
            Prepayment,
            PrepaymentEntry,
            PrepaymentEntry.prepayment_id,
            ("community_id", "customer_id", "room_id", "fee_item_id"),
        ),
    ),
    Check(
        code="deposit_copied",
        paper=DEPOSIT,
        message=COPIED,
        find=_copied(
            Deposit, DepositEntry, DepositEntry.deposit_id, ("community_id", "customer_id", "room_id", "item")
        ),
    ),
    Check(
        code="prepayment_applied",
        paper=PREPAYMENT,
        message=N_("抵扣应收（编号 %(charge)s）的明细合计 %(gone)s，应收上的预收抵扣合计 %(got)s。"),
        find=_applied,
    ),
    Check(
        code="refund_posted",
        paper=N_("退款 %(document)s（编号 %(key)s）"),
        message=N_("金额 %(asked)s，账户里退出 %(moved)s，与审批状态或单号不符。"),
        find=_refunds,
    ),
)
