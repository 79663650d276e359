"""The first page: what waits for this person, and cards; both registered by the modules, each for who may."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import redirect, render_template, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement

from app.lowcode import listing
from app.lowcode.db import db
from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.pages import Button, Tab
from app.lowcode.permissions import for_anyone_logged_in, may, open_to_all


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A button of the home page: where people of a trade spend their day; shown to those who may `verb` the `document`."""

    name: str
    label: str
    url: str
    icon: str
    verb: str
    document: str


@dataclass(frozen=True, slots=True)
class HomeCard(Shortcut):
    """A card of the home page: loads from `url`; shown to the same."""

    wide: bool = False  # a chart wants more room than a figure


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits to be done: in words, how many there are of it, and the page where it is done."""

    text: str
    url: str
    count: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """What a module keeps an eye on: `waiting` is asked only for those who may `verb` the `document`."""

    verb: str
    document: str
    waiting: Callable[[], Iterable[Task]]
    icon: str = "point"


@dataclass(frozen=True, slots=True)
class RowsWaiting:
    """What a duty asks: how many rows the document's list finds by these filters ("state.eq", "ready"), and leads there.

    `%(what)s` in the text is the document's name. `where` counts fewer than the list shows, as what others ask for among all that is asked for.
    """

    document: type[DocumentBase]
    text: str
    filters: Sequence[tuple[str, str]]
    where: Callable[[], Sequence[ColumnElement[bool]]] = tuple
    late: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the list's URL."""
        return [(f"f.{name}", value) for name, value in self.filters]

    def __call__(self) -> Iterator[Task]:
        """Count the rows; nothing where there are none."""
        spec = spec_of(self.document)
        query = replace(listing.Query.of(spec, self.pairs), extra=self.where())
        count, _totals = listing.summary(session=db.session(), query=query, fields=())
        if count:
            text, url = _(self.text, what=_(spec.about.label)), f"{spec.url}/list/?{urlencode(self.pairs)}"
            yield Task(text, url, count, self.late)


def rows_waiting(
    document: type[DocumentBase],
    text: str,
    *filters: tuple[str, str],
    where: Callable[[], Sequence[ColumnElement[bool]]] = tuple,
    late: bool = False,
) -> RowsWaiting:
    """Return what a duty asks of a document's list."""
    return RowsWaiting(document, text, filters, where, late)


class HomeView(BaseView):
    """The home page; a stranger is led to the login page."""

    route_base = ""
    default_view = "index"

    @expose("/")
    @open_to_all
    def index(self) -> object:
        """Return the cards of this person."""
        if not current_user.is_authenticated:
            return redirect(url_for("LoginView.login"))
        cards = [
            (Tab(card.name, _(card.label), card.url, card.icon), card.wide)
            for manifest in current_engine().manifests
            for card in manifest.home_cards
            if may(card.verb, card.document)
        ]
        # What waits comes first, however many modules keep an eye on something.
        duties = [(Tab("duties", _("今天要做"), url_for("HomeView.duties"), "checklist"), False)]
        buttons = [
            Button(one.name, _(one.label), one.url, one.icon)
            for manifest in current_engine().manifests
            for one in manifest.shortcuts
            if may(one.verb, one.document)
        ]
        return render_template(
            "home.html", cards=[*(duties if _my_duties() else []), *cards], buttons=buttons
        )

    @expose("/home/duties")
    @for_anyone_logged_in
    def duties(self) -> str:
        """今天要做: the fragment."""
        tasks = [(one.icon, task) for one in _my_duties() for task in one.waiting()]
        return render_template("home_duties.html", tasks=tasks)


def _my_duties() -> list[Duty]:
    return [
        duty
        for manifest in current_engine().manifests
        for duty in manifest.duties
        if may(duty.verb, duty.document)
    ]
