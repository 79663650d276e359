"""What is read of billing."""

from app.billing.queries.explaining import explain
from app.billing.queries.figures import FeeFigures, figures_of
from app.billing.queries.objects import Choice, objects_of

__all__ = ["Choice", "FeeFigures", "explain", "figures_of", "objects_of"]
