"""Tabs of the tree's own pages: what stands in this community, building or room, by the same rule as the tree narrows."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.fields import table_name
from app.lowcode.pages import Tab
from app.lowcode.permissions import may

Make = Callable[[Any], Tab | None]


def within(document: type[DocumentBase]) -> Make:
    """Return a tab with the rows of a document in the node that the page is of, for those who may read them."""

    def make(row: Any) -> Tab | None:
        spec = spec_of(document)
        if not may("read", spec.name):
            return None
        node = _KINDS[type(row).__name__]
        url = f"{spec.url}/list/?embedded=1&in={node}:{row.id}"
        return Tab(f"{spec.name}-in", _(spec.about.label), url, spec.about.icon, spec.name)

    return make


_KINDS = {name: table_name(name) for name in ("Company", "Community", "Building", "Room")} | {
    "ParkingLot": "lot",
    "ParkingSpace": "space",
}
