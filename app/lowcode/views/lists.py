"""Lists: the page, the fragment inside another document's page, the export and the print."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, redirect, render_template, request, send_file
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from app.kernel.errors import N_, DomainError
from app.lowcode import clock, excel, listing
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.document import Spec, documents, spec_of
from app.lowcode.fields import Field
from app.lowcode.filters import LABELS, OPERATORS, Filter
from app.lowcode.jobs import JobContext, JobHandler, begin_job
from app.lowcode.list_columns import (
    ListColumn,
    add_values,
    card_roles,
    computed_columns,
    read_with_rows,
    select_notes,
    with_computed,
    without_settled,
)
from app.lowcode.listing import SIZES, Query
from app.lowcode.manifest import Entry
from app.lowcode.pages import Button, Cell, FilterChip, FilterField, Heading, ListPage, Pager, Row
from app.lowcode.permissions import may, needs
from app.lowcode.redirects import BACK
from app.lowcode.scope import find, reaches_rows_of
from app.lowcode.titles import select_titles
from app.lowcode.values import NUMERIC, cell, format_value

EXPORT_INLINE_ROWS = 5000
PRINT_ROWS = 5000
MOMENT = Field("", "moment")
HELD = "held"  # the parameter that names the field a tab's list is held to
KEY = "{key}"
NOT_EMPTY = N_("不为空")
Pairs = list[tuple[str, str]]
# The class below has a method named list, as Flask-AppBuilder names it.
Buttons = list[Button]


class TooManyToPrint(DomainError):
    code = "too_many_to_print"
    message = N_("共 %(count)d 行，超过一次打印的 %(limit)d 行。请先筛选，或导出 Excel。")


class TooManyToSendAtOnce(DomainError):
    code = "too_many_to_send_at_once"
    message = N_(
        "共 %(count)d 行，超过直接下载的 %(limit)d 行，要由后台任务导出：请回到列表，按“导出 Excel”。"
    )


def is_for_a_job(rows: int) -> bool:
    """Whether so many rows are exported by a job. Raises TooManyToSendAtOnce on GET, which begins none."""
    if rows <= EXPORT_INLINE_ROWS:
        return False
    if request.method != "POST":
        raise TooManyToSendAtOnce(count=rows, limit=EXPORT_INLINE_ROWS)
    return True


def arguments() -> Pairs:
    """Return this request's query parameters in their order."""
    return list(request.args.items(multi=True))


def url_with(base: str, pairs: Iterable[tuple[str, str]], **changes: str | None) -> str:
    """Return `base` with the parameters, some replaced or (None) taken away."""
    kept = [(k, v) for k, v in pairs if k not in changes]
    kept += [(k, v) for k, v in changes.items() if v is not None]
    return f"{base}?{urlencode(kept)}" if kept else base


def may_write(verb: str, spec: Spec) -> bool:
    """Whether the person may do this to a document's rows: by right, and by how far they reach."""
    return not spec.about.readonly and may(verb, spec.name) and reaches_rows_of(spec.model)


def export_button(url: str, *, rows: int) -> Button:
    """Make the button of an export: of many rows it begins a job, and so is a POST."""
    return Button("export", _("导出 Excel"), url, "file-spreadsheet", post=rows > EXPORT_INLINE_ROWS)


