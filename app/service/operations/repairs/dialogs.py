"""Texts and default values of the dialogs of a repair order's transitions."""

from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import object_session

from app.billing.models import FeeItem, FeeStandard
from app.billing.states import FeeKind
from app.kernel.money import format_money
from app.lowcode import clock
from app.lowcode.errors import message_of
from app.service.models import RepairOrder
from app.service.operations.repairs.errors import MaterialNotIssued
from app.service.operations.repairs.materials import material_words, unconfirmed
from app.service.rules import repairs as rules


def signed_for(row: RepairOrder) -> str:
    """Return what the reporter puts their name to: the amount and what it is made of, or that there is none."""
    if not row.chargeable:
        return str(_("无偿维修，不收费。"))
    words = _(
        "收费金额 %(amount)s 元（人工费 %(labour)s 元，材料费 %(material)s 元）。请报修人确认后签字。",
        amount=format_money(row.charge_amount or Decimal(0)),
        labour=format_money(row.labour or Decimal(0)),
        material=format_money(row.material_total),
    )
    return str(words)


def charged(row: RepairOrder) -> str:
    """Return what the check posts as a charge."""
    if not row.chargeable:
        return str(_("无偿维修，不收费。"))
    return str(_("有偿维修，收费 %(amount)s 元。", amount=format_money(row.charge_amount or Decimal(0))))


def not_issued(row: RepairOrder) -> str:
    """Return what stands in the way of 完工, before the whole form is filled in for nothing."""
    session = object_session(row)
    missing = [] if session is None else unconfirmed(session=session, order=row)
    return message_of(MaterialNotIssued.of([one.name for one in missing])) if missing else ""


def to_be_issued(row: RepairOrder) -> str:
    """Return the lines of material that are issued with this step."""
    session = object_session(row)
    lines = [] if session is None else unconfirmed(session=session, order=row)
    return str(_("将发料：%(lines)s", lines=material_words(lines)) if lines else _("没有待确认的用料。"))


def charge_begins(row: RepairOrder) -> Decimal | None:
    """Return what the input of the charge begins with: what was filled in, else labour and material where it is paid for."""
    if row.charge_amount is not None or not row.chargeable:
        return row.charge_amount
    return rules.suggested_charge(labour=row.labour, material=row.material_total)


def finished_begins(row: RepairOrder) -> datetime:
    """Now, unless it was finished before."""
    return row.finished_at or clock.now()


def repair_fees(row: RepairOrder) -> ColumnElement[bool]:
    """Fees that a repair may be charged as: 特约服务费 in use."""
    return (FeeItem.kind == FeeKind.SERVICE) & FeeItem.active.is_(True)


def fee_begins(row: RepairOrder) -> int | None:
    """Return the fee that the check begins with where the repair is paid for: the first that the community has no standard for.

    What a standard bills every month (垃圾清运费, say) may be a 特约服务费 too, but is hardly what a repair costs. Nothing
    where all of them have one: a wrong fee that nobody looked at is worse than one that has to be picked.
    """
    session = object_session(row)
    if row.fee_item_id is not None or not row.chargeable or session is None:
        return row.fee_item_id
    billed = select(FeeStandard.fee_item_id).where(FeeStandard.community_id == row.community_id)
    return session.scalar(
        select(FeeItem.id).where(repair_fees(row), FeeItem.id.not_in(billed)).order_by(FeeItem.id).limit(1)
    )
