"""The documents of closing."""

from app.closing.models.reopen import PeriodReopen
from app.closing.models.reports import PeriodReport, PeriodReportRow

__all__ = ["PeriodReopen", "PeriodReport", "PeriodReportRow"]
