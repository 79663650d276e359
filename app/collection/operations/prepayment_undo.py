"""撤销抵扣: what a prepayment settled of a charge goes back to its account, and the charge is open again."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations import open_period
from app.collection.models import Prepayment, PrepaymentEntry
from app.collection.operations.accounts import EntrySource, move_prepayment
from app.collection.operations.allocations import AllocationPart, Origin, lock_charges, settle
from app.collection.operations.reasons import stated
from app.collection.states import AllocationKind, PrepaymentKind
from app.kernel.allocation import NotPositive
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen, format_money
from app.kernel.periods import Period
from app.lowcode.history import note
from app.lowcode.scope import OutOfScope, find, locked_rows

ZERO = Decimal("0.00")
NAMED = 3
"""Charges that a refusal names."""


class NothingApplied(DomainError):
    """More than prepayments settled of the charge."""

    code = "over_balance"
    message = N_("这笔应收现在由预收抵扣的是 %(applied)s 元，不能撤销 %(amount)s 元。")


class BeforeApplied(DomainError):
    """An undo dated before what it undoes."""

    code = "before_applied"
    message = N_("撤销日期不能早于抵扣日期 %(day)s。")


def undo_applied(
    *, session: Session, charge_id: int, day: date, reason: str, amount: Decimal | None = None
) -> Decimal:
    """Take applied prepayment (元; None: all of it) off a charge again, what was applied last first; returns the sum.

    Booked on `day` as entries of their own. A posting does not apply to the charge again by itself. Raises OutOfScope,
    period_closed, ReasonMissing, NotPositive, NothingApplied, BeforeApplied.
    """
    charge: Charge | None = find(session, Charge, charge_id)
    if charge is None:
        raise OutOfScope
    open_period(session=session, community_id=charge.community_id, period=Period.of(day))
    reason = stated(reason)
    if amount is not None and fen(amount) <= 0:
        raise NotPositive(field="amount")
    [locked] = lock_charges(session=session, ids=[charge_id])
    standing = _standing(session, charge_id)
    applied = sum((part for _account, part, _day in standing), ZERO)
    wanted = applied if amount is None else amount
    if not standing or wanted > applied:
        raise NothingApplied(field="amount", applied=format_money(applied), amount=format_money(wanted))
    if day < standing[-1][2]:
        raise BeforeApplied(day=standing[-1][2].isoformat())
    parts = _last_first(standing, wanted)
    accounts = {
        one.id: one
        for one in locked_rows(session=session, model=Prepayment, ids=[key for key, _part in parts])
    }
    settle(
        session=session,
        parts=[AllocationPart(locked, -part, key) for key, part in parts],
        origin=Origin(kind=AllocationKind.PREPAYMENT, day=day),
    )
    for key, part in parts:
        move_prepayment(
            session=session,
            account=accounts[key],
            kind=PrepaymentKind.UNAPPLIED,
            amount=part,
            source=EntrySource(day=day, reason=reason),
            charge_id=charge_id,
        )
    note(charge, label=N_("撤销抵扣"), reason=f"{format_money(wanted)} {reason}")
    session.flush()
    session.expire_all()
    return wanted


def applied_to(*, session: Session, charge_id: int) -> Decimal:
    """Return what prepayments settle of a charge now (元)."""
    return sum((part for _account, part, _day in _standing(session, charge_id)), ZERO)


def charges_settled_by(*, session: Session, prepayment_id: int) -> list[tuple[int, str, Decimal]]:
    """Return the charges that an account settles: (id, fee and month, 元), the latest first."""
    rows = session.execute(
        select(PrepaymentEntry.charge_id, PrepaymentEntry.amount)
        .where(PrepaymentEntry.prepayment_id == prepayment_id, PrepaymentEntry.charge_id.is_not(None))
        .order_by(PrepaymentEntry.id)
    )
    sums: dict[int, Decimal] = {}
    for key, amount in rows:
        if key is not None:
            sums[key] = sums.pop(key, ZERO) - amount
    wanted = [key for key, amount in sums.items() if amount > 0]
    names: dict[int, Any] = {
        row.id: row
        for start in range(0, len(wanted), 500)
        for row in session.execute(
            select(Charge.id, Charge.period, FeeItem.name)
            .join(FeeItem, FeeItem.id == Charge.fee_item_id)
            .where(Charge.id.in_(wanted[start : start + 500]))
        )
    }
    return [(key, f"{names[key].name} {names[key].period}", sums[key]) for key in reversed(wanted)]


def uses_of(*, session: Session, prepayment_id: int) -> str:
    """Return the charges that an account settles, with their sums, the latest few by name; empty for none."""
    settled = charges_settled_by(session=session, prepayment_id=prepayment_id)
    named = [f"{name} {format_money(amount)}" for _key, name, amount in settled[:NAMED]]
    return "、".join(named) + ("…" if len(settled) > NAMED else "")


def _standing(session: Session, charge_id: int) -> list[tuple[int, Decimal, date]]:
    """(account, 元, day) of what is applied and not undone, in the order in which it was applied."""
    entries = session.execute(
        select(
            PrepaymentEntry.prepayment_id, PrepaymentEntry.kind, PrepaymentEntry.amount, PrepaymentEntry.day
        )
        .where(PrepaymentEntry.charge_id == charge_id)
        .order_by(PrepaymentEntry.id)
    )
    found: list[tuple[int, Decimal, date]] = []
    for key, kind, amount, day in entries:
        if kind is PrepaymentKind.APPLIED:
            found.append((key, -amount, day))
            continue
        left = amount
        for place in range(len(found) - 1, -1, -1):
            account, part, when = found[place]
            if account == key and left > 0:
                back = min(part, left)
                found[place], left = (account, part - back, when), left - back
    return [one for one in found if one[1] > 0]


def _last_first(standing: Sequence[tuple[int, Decimal, date]], wanted: Decimal) -> list[tuple[int, Decimal]]:
    found = []
    for key, part, _day in reversed(standing):
        back = min(part, wanted)
        if back > 0:
            found.append((key, back))
            wanted -= back
    return found
