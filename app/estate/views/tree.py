"""The property tree beside the menu: a node's children, what a search in it finds, and the choice of a node."""

from dataclasses import asdict
from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose

from app.estate.queries.search import find_nodes
from app.estate.queries.tree import TreeNode, children, readable_kinds
from app.estate.queries.tree_filter import choose
from app.estate.queries.tree_nodes import BadNode, place_of
from app.lowcode.db import db
from app.lowcode.permissions import for_anyone_logged_in


class TreeView(BaseView):
    """What the page's script asks for the tree; everybody sees the kinds of nodes that they may read."""

    route_base = "/tree"

    @expose("/nodes")
    @for_anyone_logged_in
    def nodes(self) -> Any:
        """`?key=`: the children of a node, without it the top; `?q=`: the nodes of that name."""
        session, readable = db.session(), readable_kinds()
        typed = request.args.get("q")
        if typed is not None:
            found = find_nodes(session=session, typed=typed, readable=readable)
        else:
            found = children(session=session, key=request.args.get("key", ""), readable=readable)
        return [_to_json(node) for node in found]

    @expose("/scope", methods=["POST"])
    @for_anyone_logged_in
    def scope(self) -> Any:
        """Narrow everything that this person sees by a node; an empty key clears it. Raises BadNode."""
        key = request.form.get("key", "")
        place = place_of(session=db.session(), text=key) if key else None
        if key and (place is None or place.key.kind not in readable_kinds()):
            raise BadNode(field="key")
        choose(place=place)
        return {"key": key or None, "words": None if place is None else place.words}


def _to_json(node: TreeNode) -> dict[str, Any]:
    return {name: value for name, value in asdict(node).items() if value != ""}
