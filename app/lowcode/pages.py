"""What the engine hands to its templates: plain data, so that a template holds no logic and a test needs no HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.kernel.money import format_money


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as a person reads it. `kind`: text, number, money, date, enum, bool, link."""

    text: str
    kind: str = "text"
    href: str | None = None
    tone: str | None = None  # a colour name of the theme (green, red …) for an enum that has one


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a list; `sort_url` is None where the column cannot be sorted."""

    name: str
    label: str
    kind: str = "text"
    sort_url: str | None = None
    sorted: str | None = None  # "asc", "desc" or None
    role: str = ""  # title, state, amount or fact: what a card on a narrow screen shows


@dataclass(frozen=True, slots=True)
class Button:
    """Something the person may do here. `post`: sent as a POST with the CSRF token; `confirm`: asked first.

    `bulk`: applies to the ticked rows (their ids are sent as `rowid`). `dialog`: what it asks for is a form that the
    server shows at the url and takes there. `tone`: primary, danger or None.
    """

    name: str
    label: str
    url: str
    icon: str = ""
    post: bool = False
    confirm: str | None = None
    bulk: bool = False
    tone: str | None = None
    dialog: bool = False
    # opens in a new tab (prints)
    blank: bool = False
    to: str = ""  # of a card on a board: the column that it leads to


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: its key, where its page is, its cells in the order of the headings."""

    key: int
    url: str | None
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter that is on, in words: 建筑面积 大于等于 90; `remove_url` is the list without it."""

    label: str
    operator: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class FilterField:
    """A column that may be filtered: its operators as (name, label), its choices where it has them.

    The panel sends `f.<name>.<operator>=<value>`. `select_url`: a remote select for links.
    """

    name: str
    label: str
    kind: str
    operators: Sequence[tuple[str, str]]
    choices: Sequence[tuple[str, str]] = ()
    select_url: str | None = None


@dataclass(frozen=True, slots=True)
class Pager:
    """Where we are: `page` from 1; `count` is exact unless `more` (then it is a floor: 10,000+)."""

    page: int
    pages: int
    size: int
    count: int
    more: bool
    first_url: str | None
    previous_url: str | None
    next_url: str | None
    last_url: str | None
    sizes: Sequence[tuple[int, str]] = ()  # (size, url)


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list, whole or as a related tab (`embedded`)."""

    title: str
    base_url: str
    headings: Sequence[Heading]
    rows: Sequence[Row]
    totals: Mapping[str, str]  # by column name, formatted; empty: no footer
    total_label: str  # 合计, and what it leaves out
    pager: Pager
    search: str
    search_placeholder: str
    can_search: bool
    chips: Sequence[FilterChip]
    filter_fields: Sequence[FilterField]
    keep: Sequence[tuple[str, str]]  # hidden inputs that the search form must carry on (filters, order, size)
    buttons: Sequence[Button]  # 新增, 导入, 导出 Excel, 打印
    bulk: Sequence[Button]
    row_menu: Sequence[Button] = ()  # the same for every row; `{key}` in a url stands for the row's key
    scope: str | None = None  # the tree node that narrows this list, in words
    described: str = ""  # what the document is, where its name does not say enough
    embedded: bool = False

    @property
    def before_totals(self) -> int:
        """How many columns stand before the first that has a total."""
        return next((place for place, one in enumerate(self.headings) if one.name in self.totals), 0)


@dataclass(frozen=True, slots=True)
class Card:
    """A row on a board; `moves`: what may be done to it now."""

    key: int
    title: str
    url: str
    heading: Cell | None
    facts: Sequence["Fact"]
    age: str
    overdue: bool
    moves: Sequence[Button]


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A state on a board: its cards, the first ones, and the list with all `count` of them."""

    state: str
    label: str
    tone: str | None
    count: int
    cards: Sequence[Card]
    url: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A document's rows by state, with a list's search and filters above."""

    title: str
    base_url: str
    columns: Sequence[BoardColumn]
    count: int
    search: str
    search_placeholder: str
    can_search: bool
    chips: Sequence[FilterChip]
    filter_fields: Sequence[FilterField]
    keep: Sequence[tuple[str, str]]
    buttons: Sequence[Button]
    scope: str | None = None
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class FormPage:
    """An add or edit page; `groups` are (label, field names) over the WTForms `form`."""

    title: str
    form: Any
    groups: Sequence[tuple[str, Sequence[str]]]
    back_url: str
    submit: str
    crumbs: Sequence[tuple[str, str | None]] = ()
    error: str | None = None  # a refusal that belongs to no single field
    # what the masked inputs of a row's form show: unchanged, they leave the value alone, whoever changed it meanwhile
    masks: Mapping[str, str] = field(default_factory=dict)
    # what is odd about the values, and the word by which the person says that they are meant
    doubts: Sequence[str] = ()
    meant: str = ""


