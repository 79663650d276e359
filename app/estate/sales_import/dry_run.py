"""The dry run of an import: how each sheet is read, what a person changes about that, and what is wrong in the rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from app.estate.sales_import.parser.columns import SheetLayout, guess_layout, match_columns
from app.estate.sales_import.parser.findings import REJECTIONS, WARNINGS, ImportFinding
from app.estate.sales_import.parser.headings import COLUMNS, REQUIRED, SheetKind
from app.estate.sales_import.parser.plan import NoSalesSheet, Progress, UnnamedCommunity, plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.upload import Upload
from app.estate.sales_import.writer.places import CommunityOutOfReach, CompanyMissing, refuse_out_of_reach
from app.kernel.cells import cell_text
from app.kernel.errors import N_, DomainError
from app.lowcode.workbook import HiddenSheets, Sheet

MOST_SHEETS: Final = 60
"""As many sheets can be changed on the page; any more are read as guessed."""


class UploadGone(DomainError):
    """The file was removed, a day after it came."""

    code = "upload_gone"
    message = N_("上传的文件已被清理，请重新上传。")


class HeadingChosenTwice(DomainError):
    """Two columns of a sheet are to be read as the same one of ours."""

    code = "heading_chosen_twice"
    message = N_("“%(label)s”选了两次，请改掉一处。")


class ColumnMissing(DomainError):
    """A kind of sheet was chosen without the columns that make it one."""

    code = "column_missing"
    message = N_("工作表“%(sheet)s”至少要有其中一列：%(labels)s。请在下面选择，然后重新检查。")


class BadHeaderRow(DomainError):
    """The row that is to hold the headings is not on the sheet."""

    code = "bad_header_row"
    message = N_("标题行应是 1 到 %(last)d 之间的整数。")


def plan_of(*, upload: Upload) -> SalesPlan:
    """Return the plan of an upload as its owner set it up. Raises UploadGone, and what plan_sales raises."""
    return plan_sales(sheets=sheets_of(upload=upload), layouts=upload.layouts, community=upload.community)


def sheets_of(*, upload: Upload) -> tuple[Sheet, ...]:
    """Return the sheets of an upload. Raises UploadGone."""
    sheets = upload.sheets
    if sheets is None:
        raise UploadGone
    return sheets


def check(*, session: Session, upload: Upload, progress: Progress = lambda done, total: None) -> None:
    """Judge an upload as its import would, and keep what was found with it; no document is stored.

    What would refuse the whole import, a community out of reach included, is kept as the check's error.
    """
    sheets = sheets_of(upload=upload)
    plan, refused = None, None
    try:
        for chosen in upload.layouts or ():
            _refuse_unfinished(chosen)
        plan = plan_sales(
            sheets=sheets, layouts=upload.layouts, community=upload.community, progress=progress
        )
        refuse_out_of_reach(session=session, plan=plan)
    except (
        NoSalesSheet,
        HiddenSheets,
        UnnamedCommunity,
        ColumnMissing,
        CommunityOutOfReach,
        CompanyMissing,
    ) as error:
        refused = {"code": error.code, "message": error.message, "params": dict(error.params)}
    if plan is not None:
        layouts = plan.layouts
    else:
        guessed = (guess_layout(sheet=sheet) for sheet in sheets if not sheet.hidden)
        layouts = (
            tuple(one for one in guessed if one is not None) if upload.layouts is None else upload.layouts
        )
    by_title = {layout.sheet: layout for layout in layouts}
    counts = {count.sheet: count for count in plan.counts} if plan else {}
    told = []
    for sheet in sheets:
        count = counts.get(sheet.title)
        layout = by_title.get(sheet.title)
        told.append(
            {
                "title": sheet.title,
                "hidden": sheet.hidden,
                "last": len(sheet.rows),
                "kind": layout.kind.value if layout else "",
                "header_row": layout.header_row if layout else 1,
                "headings": list(layout.headings) if layout else [],
                "columns": dict(layout.columns) if layout else {},
                "rows": count.rows if count else 0,
                "accepted": count.accepted if count else 0,
                "skipped": count.skipped if count else 0,
            }
        )
    upload.keep_check(
        {
            "sheets": told,
            "error": refused,
            "rows": plan.rows if plan else 0,
            "accepted": plan.accepted if plan else 0,
            "skipped": plan.skipped if plan else 0,
            "rejected": [_finding(one) for one in plan.rejected] if plan else [],
            "warnings": [_finding(one) for one in plan.warnings] if plan else [],
        }
    )


def _finding(found: ImportFinding) -> dict[str, Any]:
    return {
        "sheet": found.sheet,
        "row": found.row,
        "column": found.column,
        "code": found.code,
        "params": dict(found.params),
    }


def template_of(*, code: str) -> str:
    """Return the sentence of a finding, its places still open."""
    return REJECTIONS.get(code) or WARNINGS[code]


def choose(
    *, sheets: Sequence[Sheet], known: Sequence[Mapping[str, Any]], typed: Mapping[str, str]
) -> tuple[tuple[SheetLayout, ...], dict[str, DomainError]]:
    """Return the layouts that a person typed (`kind-0`, `row-0`, `column-0-3` …) and what is wrong with them, by input.

    `known`: the sheets as last checked. Another kind or another row of headings has its columns guessed anew.
    """
    layouts: list[SheetLayout] = []
    wrong: dict[str, DomainError] = {}
    for index, (sheet, before) in enumerate(zip(sheets, known, strict=True)):
        kind = typed.get(f"kind-{index}", before["kind"])
        if kind not in set(SheetKind):
            continue
        row, last = typed.get(f"row-{index}", str(before["header_row"])).strip(), len(sheet.rows)
        if not (row.isascii() and row.isdigit() and len(row) < 8 and 1 <= int(row) <= last):
            wrong[f"row-{index}"] = BadHeaderRow(last=last)
            continue
        chosen = SheetKind(kind)
        if kind == before["kind"] and int(row) == before["header_row"]:
            columns = _chosen_columns(index, before, chosen, typed, wrong)
            headings = tuple(before["headings"])
        elif (
            kind != before["kind"]
            and int(row) == before["header_row"]
            and (guess := guess_layout(sheet=sheet, kind=chosen))
        ):
            layouts.append(guess)
            continue
        else:
            cells = sheet.rows[int(row) - 1].cells
            columns = match_columns(kind=chosen, cells=cells)
            headings = tuple(cell_text(cell) for cell in cells)
        layouts.append(SheetLayout(sheet.title, chosen, int(row), columns, headings))
    return tuple(layouts), wrong


def _chosen_columns(
    index: int,
    before: Mapping[str, Any],
    kind: SheetKind,
    typed: Mapping[str, str],
    wrong: dict[str, DomainError],
) -> dict[str, int]:
    guessed = {place: key for key, place in before["columns"].items()}
    keys = {column.key: column.label for column in COLUMNS[kind]}
    columns: dict[str, int] = {}
    for place in range(len(before["headings"])):
        name = f"column-{index}-{place}"
        key = typed.get(name, guessed.get(place, ""))
        if key in columns:
            wrong[name] = HeadingChosenTwice(label=keys[key])
        elif key in keys:
            columns[key] = place
    return columns


def _refuse_unfinished(layout: SheetLayout) -> None:
    for needed in REQUIRED[layout.kind]:
        if not needed & layout.columns.keys():
            labels = "、".join(column.label for column in COLUMNS[layout.kind] if column.key in needed)
            raise ColumnMissing(sheet=layout.sheet, labels=labels)