class ListMixin:
    """The list of a document, and everything that holds exactly what the list shows."""

    spec: Spec
    entry: Entry
    list_base: str
    scope_label: Any

    @expose("/list/")
    @needs("read")
    def list(self) -> Any:
        """Return the list, or with `embedded=1` its fragment for a tab."""
        page = self.list_page(arguments())
        template = "_list.html" if page.embedded else "list.html"
        return render_template(template, page=page)

    def list_page(self, pairs: Pairs, *, computing: bool = True) -> ListPage:
        """Read the URL and the database into what the template shows; `computing`: with the computed columns."""
        query = Query.of(self.spec, pairs)
        # In a tab of its parent's page the parent is no news: neither a column nor a filter to take away.
        held = {value for name, value in pairs if name == HELD}
        own = [one for one in without_settled(self.spec, self.spec.listed) if one.name not in held]
        computed = computed_columns(self.spec) if computing else []
        fields = with_computed(own, computed)
        found = listing.page_of(session=db.session(), query=query, fields=read_with_rows(own, computed))
        rows = add_values(session=db.session(), columns=computed, rows=found.rows)
        embedded = any(k == "embedded" for k, _v in pairs)
        base = f"{self.spec.url}/list/"
        roles = card_roles(fields, title=self._title_place(fields))
        return ListPage(
            headings=[
                replace(self._heading(one, query, base, pairs), role=roles.get(one.name, ""))
                for one in fields
            ],
            rows=[self._row(key, values, titles, fields) for key, values, titles in rows],
            totals={
                name: format_value(total, self.spec.fields[name]) for name, total in found.totals.items()
            },
            total_label=listing.total_words(self.spec),
            pager=_pager(query, found.count, base, pairs),
            buttons=self._list_buttons(pairs, found.count),
            bulk=self._bulk_buttons(),
            row_menu=self._row_menu(self._address(pairs)),
            described=_(self.spec.about.described) if self.spec.about.described else "",
            embedded=embedded,
            **self.bar(query, pairs, base, held),
        )

    def bar(self, query: Query, pairs: Pairs, base: str, held: Collection[str] = ()) -> dict[str, Any]:
        """Return what stands above the rows of a list, or above whatever else `base` shows of them: search and filters."""
        return {
            "title": _(self.spec.about.label),
            "base_url": base,
            "search": query.search,
            "search_placeholder": _("搜索 %(columns)s", columns=self._searched_words()),
            "can_search": bool(self._searched_words()),
            "chips": [_chip(one, base, pairs) for one in query.filters if one.field.name not in held],
            "filter_fields": [
                _filter_field(self.spec, one)
                for one in self.spec.fields.values()
                if _offered(one) and one.name not in held
            ],
            "keep": [(k, v) for k, v in pairs if k not in ("q", "page")],
            "scope": scope_words(query),
        }

    def _searched_words(self) -> str:
        return _("、").join(_(f.label) for f in self.spec.fields.values() if f.searched)

    def _heading(self, one: Field, query: Query, base: str, pairs: Pairs) -> Heading:
        sorting = dict(query.order).get(one.name)
        towards = f"-{one.name}" if sorting is False else one.name
        url = url_with(base, pairs, order=towards, page=None) if one.sorted else None
        return Heading(
            one.name,
            excel.heading(one),
            "number" if one.kind in NUMERIC else one.kind,
            url,
            None if sorting is None else ("desc" if sorting else "asc"),
        )

    def _title_place(self, fields: Sequence[Field]) -> int:
        """Return the place of the column that leads to the row's page."""
        named = [one.name in self.spec.title_parts and one.kind != "link" for one in fields]
        return named.index(True) if True in named else 0

    def _row(self, key: int, values: dict[str, Any], titles: dict[str, Any], fields: Sequence[Field]) -> Row:
        url = f"{self.spec.url}/show/{key}"
        cells = [cell(values[one.name], one, title=titles.get(one.name)) for one in fields]
        named = self._title_place(fields)
        if cells and cells[named].href is None:
            cells[named] = Cell(cells[named].text or "—", cells[named].kind, href=url, tone=cells[named].tone)
        return Row(key, url, cells)

    def _address(self, pairs: Pairs) -> str:
        """Return where this list stands: its own address, or of a tab the page of the row it is held to."""
        given = dict(pairs)
        name = given.get(HELD, "")
        key, parent = given.get(f"f.{name}.eq"), self.spec.links.get(name)
        if "embedded" in given and key is not None and parent is not None:
            return f"{spec_of(documents[str(parent.target)]).url}/show/{key}"
        return url_with(f"{self.spec.url}/list/", pairs)

    def _row_menu(self, back: str) -> Buttons:
        found = []
        if may_write("edit", self.spec):
            found.append(Button("edit", _("修改"), f"{self.spec.url}/edit/{KEY}", "edit"))
        if self.spec.about.deletable and may_write("delete", self.spec):
            found.append(self.delete_button(KEY, back=back))
        return found

    def delete_button(self, key: int | str, *, back: str | None = None) -> Button:
        """Make the button that deletes a row after asking; `back`: where the person comes back to."""
        ends = "" if back is None else f"?{urlencode({BACK: back})}"
        return Button(
            "delete",
            _("删除"),
            f"{self.spec.url}/delete/{key}{ends}",
            "trash",
            post=True,
            confirm=_("确定删除这条%(label)s？删除后不能恢复。", label=_(self.spec.about.label)),
            tone="danger",
        )

    def _list_buttons(self, pairs: Pairs, count: int) -> Buttons:
        name, url = self.spec.name, self.spec.url
        plain = [(k, v) for k, v in pairs if k not in ("page", "size", HELD)]
        found: Buttons = []
        if may_write("add", self.spec):
            preset = url_with(f"{url}/add", self._preset(pairs).items())
            found.append(Button("add", _("新增"), preset, "plus", tone="primary"))
        found += self.extra_list_buttons()
        if self.entry.workflow is not None:
            found.append(Button("board", _("看板"), url_with(f"{url}/board", plain), "layout-kanban"))
        if may("export", name):
            found.append(export_button(url_with(f"{url}/export", plain), rows=count))
        if may("print", name):
            found.append(Button("print", _("打印"), url_with(f"{url}/print", plain), "printer", blank=True))
        return found

    def _preset(self, pairs: Pairs) -> dict[str, str]:
        """Return what the form of a new row begins with: what the list is filtered by, and the node that it is of."""
        given = dict(pairs)
        filtered = {k[2:-3]: v for k, v in pairs if k.startswith("f.") and k.endswith(".eq")}
        if "embedded" in given and "in" not in given:
            return filtered
        begins = listing.narrowing_begins(key=given.get("in"))
        written = {one.name for one in self.spec.written}
        return {name: value for name, value in begins.items() if name in written} | filtered

    def extra_list_buttons(self) -> Buttons:
        """Buttons that the module adds."""
        return []

    def _bulk_buttons(self) -> Buttons:
        return []

    @expose("/export", methods=["GET", "POST"])
    @needs("export")
    def export(self) -> Any:
        """Send exactly the filtered list as Excel: at once, or beyond a few thousand rows as a job, by POST."""
        pairs = arguments()
        query = Query.of(self.spec, pairs)
        session = db.session()
        count, totals = listing.summary(session=session, query=query, fields=self.spec.listed)
        title = _(self.spec.about.label)
        if is_for_a_job(count):
            # The tree node narrows by the person's session, which a job has not: it goes along by its words.
            label, params = (
                _("导出 %(title)s", title=title),
                {
                    "document": self.spec.name,
                    "pairs": pairs,
                    "narrowing": listing.narrowing_now(),
                    "language": listing.language_now(),
                    "columns": [one.field.name for one in computed_columns(self.spec)],
                },
            )
            return redirect(f"/jobs/{begin_job(kind='export', label=label, params=params)}")
        folder = Path(current_app.config["INSTANCE_DIR"]) / "files" / "exports"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.xlsx"
        try:
            write_export(self.spec, query, path, count, totals, computed_columns(self.spec))
            data = BytesIO(path.read_bytes())  # a few thousand rows: small
        finally:
            path.unlink(missing_ok=True)
        return send_file(data, as_attachment=True, download_name=f"{title}-{clock.today()}.xlsx")

    @expose("/print")
    @needs("print")
    def print(self) -> str:
        """Return the filtered list on paper."""
        pairs = [(k, v) for k, v in arguments() if k not in ("page", "size")]
        query, own = Query.of(self.spec, pairs), without_settled(self.spec, self.spec.listed)
        computed = computed_columns(self.spec)
        fields = with_computed(own, computed)
        page = self.list_page(pairs, computing=False)
        if page.pager.count > PRINT_ROWS:
            raise TooManyToPrint(count=page.pager.count, limit=PRINT_ROWS)
        rows = [
            Row(key, None, [cell(values[one.name], one, title=titles.get(one.name)) for one in fields])
            for key, values, titles in add_values(
                session=db.session(),
                columns=computed,
                rows=listing.stream(session=db.session(), query=query, fields=read_with_rows(own, computed)),
            )
        ]
        return render_template(
            "print_list.html",
            page=replace(page, rows=rows, headings=[self._heading(one, query, "", pairs) for one in fields]),
            printed_by=current_actor().name,
            printed_at=format_value(clock.now(), MOMENT),
        )

    @expose("/select/<name>")
    @needs("read")
    def select(self, name: str) -> Response:
        """Return the choices of a link: by what was typed and what it depends on, twenty at a time."""
        one = self.spec.links.get(name)
        if one is None:
            raise UnknownSelect(name=name)
        return select_response(self.spec, one)


