"""The page of one row: facts, what may be done now, related documents in tabs that load by themselves, history."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import render_template
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.document import CommunityScoped, DocumentBase, Spec, documents, part_of_title, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.fields import Field
from app.lowcode.history import YES, History
from app.lowcode.listing import Query, some_count, titles_of
from app.lowcode.manifest import Entry
from app.lowcode.pages import Button, Fact, ShowPage, Tab
from app.lowcode.permissions import may, needs
from app.lowcode.redirects import BACK
from app.lowcode.scope import UNSCOPED
from app.lowcode.titles import select_titles
from app.lowcode.values import cell
from app.lowcode.views.actions import SEEN
from app.lowcode.views.lists import may_write

HISTORY_LINES = 200


class ShowMixin:
    """The show page of a document."""

    spec: Spec
    entry: Entry
    row_or_404: Any
    delete_button: Any
    action_button: Any
    attachments_tab: Any
    reveal_buttons: Any

    @expose("/show/<int:pk>")
    @needs("read")
    def show(self, pk: int) -> Any:
        """Return the page of one row."""
        row = self.row_or_404(pk)
        return render_template("show.html", page=self.show_page(row))

    def show_page(self, row: Any) -> ShowPage:
        """Read a row into what the template shows."""
        spec = self.spec
        titles = titles_of(session=db.session(), spec=spec, row_id=row.id) if spec.links else {}
        groups: dict[str, list[Fact]] = {}
        unfilled = self._unfilled(row)
        leads: dict[str, Fact] = {}
        for one in spec.fields.values():
            if one.shown and one.group not in unfilled:
                heading = "" if one.group == "-" else one.group
                fact = Fact(_(one.label), cell(getattr(row, one.name), one, title=titles.get(one.name)))
                if one.name in spec.about.leads:
                    leads[one.name] = fact
                else:
                    groups.setdefault(heading, []).append(fact)
        if self.entry.facts is not None:
            groups.setdefault("", []).extend(self.entry.facts(row))
        title = _title(row, spec, titles)
        others = [
            (lead, value)
            for one in current_engine().manifests
            for lead in one.leads.get(spec.name, ())
            if (value := lead.value(row)) is not None
        ]
        tabs, values = _read(self._tabs(row), [value for _lead, value in others])
        subtitle = getattr(row, spec.about.subtitle) if spec.about.subtitle else ""
        return ShowPage(
            title=title,
            subtitle=str(subtitle or _(spec.about.label)),
            groups=[(_(name) if name else "", facts) for name, facts in groups.items()],
            buttons=[*self._show_buttons(row)],
            tabs=tabs,
            crumbs=[(_(spec.about.label), f"{spec.url}/list/"), (title, None)],
            badge=next(
                (
                    cell(getattr(row, f.name), f)
                    for f in spec.fields.values()
                    if f.name in ("state", "status")
                ),
                None,
            ),
            leads=[
                *(leads[name] for name in spec.about.leads if name in leads and leads[name].cell.text),
                *(lead.fact(row, value) for (lead, _value), value in zip(others, values, strict=True)),
            ],
        )

    def _unfilled(self, row: Any) -> set[str]:
        """Return the groups of what only operations write, where they have not written anything yet."""
        groups: dict[str, list[Field]] = {}
        for one in self.spec.fields.values():
            groups.setdefault(one.group, []).append(one)
        return {
            name
            for name, fields in groups.items()
            if name not in ("", "-")
            and not any(one.written or getattr(row, one.name) not in (None, "", 0) for one in fields)
        }

    def _show_buttons(self, row: Any) -> list[Button]:
        spec, found = self.spec, []
        flow = self.entry.workflow
        if may_write("edit", spec) and (flow is None or flow.editable(row)):
            tone = "primary" if flow is None else None  # there the next step is what matters
            found.append(Button("edit", _("修改"), f"{spec.url}/edit/{row.id}", "edit", tone=tone))
        found += self.steps(row)
        if self.entry.links is not None:
            found += self.entry.links(row)
        for manifest in current_engine().manifests:
            found += [link for make in manifest.links.get(spec.name, ()) if (link := make(row)) is not None]
        found += self.reveal_buttons(row)
        if self.entry.print_template is not None and may("print", spec.name):
            found.append(Button("paper", _("打印单据"), f"{spec.url}/paper/{row.id}", "printer", blank=True))
        untouched = flow is None or row.state is flow.machine.initial
        if spec.about.deletable and may_write("delete", spec) and untouched:
            found.append(self.delete_button(row.id))
        return found

    def steps(self, row: Any, *, back: str | None = None) -> list[Button]:
        """Return what the person may do to the row now; `back`: where they come back to, if not to its page."""
        name, flow = self.spec.name, self.entry.workflow
        pairs = ({} if flow is None else {SEEN: row.state.value}) | ({} if back is None else {BACK: back})
        ends = f"?{urlencode(pairs)}" if pairs else ""
        return [
            self.action_button(action, f"{self.spec.url}/do/{action.name}/{row.id}{ends}", row=row)
            for action in self.entry.actions
            if action.single and may(action.verb, name) and action.allowed(row)
        ]

    def _tabs(self, row: Any) -> list[Tab]:
        found = [tab for make in self.entry.tabs if (tab := make(row)) is not None]
        for other, one in related(self.spec):
            its = spec_of(other)
            url = f"{its.url}/list/?embedded=1&held={one.name}&f.{one.name}.eq={row.id}"
            if may("read", its.name):
                found.append(Tab(f"{its.name}-{one.name}", _(its.about.label), url, its.about.icon, its.name))
        for manifest in current_engine().manifests:
            found += [tab for make in manifest.tabs.get(self.spec.name, ()) if (tab := make(row)) is not None]
        if self.entry.workflow is not None:
            found.insert(0, Tab("timeline", _("办理过程"), f"{self.spec.url}/timeline/{row.id}", "timeline"))
        if self.entry.attachments is not None:
            found.append(self.attachments_tab(row))
        found.append(Tab("history", _("修改记录"), f"{self.spec.url}/history/{row.id}", "history"))
        return found

    @expose("/history/<int:pk>")
    @needs("read")
    def history(self, pk: int) -> Any:
        """Who changed what, newest first."""
        row = self.row_or_404(pk)
        lines = db.session.scalars(
            select(History)
            .where(History.document == self.spec.name, History.row_id == row.id)
            .order_by(History.id.desc())
            .limit(HISTORY_LINES),
            # The row is within reach, and so is all that happened to it.
            execution_options={UNSCOPED: True},
        ).all()
        titles = self._titles(lines)
        return render_template("_history.html", entries=[self._entry(line, titles) for line in lines])

    def _titles(self, lines: Sequence[History]) -> dict[tuple[str, str], str]:
        """Return what the linked rows are called that the lines name by their ids: one statement for each document."""
        ids: dict[str, set[int]] = {}
        for line in lines:
            one = self.spec.links.get(line.field or "")
            if one is not None:
                kept = [value for value in (line.old, line.new) if value and value.isdigit()]
                ids.setdefault(str(one.target), set()).update(map(int, kept))
        found = {}
        for name, keys in ids.items():
            target = documents[name]
            statement, read = select_titles(target)
            for row in db.session.execute(statement.where(target.id.in_(keys))):
                key, text = read(row)
                found[name, str(key)] = text
        return found

    def _entry(self, line: History, titles: Mapping[tuple[str, str], str]) -> dict[str, Any]:
        one = self.spec.fields.get(line.field or "")
        spec = spec_of(History).fields
        return {
            "at": cell(line.at, spec["at"]).text,
            "who": line.who,
            "action": _(line.deed.label),
            "tone": line.deed.tone,
            "label": _(line.label) if line.label else "",
            "old": self._kept(line.old, one, titles),
            "new": self._kept(line.new, one, titles),
        }

    @staticmethod
    def _kept(value: str | None, one: Field | None, titles: Mapping[tuple[str, str], str]) -> str:
        """Return a kept value in words: an enum's label, a link's title."""
        if value is None:
            return ""
        if one is not None and one.kind == "choice":
            return _(value)
        if one is not None and one.kind == "bool":
            return _("是") if value in ("1", YES) else _("否")
        if one is not None and one.kind == "link":
            return titles.get((str(one.target), value), value)
        return value


def _title(row: Any, spec: Spec, titles: Mapping[str, str | None]) -> str:
    """Return what a row is called, with the names of its links that were read already."""
    own: Any = type(row)
    if own.__str__ is not DocumentBase.__str__:
        return str(row)
    parts = [
        titles.get(name) if name in spec.links else part_of_title(getattr(row, name), spec.fields.get(name))
        for name in spec.title_parts
    ]
    return " ".join(part for part in parts if part)


def _read(tabs: Sequence[Tab], leads: Sequence[Any]) -> tuple[list[Tab], list[Any]]:
    """Return the tabs with the number of their rows, and the values of the leads: one statement."""
    listed = [place for place, tab in enumerate(tabs) if tab.document]
    counts = [
        some_count(Query.of(spec_of(documents[tabs[at].document]), parse_qsl(urlsplit(tabs[at].url).query)))
        for at in listed
    ]
    found = [*db.session.execute(select(*counts, *leads)).one()] if counts or leads else []
    counted = dict(zip(listed, found[: len(listed)], strict=True))
    return [replace(tab, count=counted.get(at)) for at, tab in enumerate(tabs)], found[len(listed) :]


def related(spec: Spec) -> list[tuple[type[DocumentBase], Field]]:
    """Return the documents that link to this one, each with the link: they become its tabs, in the order that it names."""
    found = []
    for other in documents.values():
        if other.__about__.menu is False or (
            spec.about.tabs is not None and other.__name__ not in spec.about.tabs
        ):
            continue
        for one in spec_of(other).links.values():
            if one.target == spec.name and other is not spec.model and one.filtered:
                # A community's page would show everything; its lists are narrowed by the tree instead.
                if (
                    issubclass(other, CommunityScoped)
                    and one.name == "community_id"
                    and spec.about.tabs is None
                ):
                    continue
                found.append((other, one))
    if spec.about.tabs is not None:
        places = {name: place for place, name in enumerate(spec.about.tabs)}
        found.sort(key=lambda pair: places[pair[0].__name__])
    return found
