"""Workbooks for tests: written by another program, or by hand where no program writes such."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

LAST_CELL = "XFD1048576"


def far_workbook(last: Any, rows: Iterable[Sequence[Any]] = (("a",),)) -> bytes:
    """A workbook of rows, with something in the very last cell of its sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.active[LAST_CELL] = last
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def packed(parts: Mapping[str, str]) -> bytes:
    """A zip of parts by their path."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as file:
        for path, text in parts.items():
            file.writestr(path, text)
    return data.getvalue()


def xlsx_of(sheet: str, *, shared: str = "", styles: str = "", folder: str = "xl") -> bytes:
    """An xlsx with one sheet, given by what stands inside its <worksheet>."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{types}"'
    relation = '<Relationship Id="{0}" Type="{1}/{2}" Target="{3}"/>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    parts = {"worksheet": "sheet1.xml", "sharedStrings": "strings.xml", "styles": "styles.xml"}
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations.format(
                relation.format("r1", types, "officeDocument", f"{folder}/workbook.xml")
            ),
            f"{folder}/workbook.xml": f'<workbook {names}><sheets><sheet name="表" r:id="worksheet"/></sheets></workbook>',
            f"{folder}/_rels/workbook.xml.rels": relations.format(
                "".join(relation.format(kind, types, kind, target) for kind, target in parts.items())
            ),
            f"{folder}/sheet1.xml": f"<worksheet {names}>{sheet}</worksheet>",
            f"{folder}/strings.xml": f"<sst {names}>{shared}</sst>",
            f"{folder}/styles.xml": f"<styleSheet {names}>{styles}</styleSheet>",
        }
    )
