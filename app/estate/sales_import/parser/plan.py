"""From the sheets of a sales system's export to a plan of what to make, with everything wrong or odd in it.

Pure: the same file gives the same plan, and nothing is looked up. The plan holds what the accepted rows make; whether
one rejected row stops the whole import is the operation's to decide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.estate.sales_import.parser.columns import SheetLayout, guess_layouts, heading_forms
from app.estate.sales_import.parser.customers import CustomerBook
from app.estate.sales_import.parser.findings import FindingLog
from app.estate.sales_import.parser.headings import SheetKind
from app.estate.sales_import.parser.lines import KEY_COLUMN, LineKind, classify, has_substance
from app.estate.sales_import.parser.places import Places
from app.estate.sales_import.parser.plan_rows import SalesPlan, SheetCount
from app.estate.sales_import.parser.rooms import RoomJudge
from app.estate.sales_import.parser.sheet_reader import RowReader, is_blank
from app.estate.sales_import.parser.spaces import SpaceJudge
from app.kernel.cells import folded_text, read_text
from app.kernel.errors import N_, DomainError
from app.lowcode.workbook import CellError, HiddenSheets, Sheet, SheetRow, UnreadableWorkbook

_MISSING_KEY = {
    SheetKind.COMMUNITY: "community_name_missing",
    SheetKind.BUILDING: "building_name_missing",
    SheetKind.ROOM: "room_number_missing",
    SheetKind.SPACE: "space_number_missing",
}
Progress: TypeAlias = Callable[[int, int], None]
"""Told how many rows of how many are done."""
EVERY: Final = 500
"""Rows between two reports of progress."""
_ORDER = (SheetKind.COMMUNITY, SheetKind.BUILDING, SheetKind.ROOM, SheetKind.SPACE)


class NoSalesSheet(UnreadableWorkbook):
    """The workbook opens, and none of its sheets has headings of rooms, buildings, communities or spaces."""

    code = "no_sales_sheet"
    message = N_("文件里没有认得出的工作表：标题行应有房号、建筑面积、客户姓名等列，或车位号、楼宇名称。")


class UnnamedCommunity(DomainError):
    """No sheet says which community its rows belong to, or the file has several and a sheet names none."""

    code = "unnamed_community"
    message = N_("工作表“%(sheet)s”没有写小区，请指定小区名称。")


@dataclass
class _Page:
    """One recognised sheet, its data rows sorted out from the rest."""

    layout: SheetLayout
    data: list[SheetRow]
    skipped: int = 0


def plan_sales(
    *,
    sheets: Sequence[Sheet],
    layouts: Sequence[SheetLayout] | None = None,
    community: str = "",
    progress: Progress = lambda done, total: None,
) -> SalesPlan:
    """Judge every row of a file.

    `layouts` is the mapping that a person has confirmed (guessed when None); `community` names the community of the
    sheets that name none. Raises NoSalesSheet when there is nothing to read, HiddenSheets when all of it is hidden, UnnamedCommunity when a sheet's
    community cannot be told.
    """
    findings = FindingLog()
    chosen = tuple(guess_layouts(sheets=sheets) if layouts is None else layouts)
    if not chosen:
        hidden = "、".join(sheet.title for sheet in sheets if sheet.hidden)
        raise HiddenSheets(names=hidden) if hidden else NoSalesSheet
    _warn_of_unread(sheets, chosen, findings, guessed=layouts is None)
    titled = {sheet.title: sheet for sheet in sheets}
    pages = [_page(titled[layout.sheet], layout, findings) for layout in chosen if layout.sheet in titled]
    if not pages:
        raise NoSalesSheet
    names = _CommunityNames(pages=pages, given=community)
    places = Places(
        has_building_sheet=any(page.layout.kind == SheetKind.BUILDING and page.data for page in pages)
    )
    book = CustomerBook()
    rooms = RoomJudge(places=places, book=book)
    spaces = SpaceJudge(places=places, book=book, rooms=rooms.rooms)
    done, total = 0, sum(len(page.data) for page in pages)
    for kind in _ORDER:
        for page in pages:
            if page.layout.kind != kind:
                continue
            for row in page.data:
                if done % EVERY == 0:
                    progress(done, total)
                done += 1
                reader = RowReader(layout=page.layout, row=row, findings=findings)
                name = names.of(reader=reader)
                if kind == SheetKind.COMMUNITY:
                    places.list_community(reader=reader, name=name)
                elif kind == SheetKind.BUILDING:
                    places.list_building(reader=reader, community=name)
                elif kind == SheetKind.ROOM:
                    rooms.judge(reader=reader, community=name)
                else:
                    spaces.judge(reader=reader, community=name)
    position = {page.layout.sheet: index for index, page in enumerate(pages)}
    for found in (findings.rejected, findings.warnings):
        found.sort(key=lambda finding: (position.get(finding.sheet, len(position)), finding.row))
    return SalesPlan(
        layouts=chosen,
        counts=tuple(_count(page, findings) for page in pages),
        communities=places.communities,
        buildings=places.buildings,
        rooms=tuple(rooms.rooms.values()),
        customers=book.customers,
        occupancies=book.occupancies,
        spaces=tuple(spaces.spaces.values()),
        vehicles=tuple(spaces.vehicles.values()),
        rejected=tuple(findings.rejected),
        warnings=tuple(findings.warnings),
    )


def _page(sheet: Sheet, layout: SheetLayout, findings: FindingLog) -> _Page:
    """Sort a sheet's lines; one with something in it but no number or name is passed over with a warning."""
    page = _Page(layout, [])
    key = KEY_COLUMN[layout.kind]
    for row in sheet.rows[layout.header_row :]:
        if classify(layout=layout, row=row) != LineKind.DATA:
            page.skipped += 1
        elif is_blank(cell=row.cell(layout.columns.get(key, -1))):
            page.skipped += 1
            if has_substance(layout=layout, row=row):
                column = layout.heading(key)
                findings.warn(
                    sheet=sheet.title, row=row.number, column=column, code=_MISSING_KEY[layout.kind]
                )
        else:
            page.data.append(row)
    unseen = [row.number for row in page.data if row.hidden]
    if unseen:
        findings.warn(
            sheet=sheet.title,
            row=unseen[0],
            column=layout.heading(key),
            code="rows_hidden",
            count=len(unseen),
        )
    return page


