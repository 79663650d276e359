"""审批限额: how much a person may approve, by their roles."""

from decimal import Decimal

from flask_appbuilder.security.sqla.models import assoc_user_role
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.collection.models import ApprovalLimit
from app.collection.states import RequestKind
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_money
from app.lowcode.actors import current_actor
from app.lowcode.settings import setting_number

DEFAULT_LIMIT = "collection.approval_limit"


class BeyondLimit(DomainError):
    """More than the decider's roles may approve."""

    code = "beyond_limit"
    message = N_("%(amount)s 元超过您的审批限额 %(limit)s 元，请由更高一级审批。")


def check_limit(*, session: Session, kind: RequestKind, amount: Decimal) -> None:
    """Refuse to approve more than the actor's roles allow: the highest of them, or the office's default. Raises BeyondLimit."""
    actor = current_actor()
    if actor.user_id is None:
        return
    roles = session.scalars(
        select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == actor.user_id)
    )
    limit = session.scalar(
        select(func.max(ApprovalLimit.amount)).where(
            ApprovalLimit.role.in_([str(key) for key in roles]), ApprovalLimit.kind == kind
        )
    )
    if limit is None:
        limit = setting_number(session=session, key=DEFAULT_LIMIT)
    if abs(amount) > limit:
        raise BeyondLimit(amount=format_money(abs(amount)), limit=format_money(limit))