class UnknownSelect(DomainError):
    code = "unknown_select"
    message = N_("没有名为“%(name)s”的选择框。")


def select_response(spec: Spec, one: Field) -> Any:
    """JSON {items: [{value, text}], more} for a form's remote select."""
    depends = {name: request.args.get(name, "") for name in spec.dependencies.get(one.name, [])}
    given = {name: value for name, value in depends.items() if value}
    # What depends on another field is held by that field: the row may well lie outside the chosen node.
    held = None if given else listing.narrowing_choices(documents[str(one.target)])
    conditions = [] if held is None else [held]
    # The chosen row alone: a form asks whether it still fits what it depends on.
    if (key := request.args.get("key", "")) and key.isascii() and key.isdigit() and len(key) <= 18:
        conditions.append(documents[str(one.target)].id == int(key))
    return _choices(one, given, conditions)


def link_choices(
    one: Field, *, community_id: int | None = None, conditions: Sequence[ColumnElement[bool]] = ()
) -> Any:
    """Return the same for a link that an action asks for: in the row's community, and as the action narrows it."""
    has_community = "community_id" in spec_of(documents[str(one.target)]).links
    given = {} if community_id is None or not has_community else {"community_id": str(community_id)}
    return _choices(one, given, conditions)


def _choices(one: Field, given: Mapping[str, str], conditions: Sequence[ColumnElement[bool]]) -> Any:
    target = spec_of(documents[str(one.target)])
    typed = request.args.get("q", "").strip()
    narrowing: Pairs = [("q", typed)] if typed else []
    narrowing += [(f"f.{name}.eq", value) for name, value in given.items()]
    query = Query.of(target, [*narrowing, ("embedded", "1"), ("page", request.args.get("page", "1"))])
    titles, read = select_titles(target.model)
    statement = (
        titles.where(*query.conditions(), *conditions)
        .order_by(*query.ordering())
        .limit(query.size + 1)
        .offset((query.page - 1) * query.size)
    )
    rows = [read(row) for row in db.session.execute(statement)]
    notes = select_notes(target, [key for key, _text in rows[: query.size]])
    return {
        "items": [
            {"value": key, "text": text, "note": notes.get(key, "")} for key, text in rows[: query.size]
        ],
        "more": len(rows) > query.size,
    }


