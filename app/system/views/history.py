"""From a line of the history to what it tells of."""

from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _

from app.lowcode import scope
from app.lowcode.db import db
from app.lowcode.document import documents, spec_of
from app.lowcode.history import History
from app.lowcode.pages import Button
from app.lowcode.permissions import may
from app.lowcode.settings import Setting


def told_of(line: History) -> Sequence[Button]:
    """Return the page of the line's document, where there is one, the row is there still, and the person may read it."""
    model = documents.get(line.document)
    if model is None or not may("read", line.document):
        return []
    spec = spec_of(model)
    if f"{line.document}View.show" in current_app.view_functions:
        if scope.find(db.session(), model, line.row_id) is None:
            return []
        url = f"{spec.url}/show/{line.row_id}"
    elif model is Setting:
        url = f"/setting/?community={line.community_id or 'office'}"
    else:
        return []
    return [Button("document", _("打开%(label)s", label=_(spec.about.label)), url, spec.about.icon)]
