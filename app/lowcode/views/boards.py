"""The board of a document with a workflow: a column a state, a card a row, and on each card what may be done now."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import render_template
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import joinedload

from app.kernel.presence import present
from app.lowcode import clock, listing
from app.lowcode.db import db
from app.lowcode.document import Spec
from app.lowcode.fields import Field
from app.lowcode.listing import Query
from app.lowcode.manifest import Entry
from app.lowcode.pages import BoardColumn, BoardPage, Button, Card, Cell, Fact
from app.lowcode.permissions import needs
from app.lowcode.redirects import BACK
from app.lowcode.scope import scoped_core
from app.lowcode.values import cell
from app.lowcode.views.actions import SEEN
from app.lowcode.views.lists import arguments, may_write, url_with
from app.lowcode.views.workflow import duration
from app.lowcode.workflow.declaration import Board, Workflow
from app.lowcode.workflow.transitions import is_offered, who_moves

STATE_FILTER = "f.state."
FACTS = 4


class BoardMixin:
    """The rows of a document by state."""

    spec: Spec
    entry: Entry
    bar: Any
    action_button: Any

    @expose("/board")
    @needs("read")
    def board(self) -> str:
        """Return the board; the same filters and scope as the list."""
        # The columns are the states: a list filtered by one of them leads to the whole board.
        pairs = [
            (k, v)
            for k, v in arguments()
            if not k.startswith(STATE_FILTER) and k not in ("page", "size", "order")
        ]
        return render_template("board.html", page=self.board_page(pairs))

    def board_page(self, pairs: list[tuple[str, str]]) -> BoardPage:
        """Read the URL and the database into what the template shows."""
        flow = present(self.entry.workflow)
        query = Query.of(self.spec, pairs)
        base, conditions = f"{self.spec.url}/board", query.conditions()
        counts = self._counts(conditions)
        cards = self._cards(flow, self._rows(flow, conditions), url_with(base, pairs))
        return BoardPage(
            columns=[
                BoardColumn(
                    state.value,
                    _(state.label),
                    state.tone,
                    counts.get(state, 0),
                    [card for row_state, card in cards if row_state is state],
                    url_with(f"{self.spec.url}/list/", [*pairs, (f"{STATE_FILTER}eq", state.value)]),
                    flow.is_closed(state),
                )
                for state in flow.machine.states
            ],
            count=sum(counts.values()),
            buttons=self._board_buttons(pairs),
            **self.bar(query, pairs, base),
        )

    def _board_buttons(self, pairs: list[tuple[str, str]]) -> list[Button]:
        found = []
        if may_write("add", self.spec):
            found.append(Button("add", _("新增"), f"{self.spec.url}/add", "plus", tone="primary"))
        return [*found, Button("list", _("列表"), url_with(f"{self.spec.url}/list/", pairs), "list")]

    def _counts(self, conditions: Sequence[ColumnElement[bool]]) -> dict[Any, int]:
        state = self.spec.column("state")
        rows = db.session.execute(select(state, func.count()).where(*conditions).group_by(state))
        return dict(rows.all())

    def _rows(self, flow: Workflow, conditions: Sequence[ColumnElement[bool]]) -> list[Any]:
        """Return the first rows of each column: what waits longest, of the closed ones the latest."""
        model: Any = self.spec.model
        waiting = [getattr(model, name) for name in flow.board.first]
        waiting += [model.overdue.desc(), model.state_since] if hasattr(model, "state_since") else []
        parts = []
        for state in flow.machine.states:
            closed = flow.is_closed(state)
            # The session narrows statements, and is not asked to look for what stands within one.
            first = (
                scoped_core(select(model.id), model)
                .where(model.state == state, *conditions)
                .order_by(*([model.id.desc()] if closed else [*waiting, model.id]))
                .limit(flow.board.most_closed if closed else flow.board.most)
                .subquery()
            )
            parts.append(select(first.c.id))
        keys = list(db.session.scalars(union_all(*parts)))
        loads = [joinedload(getattr(model, name)) for name in flow.board.loads]
        rows = db.session.scalars(select(model).where(model.id.in_(keys)).options(*loads)).unique()
        return sorted(rows, key=partial(_turn, flow)) if keys else []

    def _cards(self, flow: Workflow, rows: Sequence[Any], back: str) -> list[tuple[Any, Card]]:
        named = [one for one in self._facts(flow.board) if one.kind == "link"]
        keys = [row.id for row in rows] if named else []
        titles = {
            key: its
            for key, _values, its in listing.rows_of(
                session=db.session(), spec=self.spec, fields=named, keys=keys
            )
        }
        return [(row.state, self._card(flow, row, titles.get(row.id, {}), back)) for row in rows]

    def _facts(self, board: Board) -> list[Field]:
        """Return what a card says: as declared, else what the list says first beside what the card says anyway."""
        if board.facts is not None:
            return [self.spec.fields[name] for name in board.facts]
        said = {*self.spec.title_parts, "state", "overdue", "community_id", board.heading}
        return [one for one in self.spec.listed if one.name not in said][:FACTS]

    def _card(self, flow: Workflow, row: Any, titles: Mapping[str, str | None], back: str) -> Card:
        board: Board = flow.board
        facts = [
            Fact(_(one.label), found)
            for one in self._facts(board)
            if (found := cell(getattr(row, one.name), one, title=titles.get(one.name))).text
        ]
        heading: Cell | None = None
        if board.heading:
            heading = cell(getattr(row, board.heading), self.spec.fields[board.heading])
        since = getattr(row, "state_since", None) or getattr(row, "created_at", None)
        return Card(
            row.id,
            str(row),
            f"{self.spec.url}/show/{row.id}",
            heading,
            facts,
            "" if since is None else duration(int((clock.now() - since).total_seconds())),
            bool(getattr(row, "overdue", False)),
            self._moves(flow, row, back),
        )

    def _moves(self, flow: Workflow, row: Any, back: str) -> list[Button]:
        actions = {action.name: action for action in self.entry.actions}
        who = who_moves(self.spec.name)
        query = urlencode({SEEN: row.state.value, BACK: back})
        return [
            self.action_button(
                actions[one.action], f"{self.spec.url}/do/{one.action}/{row.id}?{query}", to=one.target.value
            )
            for one in flow.machine.allowed(row.state)
            if one.action in actions and is_offered(flow, row, one, who)
        ]


def _turn(flow: Workflow, row: Any) -> tuple[Any, ...]:
    """Where a card stands in its column, as `_rows` asks for them."""
    if flow.is_closed(row.state):
        return (-row.id,)
    since = getattr(row, "state_since", None) or datetime.min.replace(tzinfo=UTC)
    first = (getattr(row, name) for name in flow.board.first)
    return (*first, not getattr(row, "overdue", False), since, row.id)
