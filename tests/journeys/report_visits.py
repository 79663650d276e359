"""How the reports are visited: page, Excel and print of each, of days that hold something of ours and of today."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from tests.journeys.visits import Visit
from tests.journeys.world import World

MONTHS = ("period=2024-12", "period=2025-03", "")
DAYS = ("day=2025-03-31", "day=2025-01-15", "")
ASKED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "MonthSummary": ("summary", MONTHS),
    "TakingsReport": ("takings", MONTHS),
    "BalanceReport": ("balances", MONTHS),
    "VacancyReport": ("vacancies", MONTHS),
    "ArrearsReport": ("arrears", DAYS),
    "AgeingReport": ("ageing", DAYS),
    "DailyReport": ("daily", ("from=2025-01-01&to=2025-12-31", "")),
    "LedgerReport": ("ledger", ("year=2025", "year=2025&measure=due", "")),
}


def _visits(url: str, path: str, asked: tuple[str, ...]) -> Callable[[Session, World], list[Visit]]:
    visits = [Visit(f"/reports/{url}/{path}{'?' if one else ''}{one}") for one in asked]
    return lambda _session, _world: visits


VISITS: Mapping[tuple[str, str], Callable[[Session, World], list[Visit]]] = {
    (f"{name}View.{view}", "GET"): _visits(url, path, asked)
    for name, (url, asked) in ASKED.items()
    for view, path in (("index", ""), ("export", "export"), ("print", "print"))
}
