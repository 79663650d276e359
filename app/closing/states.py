"""The machine of a month: closed once everything is in it, opened again by two persons."""

from app.billing.states import PeriodState
from app.kernel.errors import N_
from app.kernel.machines import Machine, Transition

PERIOD_MACHINE: Machine[PeriodState] = Machine(
    [
        Transition(
            action="close", label=N_("结账"), sources=(PeriodState.OPEN,), target=PeriodState.CLOSED,
            permission="close", confirm=True,
        ),
        Transition(
            action="reopen", label=N_("反结账"), sources=(PeriodState.CLOSED,), target=PeriodState.OPEN,
            permission="approve", confirm=True, reason=True,
        ),
    ],
    initial=PeriodState.OPEN,
)  # fmt: skip
