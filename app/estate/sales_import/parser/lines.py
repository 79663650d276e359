"""Tells the lines of a sheet that hold data from the blank ones, totals, notes and repeated headings."""

import re
from enum import StrEnum

from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.headings import SheetKind
from app.kernel.cells import cell_text, folded_text
from app.lowcode.workbook import Cell, SheetRow


class LineKind(StrEnum):
    """What a line below the headings is; all but DATA are skipped and counted."""

    DATA = "data"
    BLANK = "blank"
    TOTAL = "total"
    NOTE = "note"
    HEADING = "heading"


# The column without which a line of the kind is not one.
KEY_COLUMN = {
    SheetKind.COMMUNITY: "name",
    SheetKind.BUILDING: "name",
    SheetKind.ROOM: "number",
    SheetKind.SPACE: "number",
}
# What a row must at least have, beside its key, to be worth a warning when the key is missing.
_SUBSTANCE = {
    "built_area",
    "inside_area",
    "customer",
    "identity",
    "contract",
    "plate",
    "area",
    "floors",
    "land_area",
}

# Looked for in folded text: full-width brackets and colons are ASCII ones by then.
_TOTAL = re.compile(
    r".{0,12}(?:合计|小计|总计|共计|累计|总数|汇总)(?:[:(].*|[0-9,.]+.{0,3})?|(?:sub)?total:?|sum:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[(\[\u3010*\u203b]*"
    r"(?:注意?|备注|附注|说明|提示|制表|制单|填表|审核|审批|复核|打印|导出|统计|经办|录入|单位|数据来源|报表)"
    r"(?:人|员|日期|时间|部门|单位|事项)?[0-9一二三]*[)\]\u3011]*:.*"
    r"|第[0-9]+页.*|共[0-9]+页.*|[-\u2014]*以下(?:空白|无正文|为空)[-\u2014]*|本表由.*|此表由.*"
)
_SENTENCE = re.compile(r"[。;!]|.{21,}")


def classify(*, layout: SheetLayout, row: SheetRow) -> LineKind:
    """Return what a line below the headings is.

    A total or a note is known by its first filled cell, as long as the row's own key (房号, 车位号, 名称) is not
    another cell of it; a line whose only content is a running number or the community's name is blank.
    """
    filled = [(index, text) for index, cell in enumerate(row.cells) if (text := _squeezed(cell))]
    if not filled:
        return LineKind.BLANK
    key_index = layout.columns.get(KEY_COLUMN[layout.kind], -1)
    key = _squeezed(row.cell(key_index))
    first_index, first = filled[0]
    keyless = not key or key_index == first_index
    if _TOTAL.fullmatch(first) or (not key and any(_TOTAL.fullmatch(text) for _index, text in filled)):
        return LineKind.TOTAL
    if _TOTAL.fullmatch(key):
        return LineKind.TOTAL
    if _NOTE.fullmatch(first) and (keyless or _NOTE.fullmatch(key)):
        return LineKind.NOTE
    if _repeats_headings(layout, filled):
        return LineKind.HEADING
    if len(filled) == 1 and (not key or _SENTENCE.search(first)):
        return LineKind.BLANK if _is_number(row.cell(first_index)) else LineKind.NOTE
    # A pre-printed form carries running numbers, a merged community's name, and nothing else.
    if not key and {index for index, _text in filled} <= {
        layout.columns.get("sequence"),
        layout.columns.get("community"),
    }:
        return LineKind.BLANK
    return LineKind.DATA


def has_substance(*, layout: SheetLayout, row: SheetRow) -> bool:
    """Whether a line without a key holds anything that would be lost with it."""
    return any(_squeezed(row.cell(index)) for key, index in layout.columns.items() if key in _SUBSTANCE)


def _repeats_headings(layout: SheetLayout, filled: list[tuple[int, str]]) -> bool:
    same = sum(
        1
        for index, text in filled
        if index < len(layout.headings) and text == _squeezed(layout.headings[index])
    )
    return same >= 2 and same * 2 >= len(filled)


def _is_number(cell: Cell) -> bool:
    return cell_text(cell).replace(".", "", 1).isdecimal()


def _squeezed(cell: Cell) -> str:
    return folded_text(cell)
