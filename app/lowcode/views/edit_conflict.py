"""What was changed on a row since a person opened its form: read from the history, told by the row as it is now."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.document import Spec
from app.lowcode.fields import Field
from app.lowcode.history import AuditAction, History, words
from app.lowcode.listing import titles_of
from app.lowcode.scope import UNSCOPED
from app.lowcode.values import cell

LONGEST = 60  # characters of one value in the sentence


class ChangedMeanwhile(DomainError):
    code = "changed_meanwhile"
    message = N_("别人刚刚修改了这条记录。请核对后再保存一次。")


class FieldsChangedMeanwhile(ChangedMeanwhile):
    message = N_("别人刚刚修改了这条记录，现在是：%(changes)s。请核对后再保存一次，保存的是下面填写的内容。")


def newest_line(*, session: Session, spec: Spec, row: Any) -> str:
    """Return the key of the last line in the row's history: a form carries it. 0 for none."""
    newest = session.scalar(
        select(func.max(History.id)).where(History.document == spec.name, History.row_id == row.id),
        # The row is within reach, and so is all that happened to it.
        execution_options={UNSCOPED: True},
    )
    return str(newest or 0)


def changed_since(*, session: Session, spec: Spec, row: Any, seen: str | None) -> ChangedMeanwhile:
    """Return the refusal that names every field changed after the line `seen`, with its present value as a list shows it."""
    if not seen or not seen.isascii() or not seen.isdigit() or len(seen) > 18:
        return ChangedMeanwhile()
    names = session.scalars(
        select(History.field)
        .where(
            History.document == spec.name,
            History.row_id == row.id,
            History.id > int(seen),
            History.deed == AuditAction.CHANGED,
            History.field.is_not(None),
        )
        .distinct(),
        execution_options={UNSCOPED: True},
    ).all()
    titles = titles_of(session=session, spec=spec, row_id=row.id) if spec.links else {}
    told = [
        _("%(label)s：%(value)s", label=_(one.label), value=_value(row, one, titles))
        for one in spec.fields.values()
        if one.name in names
    ]
    return FieldsChangedMeanwhile(changes=_("、").join(told)) if told else ChangedMeanwhile()


def _value(row: Any, one: Field, titles: Mapping[str, str | None]) -> str:
    value = getattr(row, one.name)
    # What is encrypted is told as the history tells it, never in full.
    text = (
        (words(value, one) or "")
        if one.kind == "identity"
        else cell(value, one, title=titles.get(one.name)).text
    )
    text = " ".join(text.split())
    if not text:
        return _("（空）")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
