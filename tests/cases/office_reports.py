"""The other reports: their part of the office behind the cases."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any


class ReportsPart:
    """Mixed into the product office."""

    _ask: Callable[[Callable[[Any], Any]], Any]

    def ageing(self, *, as_of: date) -> Mapping[str, Decimal]:
        from app.closing.reports.ageing import AGEING, NAMES
        from app.lowcode.reports.declaration import By, ReportQuery
        from app.lowcode.reports.reader import read

        scope = ReportQuery(by=By.AS_OF, first=as_of, last=as_of, narrowed=False)
        found = self._ask(lambda session: read(session=session, report=AGEING, scope=scope))
        if not found.holds:
            raise AssertionError(f"the ageing of {as_of} does not add up: {found.equations}")
        return {name: found.total.values[name] for name in NAMES}
