"""Months closed and opened again, their summary, and their reports: closing's part of the office behind the cases."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.kernel.periods import Period

from .language import steps
from .office_collection import as_person


class ClosingPart:
    """Mixed into the product office."""

    _community: int
    _do: Callable[[Callable[[Any], Any]], Any]
    _ask: Callable[[Callable[[Any], Any]], Any]

    def close(self, step: steps.Close) -> None:
        """Hand over what every desk took in the month, and close: both or neither."""
        from app.closing.operations import close
        from app.collection.operations import hand_over
        from app.collection.queries.open_tills import unhanded

        def closing(session: Any) -> None:
            mine = {"session": session, "community_id": self._community}
            for cashier, _papers in unhanded(**mine, period=step.period):
                hand_over(**mine, day=step.period.last_day, cashier_id=cashier)
            close(**mine, period=step.period)

        self._do(closing)

    def reopen(self, step: steps.Reopen) -> None:
        """Asked by one person, approved by a second."""
        from app.closing.models import PeriodReopen
        from app.closing.operations import request_reopen
        from app.lowcode.workflow import move

        def reopening(session: Any) -> None:
            with as_person(step.by):
                asked = request_reopen(
                    session=session,
                    row=PeriodReopen(),
                    community_id=self._community,
                    period=step.period,
                    reason=step.reason,
                )
            with as_person(step.second):
                move(session=session, row=asked, action="approve", decision=None)

        self._do(reopening)

    def summary(self, *, period: Period) -> Mapping[str, Decimal]:
        from app.closing.reports.month_summary import figures_of, month_summary

        found = self._ask(lambda session: month_summary(session=session, period=period))
        if not found.holds:
            raise AssertionError(f"the summary of {period} does not add up: {found.equations}")
        # 违约金 is no column as long as nothing is charged as one.
        figures = {"late_fees": Decimal("0.00"), **figures_of(found)}
        return {name: figure for name, figure in figures.items() if figure is not None}

    def frozen_reports(self, *, period: Period) -> Mapping[str, bytes]:
        """What stands in the archive."""
        from app.closing.queries.archive import kept_texts

        found: Mapping[str, bytes] = self._ask(
            lambda session: kept_texts(session=session, community_id=self._community, period=period)
        )
        return found

    def reports(self, *, period: Period) -> Mapping[str, bytes]:
        """The same written out of the documents as they are now."""
        from app.closing.operations.snapshots import written_out
        from app.lowcode.reports import registry

        def write(session: Any) -> dict[str, bytes]:
            mine = {"session": session, "community_id": self._community, "period": period}
            return {
                report.name: written_out(report=report, **mine).text.encode() for report in registry.frozen()
            }

        found: Mapping[str, bytes] = self._ask(write)
        return found
