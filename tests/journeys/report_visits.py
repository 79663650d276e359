"""How the reports are visited: page, Excel and print of each, of days that hold something of ours and of today."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy.orm import Session

from tests.journeys.ours import World
from tests.journeys.visits import Visit

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


def _visits(
    url: str, path: str, asked: tuple[str, ...], method: str
) -> Callable[[Session, World], list[Visit]]:
    visits = [Visit(f"/reports/{url}/{path}{'?' if one else ''}{one}", method, writes=False) for one in asked]
    return lambda _session, _world: visits


def _one(url: str, _session: Session, _world: World) -> list[Visit]:
    return [Visit(url)]


VISITS: Mapping[tuple[str, str], Callable[[Session, World], list[Visit]]] = {
    (f"{name}View.{view}", method): _visits(url, path, asked, method)
    for name, (url, asked) in ASKED.items()
    for view, path, method in (
        ("index", "", "GET"),
        ("export", "export", "GET"),
        ("export", "export", "POST"),
        ("print", "print", "GET"),
    )
}

FIGURES: Mapping[str, str] = {
    "MonthSummary": "summary/rows?period=2025-03&field=charged",
    "BalanceReport": "balances/rows?period=2025-03&field=closing&k.prepayment_id=1",
    "VacancyReport": "vacancies/rows?period=2025-03&field=waived&k.room_id=1",
    "ArrearsReport": "arrears/rows?day=2025-03-31&field=due&k.charge_id=1",
    "AgeingReport": "ageing/rows?day=2025-03-31&field=due",
    "DailyReport": "daily/rows?from=2025-01-01&to=2025-12-31&field=total",
    "LedgerReport": "ledger/rows?year=2025&field=asked_3",
}
VISITS_OF_ROWS: Mapping[tuple[str, str], Callable[[Session, World], list[Visit]]] = {
    (f"{name}View.rows", "GET"): partial(_one, f"/reports/{url}") for name, url in FIGURES.items()
}
