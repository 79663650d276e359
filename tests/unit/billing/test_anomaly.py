"""What is shown first in a billing run."""

from decimal import Decimal

import pytest

from app.billing.rules.anomaly import UNBILLABLE_ODDNESS, judge
from app.billing.states import RUN_MACHINE, Oddity, RunState
from app.kernel.machines import TransitionRefused


@pytest.mark.parametrize(
    ("amount", "previous", "is_new_odd", "odd"),
    [
        ("100.00", "100.00", True, None),
        ("150.00", "100.00", True, None),
        ("150.01", "100.00", True, Oddity.RISEN),
        ("50.00", "100.00", True, None),
        ("49.99", "100.00", True, Oddity.FALLEN),
        ("0.00", "100.00", True, Oddity.ZERO),
        ("0.01", "0.00", True, Oddity.RISEN),
        ("100.00", None, True, Oddity.NEW),
        ("100.00", None, False, None),
        ("0.00", None, False, Oddity.ZERO),
    ],
)
def test_odd_beside_last_month(amount, previous, is_new_odd, odd):
    found, oddness = judge(
        amount=Decimal(amount),
        previous=None if previous is None else Decimal(previous),
        is_new_odd=is_new_odd,
    )
    assert found is odd
    assert 0 <= oddness < UNBILLABLE_ODDNESS
    assert (oddness > 0) == (odd is not None)


def test_a_posted_run_is_final():
    assert RUN_MACHINE.allowed(RunState.POSTED) == ()
    assert RUN_MACHINE.allowed(RunState.CANCELLED) == ()


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.READY])
def test_only_a_computed_run_is_posted(state):
    with pytest.raises(TransitionRefused):
        RUN_MACHINE.apply(state, "post")