def write_export(
    spec: Spec,
    query: Query,
    path: Path,
    count: int,
    totals: Any,
    computed: Sequence[ListColumn],
    progress: Any = None,
) -> int:
    """Write the list that `query` finds to an Excel file."""
    rows = listing.stream(session=db.session(), query=query, fields=read_with_rows(spec.listed, computed))
    return excel.write_list(
        path=path,
        title=_(spec.about.label),
        subtitle=subtitle_of(query, count),
        fields=with_computed(spec.listed, computed),
        rows=add_values(session=db.session(), columns=computed, rows=rows),
        totals=totals,
        total_label=listing.total_words(spec),
        progress=progress or (lambda done: None),
    )


def export_job(run: JobContext) -> None:
    """Return a large export, in its starter's reach and language."""
    spec = spec_of(documents[run.params["document"]])
    with listing.narrowed_as(run.params["narrowing"]), listing.in_language(run.params["language"]):
        query = Query.of(spec, [(k, v) for k, v in run.params["pairs"]])
        count, totals = listing.summary(session=db.session(), query=query, fields=spec.listed)
        path = run.new_file(f"{_(spec.about.label)}-{clock.today()}.xlsx")
        computed = computed_columns(spec, names=run.params.get("columns", ()))
        written = write_export(
            spec, query, path, count, totals, computed, lambda done: run.progress(done, count)
        )
        run.progress(written, count)
        run.message = _("共 %(count)d 行。", count=written)
    db.session.rollback()


