"""The list of what is wrong or odd in a file, as Excel: for the desk that has to correct it."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from flask_babel import gettext as _

from app.kernel.errors import N_
from app.lowcode import excel
from app.lowcode.fields import Field

REJECTED: Final = N_("拒绝")
WARNED: Final = N_("提醒")
FIELDS: Final = (
    Field(N_("结果"), "text", name="tone", width=8),
    Field(N_("工作表"), "text", name="sheet", width=16),
    Field(N_("行号"), "integer", name="row", width=8),
    Field(N_("列"), "text", name="column", width=18),
    Field(N_("问题"), "text", name="message", width=60),
)


def write_problems(*, path: Path, title: str, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
    """Write `rejected` and `warnings`, each with its sheet, row, column and message; returns the number of lines."""
    subtitle = _(
        "拒绝 %(rejected)d 处，提醒 %(warnings)d 处",
        rejected=len(found["rejected"]),
        warnings=len(found["warnings"]),
    )
    return excel.write_list(
        path=path,
        title=f"{_('问题清单')} {title}",
        subtitle=subtitle,
        fields=FIELDS,
        rows=_lines(found),
        totals={},
    )


def problems_file(*, title: str, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> BytesIO:
    """Return the same in memory, for a page that sends it at once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "problems.xlsx"
        write_problems(path=path, title=title, found=found)
        return BytesIO(path.read_bytes())


def _lines(
    found: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Iterator[tuple[int, Mapping[str, Any], Mapping[str, str | None]]]:
    for name, tone in (("rejected", REJECTED), ("warnings", WARNED)):
        for number, one in enumerate(found[name]):
            yield number, {"tone": _(tone), **one}, {}