@dataclass(frozen=True, slots=True)
class DialogPage:
    """What an action asks before it is done: a dialog over the page, or a page of its own where scripts are off."""

    title: str
    text: str
    form: Any
    names: Sequence[str]
    url: str  # where it is sent
    back_url: str
    keep: Sequence[tuple[str, str]] = ()  # hidden inputs: the ticked rows
    error: str | None = None
    tone: str | None = None
    note: str = ""  # what stands above the inputs, of this row


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value on a show page."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of a show page that loads by itself from `url` (an HTML fragment)."""

    name: str
    label: str
    url: str
    icon: str = ""
    document: str = ""  # of a list: whose rows it holds, by class name; they are counted
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PictureTile:
    """An attached picture: where it is, how it is called, who sent it when, and the button that takes it off."""

    url: str
    name: str
    note: str
    remove: Button | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """What hangs on a row, by kind; more are sent to `send_url` as one of `kinds` (name, label)."""

    groups: Sequence[tuple[str, Sequence[PictureTile]]]
    kinds: Sequence[tuple[str, str]]
    send_url: str | None


@dataclass(frozen=True, slots=True)
class ShowPage:
    """A document: facts in groups, buttons for what may be done now, tabs."""

    title: str
    subtitle: str
    groups: Sequence[tuple[str, Sequence[Fact]]]
    buttons: Sequence[Button]
    tabs: Sequence[Tab]
    crumbs: Sequence[tuple[str, str | None]] = ()
    badge: Cell | None = None
    leads: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or the bars of one colour, of a chart: a figure (or None) for each of its categories."""

    label: str
    values: Sequence[Decimal | int | None]
    tone: str | None = None  # a colour name of the theme; None: the next of the palette


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures to draw: a table that every reader has, and above it the drawing that a script makes of the table.

    `kind`: bar or line; `unit`: 元, % or a word for what is counted; `urls`: where a category leads, if anywhere.
    """

    label: str
    heading: str  # of the categories
    categories: Sequence[str]
    series: Sequence[Series]
    kind: str = "bar"
    stacked: bool = False
    unit: str = "元"
    urls: Sequence[str | None] = ()

    @property
    def rows(self) -> list[tuple[str, str | None, list[tuple[str, str]]]]:
        """(category, where it leads, its figures as (exact, as read)) a line of the table."""
        urls = self.urls or [None] * len(self.categories)
        return [
            (category, url, [self._figure(one.values[place]) for one in self.series])
            for place, (category, url) in enumerate(zip(self.categories, urls, strict=True))
        ]

    def _figure(self, value: Decimal | int | None) -> tuple[str, str]:
        if value is None:
            return "", ""
        if self.unit == "元":
            return str(value), format_money(Decimal(value))
        return str(value), f"{value:,}"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the left menu; a group has children and no url. `blank`: out of the product, in a new tab."""

    name: str
    label: str
    icon: str
    url: str | None = None
    active: bool = False
    children: Sequence["MenuEntry"] = ()
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows around its content. It is `frame` in every template."""

    product: str
    menu: Sequence[MenuEntry]
    user_name: str
    scope_label: str | None  # the chosen tree node; None: everything in the user's scope
    language: str
    languages: Sequence[tuple[str, str, str]] = ()  # (code, name, url)
    searching: bool = True  # the person may use the top search
    jobs_running: int = 0
    notices: int = 0  # not yet read
    extra: Mapping[str, Any] = field(default_factory=dict)
