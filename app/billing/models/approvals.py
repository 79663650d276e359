"""What one person asks for and another decides."""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.states import APPROVAL_MACHINE, ApprovalState
from app.kernel.errors import N_
from app.kernel.machines import Machine
from app.lowcode.db import Key
from app.lowcode.fields import choice, long_text, moment, text


class Requested:
    """Mixin: asked for with a reason, then approved or refused by somebody else (fee rules: requester ≠ approver)."""

    __machine__: ClassVar[Machine[Any] | None] = APPROVAL_MACHINE

    reason: Mapped[str] = text(N_("原因"), 200, required=True, listed=True, searched=True, sort_order=5)
    state: Mapped[ApprovalState] = choice(
        N_("审批状态"),
        ApprovalState,
        required=True,
        listed=True,
        written=False,
        default=ApprovalState.PENDING,
        server_default="pending",
        sort_order=5,
    )
    requested_by_id: Mapped[int | None] = mapped_column(Key, sort_order=5)
    requested_by: Mapped[str] = text(
        N_("申请人"), 100, required=True, listed=True, searched=True, written=False, sort_order=5
    )
    decided_by_id: Mapped[int | None] = mapped_column(Key, sort_order=5)
    decided_by: Mapped[str | None] = text(N_("审批人"), 100, listed=True, written=False, sort_order=5)
    decided_at: Mapped[Any] = moment(N_("审批时间"), written=False, sort_order=5)
    decision: Mapped[str | None] = long_text(N_("审批意见"), written=False, sort_order=5)


def two_persons() -> CheckConstraint:
    """Return the database's own word that nobody decides what they asked for."""
    return CheckConstraint(
        "decided_by_id IS NULL OR requested_by_id IS NULL OR decided_by_id <> requested_by_id",
        name="two_persons",
    )