EXPORT_JOB = JobHandler("export", export_job)


def scope_words(query: Query) -> str | None:
    """Return the node of the property tree that narrows a list, in words; None where it does not."""
    key = query.within or (listing.narrowing_now() if query.narrowed else None)
    if not key or listing.narrowing_condition(query.spec.model, key=key) is None:
        return None
    return listing.narrowing_words(key=key)


def words_of(query: Query) -> list[str]:
    """Return what narrows a list, in words: scope, filters, search."""
    parts = [words] if (words := scope_words(query)) else []
    parts += [
        f"{_(c.label)} {c.operator} {c.value}".strip() for c in (_chip(one, "", []) for one in query.filters)
    ]
    if query.search:
        parts.append(_("搜索“%(text)s”", text=query.search))
    return parts


def subtitle_of(query: Query, count: int) -> str:
    """Return what the list holds, in words: what narrows it, number of rows, date."""
    return " · ".join([*words_of(query), _("共 %(count)d 行", count=count), clock.today().isoformat()])


def _chip(one: Filter, base: str, pairs: Pairs) -> FilterChip:
    value = one.text
    if one.operator == "none":
        value = ""
    elif one.field.kind in ("choice", "code", "bool"):
        value = format_value(one.value(), one.field)
    elif one.field.kind == "link":
        row = find(db.session(), documents[str(one.field.target)], one.value())
        value = str(row) if row is not None else "—"
    removed = [(k, v) for k, v in pairs if (k, v) != (one.parameter, one.text)]
    operator = NOT_EMPTY if one.operator == "none" and one.text == "0" else LABELS[one.operator]
    return FilterChip(_(one.field.label), _(operator), value, url_with(base, removed, page=None))


def _offered(one: Field) -> bool:
    return one.filtered and one.kind in OPERATORS


def _filter_field(spec: Spec, one: Field) -> FilterField:
    choices: Sequence[tuple[str, str]] = ()
    if one.kind == "choice" and one.enum is not None:
        choices = [(member.value, _(member.label)) for member in one.enum]
    elif one.codes is not None:
        choices = list(one.codes.labels().items())
    elif one.kind == "bool":
        choices = [("1", _("是")), ("0", _("否"))]
    return FilterField(
        one.name,
        _(one.label),
        one.kind,
        [(name, _(label)) for name, label in OPERATORS[one.kind]],
        choices,
        f"{spec.url}/select/{one.name}" if one.kind == "link" else None,
    )


def _pager(query: Query, count: int, base: str, pairs: Pairs) -> Pager:
    pages = max(1, -(-count // query.size))

    def to(page: int) -> str | None:
        return url_with(base, pairs, page=str(page)) if page != query.page and 1 <= page <= pages else None

    return Pager(
        query.page,
        pages,
        query.size,
        count,
        False,
        to(1),
        to(query.page - 1),
        to(query.page + 1),
        to(pages),
        [(size, url_with(base, pairs, size=str(size), page=None)) for size in SIZES],
    )
