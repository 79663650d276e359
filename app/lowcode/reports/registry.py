"""Every report that has a view, by name: what jobs are told, and what closing a month keeps."""

from app.lowcode.reports.declaration import Report

reports: dict[str, Report] = {}


def frozen() -> list[Report]:
    """The reports that closing a month keeps, in order of their names."""
    return [reports[name] for name in sorted(reports) if reports[name].frozen]
