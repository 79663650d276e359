"""What a transition asks for, checked in the operation: complete, in bounds, and within the actor's reach."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode import scope
from app.lowcode.document import documents
from app.lowcode.fields import Field
from app.lowcode.workflow.declaration import Ask, Workflow


class InputMissing(DomainError):
    code = "missing_input"
    message = N_("请填写“%(label)s”。")


class InputWrong(DomainError):
    code = "wrong_input"
    message = N_("“%(label)s”不正确，请重新填写或选择。")


def checked(
    *, session: Session, flow: Workflow, row: Any, action: str, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the inputs, complete. Raises InputMissing, InputWrong; one that is not asked for is a defect (TypeError)."""
    asked = flow.fields(action)
    if unknown := set(inputs) - {one.name for one, _ask in asked}:
        raise TypeError(f"{action} does not ask for {sorted(unknown)}")
    values = {}
    for one, ask in asked:
        value = inputs.get(one.name)
        if isinstance(value, str):
            value = value.strip() or None
        if value is None and one.required:
            raise InputMissing(field=one.name, label=one.label)
        if value is not None and not _fits(session, row, one, ask, value):
            raise InputWrong(field=one.name, label=one.label)
        values[one.name] = value
    return values


def _fits(session: Session, row: Any, one: Field, ask: Ask | None, value: Any) -> bool:
    if one.length is not None and len(value) > one.length:
        return False
    if one.minimum is not None and isinstance(value, int | Decimal) and value < one.minimum:
        return False
    if one.enum is not None:
        return isinstance(value, one.enum)
    if one.kind != "link":
        return True
    model = documents[str(one.target)]
    target = scope.find(session, model, value)
    if target is None:
        return False
    mine, theirs = getattr(row, "community_id", None), getattr(target, "community_id", None)
    if mine is not None and theirs is not None and mine != theirs:
        return False
    if ask is None or ask.choices is None:
        return True
    return session.scalar(select(model.id).where(model.id == value, ask.choices(row))) is not None
