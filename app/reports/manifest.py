"""What the reports module registers: every report has its place in its menu, whatever module reads its figures."""

from app.closing.reports.ageing import AGEING
from app.closing.reports.arrears import ARREARS
from app.closing.reports.balances import BALANCES
from app.closing.reports.month_summary import SUMMARY
from app.closing.reports.receipt_lines import TAKINGS
from app.closing.reports.vacancies import VACANCIES
from app.kernel.errors import N_
from app.lowcode.home import HomeCard
from app.lowcode.manifest import Manifest, Page
from app.lowcode.reports.views import view_of_report
from app.reports.daily import DAILY
from app.reports.ledger import LEDGER
from app.reports.views.cards import ArrearsCard, MonthCards, OwingCard

REPORTS = (SUMMARY, DAILY, TAKINGS, ARREARS, AGEING, BALANCES, VACANCIES, LEDGER)

MANIFEST = Manifest(
    name="reports",
    label=N_("统计报表"),
    icon="report-analytics",
    money=True,
    entries=(
        *(Page(view_of_report(one), one.label, one.icon) for one in REPORTS),
        Page(ArrearsCard),
        Page(MonthCards),
        Page(OwingCard),
    ),
    home_cards=(
        HomeCard("arrears", N_("欠费合计"), "/reports/cards/arrears", "coin-yuan", "read", "Charge"),
        HomeCard(
            "rates",
            N_("各月收缴率（当月应收、当月收到）"),
            "/reports/cards/months/rates",
            "chart-line",
            "read",
            "MonthSummary",
            wide=True,
        ),
        HomeCard(
            "owing",
            N_("各楼欠费账龄"),
            "/reports/cards/owing/buildings",
            "building",
            "read",
            "AgeingReport",
            wide=True,
        ),
    ),
)