def _count(page: _Page, findings: FindingLog) -> SheetCount:
    sheet = page.layout.sheet
    accepted = sum(not findings.is_rejected(sheet=sheet, row=row.number) for row in page.data)
    return SheetCount(
        sheet=sheet, kind=page.layout.kind, rows=len(page.data), accepted=accepted, skipped=page.skipped
    )


def _warn_of_unread(
    sheets: Sequence[Sheet], layouts: Sequence[SheetLayout], findings: FindingLog, *, guessed: bool
) -> None:
    """Name the sheets and columns that nobody will find in the result; of a person's own choice the hidden ones only."""
    read = {layout.sheet: layout for layout in layouts}
    for sheet in sheets:
        layout = read.get(sheet.title)
        if not guessed and (layout is not None or not sheet.hidden):
            continue
        if layout is None:
            code = "sheet_hidden" if sheet.hidden else "sheet_not_recognised"
            findings.warn(sheet=sheet.title, row=1, column="", code=code)
            continue
        used = set(layout.columns.values())
        for index, heading in enumerate(layout.headings):
            if index not in used and heading_forms(text=heading):
                findings.warn(
                    sheet=sheet.title,
                    row=layout.header_row,
                    column=heading,
                    code="column_not_recognised",
                    value=heading[:40],
                )


class _CommunityNames:
    """Which community a row belongs to: what it says, else what was given, else the file's only one."""

    def __init__(self, *, pages: Sequence[_Page], given: str) -> None:
        self._spelling: dict[str, str] = {}
        self._first: dict[str, str] = {}
        self._last: dict[str, str] = {}
        for page in sorted(pages, key=lambda page: _ORDER.index(page.layout.kind)):
            key = self._key(page.layout)
            for row in page.data if key in page.layout.columns else ():
                cell = row.cell(page.layout.columns[key])
                if not isinstance(cell, CellError) and not is_blank(cell=cell):
                    name = self._spelling.setdefault(folded_text(cell), read_text(cell)[:80])
                    self._first.setdefault(page.layout.sheet, name)
        self._only = next(iter(self._spelling.values())) if len(self._spelling) == 1 else ""
        self._given = self._spelling.get(folded_text(given), read_text(given)[:80]) if given else ""

    def of(self, *, reader: RowReader) -> str:
        """Return the community of a row, in its first spelling."""
        key = self._key(reader.layout)
        text = read_text(reader.cell(key))
        if text:
            name = self._spelling[folded_text(text)]
            self._last[reader.sheet] = name
            return name
        sheet_names_one = reader.sheet in self._first
        nearby = self._last.get(reader.sheet) or self._first.get(reader.sheet, "")
        name = (nearby or self._given) if sheet_names_one else (self._given or self._only)
        if not name:
            raise UnnamedCommunity(sheet=reader.sheet)
        if sheet_names_one:
            reader.warn(key, "community_missing", value=name)
        return name

    def _key(self, layout: SheetLayout) -> str:
        return "name" if layout.kind == SheetKind.COMMUNITY else "community"
