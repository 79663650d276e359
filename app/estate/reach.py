"""From a user's grants to their reach: what row scope narrows every read to and guards every write by."""

from typing import Any

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.orm import Session

from app.estate.grants import Grants, descendants, grants_of, set_grants
from app.estate.models import Community, Company, ScopeGrant
from app.estate.queries.tree_filter import NARROWING
from app.lowcode.actors import EVERYTHING, NOTHING, Reach
from app.lowcode.db import db
from app.lowcode.engine import Engine
from app.lowcode.scope import UNSCOPED


def resolve_reach(user_id: int) -> Reach:
    """Return what a user reaches by today's tree: later children of a granted node are in it without being told.

    Communities are those granted and those of the granted companies and all below; companies are the ones that
    hold these, with all above them, so that the tree has its trunk. One query: every page asks.
    """
    grants, parents, owners = _granted_tree(db.session(), user_id)
    if grants.everything:
        return EVERYTHING
    if not grants.companies and not grants.communities:
        return NOTHING
    held = descendants(parents=parents, roots=grants.companies & parents.keys())
    reached = {
        community: company
        for community, company in owners.items()
        if community in grants.communities or company in held
    }
    companies: set[int] = set()
    for company in (*held, *reached.values()):
        above: int | None = company
        while above is not None and above not in companies:
            companies.add(above)
            above = parents.get(above)
    return Reach(frozenset(reached), frozenset(companies), frozenset(held))


def _granted_tree(session: Session, user_id: int) -> tuple[Grants, dict[int, int | None], dict[int, int]]:
    """Return (what the user is given, company → the one above, community → its company), the tree whole."""
    mine = select(literal("grant"), ScopeGrant.company_id, ScopeGrant.community_id)
    all_three: CompoundSelect[Any] = union_all(
        select(literal("company").label("kind"), Company.id, Company.parent_id.label("above")),
        select(literal("community"), Community.id, Community.company_id),
        mine.where(ScopeGrant.user_id == user_id),
    )
    parents: dict[int, int | None] = {}
    owners: dict[int, int] = {}
    given = []
    for kind, key, above in session.execute(all_three, execution_options={UNSCOPED: True}):
        if kind == "company":
            parents[key] = above
        elif kind == "community":
            owners[key] = above
        else:
            given.append((key, above))
    return Grants.of(given), parents, owners


def grant_everything(*, session: Session, user_id: int) -> None:
    """Give a user the whole office, as it is and as it grows. Raises BeyondOwnReach."""
    set_grants(session=session, user_id=user_id, wanted=Grants(everything=True))


def grant(
    *, session: Session, user_id: int, company_id: int | None = None, community_id: int | None = None
) -> None:
    """Give a user one node more: a company with all below it, or a community. Raises BeyondOwnReach, ValueError."""
    if (company_id is None) == (community_id is None):
        raise ValueError("one node: a company or a community")
    have = grants_of(session=session, user_id=user_id)
    wanted = Grants(
        everything=have.everything,
        companies=have.companies | ({company_id} if company_id is not None else set()),
        communities=have.communities | ({community_id} if community_id is not None else set()),
    )
    set_grants(session=session, user_id=user_id, wanted=wanted)


def start(engine: Engine) -> None:
    """Tell the engine who reaches what, and what the chosen tree node narrows."""
    engine.resolve_reach = resolve_reach
    engine.narrowing = NARROWING
    engine.grant_everything = grant_everything
