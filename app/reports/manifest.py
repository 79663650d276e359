"""What the reports module registers."""

from app.kernel.errors import N_
from app.lowcode.home import HomeCard
from app.lowcode.manifest import Manifest, Page
from app.reports.demo.command import demo
from app.reports.views.cards import ArrearsCard, MonthCards

MANIFEST = Manifest(
    name="reports",
    label=N_("统计报表"),
    icon="report-analytics",
    money=True,
    entries=(Page(ArrearsCard), Page(MonthCards)),
    commands=(demo,),
    home_cards=(
        HomeCard("arrears", N_("欠费合计"), "/reports/cards/arrears", "coin-yuan", "read", "Charge"),
        HomeCard(
            "rates",
            N_("各月收缴率"),
            "/reports/cards/months/rates",
            "chart-line",
            "read",
            "MonthSummary",
            wide=True,
        ),
    ),
)
