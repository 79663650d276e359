"""Closing behind the cases: months closed and opened again, and their reports, kept and printed again."""

from collections.abc import Callable, Mapping
from typing import Any

from app.kernel.periods import Period

from .language import steps
from .protocol import NotBuilt


class ClosingOffice:
    """The part of the product behind the protocol that closes months. `_do` and `_ask` are the office's."""

    _community: int
    _do: Callable[..., Any]
    _ask: Callable[..., Any]

    def close(self, step: steps.Close) -> None:
        """Hand the desk's money over, then close."""
        from app.closing.operations import close

        self.hand_over_desk(step.period)
        self._do(lambda session: close(session=session, community_id=self._community, period=step.period))

    def hand_over_desk(self, period: Period) -> None:
        """Hand over what the desk took up to the month's end."""
        raise NotBuilt("hand-over")

    def reopen(self, step: steps.Reopen) -> None:
        """Ask as `by`, approve as `second`."""
        from app.closing.models import PeriodReopen
        from app.closing.operations import REOPEN_FLOW, request_reopen
        from app.lowcode.workflow import move

        def ask_for(session: Any) -> int:
            row = request_reopen(
                session=session, row=PeriodReopen(), community_id=self._community, period=step.period,
                reason=step.reason,
            )  # fmt: skip
            return int(row.id)

        asked = self._do(ask_for, who=step.by)
        self._do(
            lambda session: move(
                session=session, flow=REOPEN_FLOW, row=session.get_one(PeriodReopen, asked), action="approve",
                inputs={"decision": None},
            ),
            who=step.second,
        )  # fmt: skip

    def frozen_reports(self, *, period: Period) -> Mapping[str, bytes]:
        """What stands in the archive, line by line."""
        from app.closing.queries.archive import kept_texts

        return self._ask(
            lambda session: kept_texts(session=session, community_id=self._community, period=period)
        )

    def reports(self, *, period: Period) -> Mapping[str, bytes]:
        """The same from the documents as they are now, names and all."""
        from app.closing.operations.freezing import written_out
        from app.lowcode.reports import registry

        return self._ask(
            lambda session: {
                report.name: written_out(
                    session=session, report=report, community_id=self._community, period=period
                ).text.encode()
                for report in registry.frozen()
            }
        )
