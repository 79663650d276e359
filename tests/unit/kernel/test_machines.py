"""A transition table allows, applies, refuses and draws itself."""

import pytest

from app.kernel.enums import LabelledEnum
from app.kernel.machines import Machine, Transition, TransitionRefused


class Door(LabelledEnum):
    """States for the test."""

    OPEN = "open", "开着"
    SHUT = "shut", "关着"
    GONE = "gone", "拆除"


SHUT = Transition(action="shut", label="关门", sources=(Door.OPEN,), target=Door.SHUT)
OPEN = Transition(action="open", label="开门", sources=(Door.SHUT,), target=Door.OPEN)
REMOVE = Transition(
    action="remove",
    label="拆门",
    sources=(Door.OPEN, Door.SHUT),
    target=Door.GONE,
    permission="remove",
    confirm=True,
    reason=True,
)
MACHINE = Machine([SHUT, OPEN, REMOVE], initial=Door.SHUT)


def test_buttons_come_from_the_table() -> None:
    assert MACHINE.allowed(Door.OPEN) == (SHUT, REMOVE)
    assert MACHINE.allowed(Door.SHUT) == (OPEN, REMOVE)
    assert MACHINE.allowed(Door.GONE) == ()


def test_an_action_leads_on() -> None:
    assert MACHINE.apply(Door.SHUT, "open") is Door.OPEN
    assert MACHINE.find(Door.OPEN, "remove") is REMOVE


@pytest.mark.parametrize(
    ("state", "action"), [(Door.OPEN, "open"), (Door.GONE, "shut"), (Door.OPEN, "paint")]
)
def test_the_rest_is_refused(state: Door, action: str) -> None:
    with pytest.raises(TransitionRefused) as refused:
        MACHINE.apply(state, action)
    assert refused.value.code == "transition_refused"


def test_a_refusal_names_state_and_action() -> None:
    with pytest.raises(TransitionRefused) as refused:
        MACHINE.apply(Door.OPEN, "open")
    assert refused.value.params == {"state": "开着", "action": "开门"}
    assert "“开着”" in refused.value.text()
    assert "“开门”" in refused.value.text()


def test_one_action_leaves_a_state_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Machine([SHUT, Transition(action="shut", label="关门", sources=(Door.OPEN,), target=Door.GONE)])


def test_the_diagram() -> None:
    assert MACHINE.mermaid() == (
        "stateDiagram-v2\n"
        '    state "关着" as shut\n'
        '    state "开着" as open\n'
        '    state "拆除" as gone\n'
        "    [*] --> shut\n"
        "    open --> shut: 关门\n"
        "    shut --> open: 开门\n"
        "    open --> gone: 拆门\n"
        "    shut --> gone: 拆门\n"
        "    gone --> [*]\n"
    )
