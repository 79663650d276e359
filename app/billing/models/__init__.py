"""The documents of billing."""

from app.billing.models.approvals import Requested
from app.billing.models.charges import OPEN, BillingLine, BillingRun, Charge, ChargeFacts
from app.billing.models.exemptions import ReadingExemption
from app.billing.models.fees import FeeAssignment, FeeItem, FeeStandard, FeeStandardVersion
from app.billing.models.meters import Meter, MeterReading
from app.billing.models.periods import AccountingPeriod
from app.billing.models.sums import NO_BUILDING, MonthSum
from app.billing.models.vacancies import Vacancy

__all__ = [
    "NO_BUILDING",
    "OPEN",
    "AccountingPeriod",
    "BillingLine",
    "BillingRun",
    "Charge",
    "ChargeFacts",
    "FeeAssignment",
    "FeeItem",
    "FeeStandard",
    "FeeStandardVersion",
    "Meter",
    "MeterReading",
    "MonthSum",
    "ReadingExemption",
    "Requested",
    "Vacancy",
]
