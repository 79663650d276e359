"""Find the reports of the app that closing a month keeps."""

from app.lowcode.engine import current_engine
from app.lowcode.reports.declaration import Report


def frozen() -> list[Report]:
    """List the reports that closing a month keeps, in order of their names."""
    reports = current_engine().reports
    return [reports[name] for name in sorted(reports) if reports[name].frozen]
