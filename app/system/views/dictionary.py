"""What may be done to the ticked entries of a dictionary."""

from collections.abc import Callable, Sequence

from app.kernel.errors import N_
from app.lowcode.db import db
from app.lowcode.manifest import Action
from app.system.operations.dictionary import switch_entries


def _switching(active: bool) -> Callable[..., str | None]:
    def run(*, row_id: int | None = None, row_ids: Sequence[int] = ()) -> str | None:
        ids = row_ids if row_id is None else [row_id]
        switch_entries(session=db.session(), entry_ids=ids, active=active)
        return None

    return run


ENABLE = Action(
    "enable", N_("启用"), _switching(True), "circle-check", allowed=lambda row: not row.active, bulk=True
)
DISABLE = Action(
    "disable",
    N_("停用"),
    _switching(False),
    "ban",
    confirm=N_("停用后不能再选，已用的单据照常显示。"),
    allowed=lambda row: bool(row.active),
    bulk=True,
)
