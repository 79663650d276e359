"""管辖范围: which nodes of the tree a user is given; nobody gives what lies outside their own."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community, Company, ScopeGrant
from app.kernel.errors import N_, DomainError
from app.lowcode.actors import current_actor
from app.lowcode.scope import UNSCOPED

_UNSCOPED = {UNSCOPED: True}


@dataclass(frozen=True, slots=True)
class Grants:
    """What a user is given: everything, companies with all below them, single communities."""

    everything: bool = False
    companies: frozenset[int] = frozenset()
    communities: frozenset[int] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[tuple[int | None, int | None]]) -> "Grants":
        """From (company, community) of each row; a row of neither gives everything."""
        pairs = list(rows)
        return cls(
            everything=(None, None) in pairs,
            companies=frozenset(company for company, _community in pairs if company is not None),
            communities=frozenset(community for _company, community in pairs if community is not None),
        )


class BeyondOwnReach(DomainError):
    code = "beyond_own_reach"
    message = N_("不能授予或更改您自己管辖范围以外的范围。")


def grants_of(*, session: Session, user_id: int) -> Grants:
    """Return the grants of a user as they stand."""
    rows = session.execute(
        select(ScopeGrant.company_id, ScopeGrant.community_id).where(ScopeGrant.user_id == user_id),
        execution_options=_UNSCOPED,
    ).all()
    return Grants.of((company, community) for company, community in rows)


def set_grants(*, session: Session, user_id: int, wanted: Grants) -> Grants:
    """Give a user exactly `wanted`; returns what was given before. Raises BeyondOwnReach.

    With everything granted the single nodes go: they would say the same again.
    """
    if wanted.everything:
        wanted = Grants(everything=True)
    before = grants_of(session=session, user_id=user_id)
    if wanted == before:
        return before
    check_within_own(session=session, grants=before)
    check_within_own(session=session, grants=wanted)
    for row in session.scalars(
        select(ScopeGrant).where(ScopeGrant.user_id == user_id), execution_options=_UNSCOPED
    ):
        kept = (
            row.company_id in wanted.companies
            or row.community_id in wanted.communities
            or (wanted.everything and row.company_id is None and row.community_id is None)
        )
        if not kept:
            session.delete(row)
    if wanted.everything and not before.everything:
        session.add(ScopeGrant(user_id=user_id))
    session.add_all(
        ScopeGrant(user_id=user_id, company_id=one) for one in sorted(wanted.companies - before.companies)
    )
    session.add_all(
        ScopeGrant(user_id=user_id, community_id=one)
        for one in sorted(wanted.communities - before.communities)
    )
    session.flush()
    return before


def check_within_own(*, session: Session, grants: Grants) -> None:
    """Refuse grants that the actor could not give. Raises BeyondOwnReach."""
    held = held_companies(session=session)
    if held is None:
        return
    communities = current_actor().reach.communities or frozenset()
    # Of companies the reach holds those above as well, for the tree: they are seen, not held.
    if grants.everything or grants.communities - communities or grants.companies - held:
        raise BeyondOwnReach


def grantable(*, session: Session) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(companies, communities) that the actor may give, each as (id, name) in order of name."""
    companies = session.execute(select(Company.id, Company.name).order_by(Company.name)).all()
    communities = session.execute(select(Community.id, Community.name).order_by(Community.name)).all()
    held = held_companies(session=session)
    if held is None:
        return list(companies), list(communities)
    return [one for one in companies if one[0] in held], list(communities)


def held_companies(*, session: Session) -> frozenset[int] | None:
    """Return the companies that the actor is given, with all below them; None for everything."""
    actor = current_actor()
    if actor.reach.communities is None:
        return None
    if actor.user_id is None:
        return frozenset()
    parents = dict(session.execute(select(Company.id, Company.parent_id), execution_options=_UNSCOPED).all())
    return descendants(parents=parents, roots=grants_of(session=session, user_id=actor.user_id).companies)


def descendants(*, parents: dict[int, int | None], roots: Iterable[int]) -> frozenset[int]:
    """Return the roots and every company below them; `parents` is company → parent. A circle ends where it began."""
    children: dict[int | None, list[int]] = {}
    for company, parent in parents.items():
        children.setdefault(parent, []).append(company)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        company = waiting.pop()
        if company not in found:
            found.add(company)
            waiting += children.get(company, [])
    return frozenset(found)
