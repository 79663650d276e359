"""Check what a report names: its fields, groups, places and picks."""

from collections.abc import Iterator

from app.lowcode.declaration_error import unknown
from app.lowcode.reports.declaration import PLACES, Report
from app.lowcode.validation.models import DeclaredNames, input_faults, repeated


def report_faults(report: Report, known: DeclaredNames) -> Iterator[tuple[str, str]]:
    """Return (declaration, what is wrong) of a report."""
    name = f"Report({report.name})"
    fields = [one.name for one in report.fields]
    for option in ("fields", "figure_fields"):
        for field_name, text in input_faults(getattr(report, option), known):
            yield f"{name}.{option}[{field_name!r}]", text
    for option, values, kind, names in (
        ("groups", [group for group, _key in report.groups], "field", fields),
        ("apart", report.apart, "field", fields),
        ("places", report.places, "place", PLACES),
    ):
        # Fields that are fitted to what is asked for are known then.
        if kind == "field" and report.fit is not None:
            continue
        for value in values:
            if value not in names:
                yield f"{name}.{option}", unknown(kind, value, names)
    for value in repeated(pick.name for pick in report.picks):
        yield f"{name}.picks", f'"{value}" is declared twice'
