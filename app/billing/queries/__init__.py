"""What is read of billing."""

from app.billing.queries.explanation import explain
from app.billing.queries.figures import FeeFigures, figures_of
from app.billing.queries.objects import Choice, objects_of
from app.billing.queries.unread_meters import MissingReading, count_missing_readings, missing_readings

__all__ = [
    "Choice",
    "FeeFigures",
    "MissingReading",
    "count_missing_readings",
    "explain",
    "figures_of",
    "missing_readings",
    "objects_of",
]
