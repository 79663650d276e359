"""What may be done to a complaint beside what its state says. Pure."""

from app.kernel.errors import N_, DomainError
from app.service.states.complaints import DIRECT, ComplaintChannel, ComplaintKind


class NotPraise(DomainError):
    """Filing what wants an answer."""

    code = "not_praise"
    message = N_("只有表扬可以不回复直接存档。请先回复客人。")


class PassedToSame(DomainError):
    """Passing on to the department that has it already."""

    code = "passed_to_same"
    message = N_("已经由这个部门负责，请选择另一个部门。")


def answered_by_the_manager(channel: ComplaintChannel) -> bool:
    """Whether only 物业经理 answers: what was addressed to the company or the authorities (requirements, 投诉)."""
    return channel in DIRECT


def may_be_filed(kind: ComplaintKind) -> DomainError | None:
    """Nothing, or why it is not filed unanswered."""
    return None if kind is ComplaintKind.PRAISE else NotPraise()


def passed_elsewhere(*, now: int | None, to: int | None) -> DomainError | None:
    """Nothing, or why it is not passed on: it is there."""
    return PassedToSame(field="department_id") if now == to else None
