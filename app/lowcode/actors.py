"""Who acts, and over which communities: the one answer that row scope, permissions and history share."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flask import g, has_request_context
from flask_login import current_user

from app.lowcode.engine import current_engine


@dataclass(frozen=True, slots=True)
class Reach:
    """What an actor may touch: None means everything, an empty set nothing.

    `held`: of the companies those given with all below them; the others are only seen, as the trunk of the tree.
    """

    communities: frozenset[int] | None
    companies: frozenset[int] | None
    held: frozenset[int] = frozenset()

    def includes(self, community_id: int | None) -> bool:
        """Whether a row of this community is within reach."""
        return self.communities is None or community_id in self.communities


EVERYTHING = Reach(None, None)
NOTHING = Reach(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or the system. `user_id` is None for the system user and for a stranger."""

    user_id: int | None
    name: str
    reach: Reach


STRANGER = Actor(None, "", NOTHING)
SYSTEM = Actor(None, "系统", EVERYTHING)

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def reach_of(user_id: int) -> Reach:
    """Return the reach of a user as granted now; nothing when nobody can tell."""
    resolve_reach = current_engine().resolve_reach
    return NOTHING if resolve_reach is None else resolve_reach(user_id)


def current_actor() -> Actor:
    """Return the actor of this job, command or request; a stranger, who reaches nothing, when there is none."""
    acting = _acting.get()
    if acting is not None:
        return acting
    if not has_request_context():
        return STRANGER
    if "actor" not in g:
        # While the user and the grants are read, nobody acts: reading them asks for the actor again.
        g.actor = STRANGER
        if not current_user.is_authenticated:
            g.pop("actor")  # a login later in this request acts at once
            return STRANGER
        g.actor = Actor(current_user.id, person_name(current_user), reach_of(current_user.id))
    actor: Actor = g.actor
    return actor


def person_name(user: object) -> str:
    """Return a user's name as Chinese write it: family name first, no space."""
    return f"{getattr(user, 'last_name', '')}{getattr(user, 'first_name', '')}"


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Run the block as `actor`: jobs as their starter, commands as the system."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)
