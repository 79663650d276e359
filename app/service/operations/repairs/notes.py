"""What the dialogs of a repair order say of it above their inputs."""

from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import object_session

from app.kernel.money import format_money
from app.lowcode.errors import message_of
from app.service.models import RepairOrder
from app.service.operations.repairs.materials import unconfirmed
from app.service.operations.repairs.refusals import MaterialNotIssued


def signed_for(row: RepairOrder) -> str:
    """What the reporter puts their name to: the amount and what it is made of, or that there is none."""
    if not row.chargeable:
        return str(_("无偿维修，不收费。"))
    words = _(
        "收费金额 %(amount)s 元（人工费 %(labour)s 元，材料费 %(material)s 元）。请报修人确认后签字。",
        amount=format_money(row.charge_amount or Decimal(0)), labour=format_money(row.labour or Decimal(0)),
        material=format_money(row.material_total),
    )  # fmt: skip
    return str(words)


def charged(row: RepairOrder) -> str:
    """What the check posts as a charge."""
    if not row.chargeable:
        return str(_("无偿维修，不收费。"))
    return str(_("有偿维修，收费 %(amount)s 元。", amount=format_money(row.charge_amount or Decimal(0))))


def not_issued(row: RepairOrder) -> str:
    """What stands in the way of 完工, before the whole form is filled in for nothing."""
    session = object_session(row)
    missing = [] if session is None else unconfirmed(session=session, order=row)
    return message_of(MaterialNotIssued.of(missing)) if missing else ""
