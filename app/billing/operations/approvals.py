"""What one person asks for and another decides: the one flow of vacancies, waivers, adjustments and refunds."""

from collections.abc import Callable
from typing import Any

from app.billing.models import Requested
from app.billing.states import APPROVAL_MACHINE
from app.kernel.errors import N_, DomainError
from app.lowcode.actors import current_actor
from app.lowcode.document import DocumentBase
from app.lowcode.workflow import Ask, Board, Step, TransitionContext, Who, Workflow

Effect = Callable[[TransitionContext], None]

ASKED = Board(facts=("reason", "requested_by"))
"""What a card says of any request."""


class SamePerson(DomainError):
    """Somebody decides what they asked for themselves."""

    code = "same_person"
    message = N_("申请人不能审批自己的申请，请由另一位同事审批。")


def sign_request(row: Requested) -> None:
    """Write on a new request who asks: the person at the page."""
    actor = current_actor()
    row.requested_by_id, row.requested_by = actor.user_id, actor.name or "?"


def approval_flow(
    document: type[DocumentBase],
    *,
    approving: Effect,
    condition: Callable[[TransitionContext], DomainError | None] | None = None,
    board: Board = ASKED,
) -> Workflow:
    """Return the workflow of a request: approved or refused by somebody else, withdrawn by whoever asked, never edited.

    `approving` is the operation that makes it hold, in the unit that approves; `condition` may refuse before
    (an approval limit). Both are asked after the two persons differ (SamePerson).
    """

    def judge(move: TransitionContext) -> DomainError | None:
        refusal = _another(move)
        return refusal if refusal is not None or condition is None else condition(move)

    def approve(move: TransitionContext) -> None:
        _sign(move, move.inputs["decision"])
        approving(move)

    return Workflow(
        document,
        APPROVAL_MACHINE,
        steps={
            "approve": Step(
                asks=(Ask("decision", required=False),), bulk=True, condition=judge, effect=approve
            ),
            "refuse": Step(condition=_another, effect=lambda move: _sign(move, move.inputs["reason"])),
            "withdraw": Step(allowed_for=_asked_by),
        },
        editable_in=(),
        board=board,
    )


def _another(move: TransitionContext) -> DomainError | None:
    actor, row = current_actor(), move.row
    # The system has no id, in commands and jobs: there it goes by the name.
    known = actor.user_id is not None or row.requested_by_id is not None
    same = actor.user_id == row.requested_by_id if known else actor.name == row.requested_by
    return SamePerson() if same else None


def _sign(move: TransitionContext, words: str | None) -> None:
    actor = current_actor()
    move.row.decided_by_id, move.row.decided_by = actor.user_id, actor.name or "?"
    move.row.decided_at, move.row.decision = move.now, words


def _asked_by(row: Any, who: Who) -> bool:
    return who.user_id is not None and who.user_id == row.requested_by_id
