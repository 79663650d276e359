"""Row scope in the session, deny by default: every ORM read is narrowed, every write guarded, nobody need remember."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import Select, UpdateBase, event, inspect, or_, select
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria

from app.kernel.errors import N_, DomainError
from app.lowcode.actors import Reach, current_actor
from app.lowcode.db import by_primary_key
from app.lowcode.document import (
    CommunityScoped,
    CompanyScoped,
    DocumentBase,
    OfficeOrCommunityScoped,
    documents,
    spec_of,
)

AT_ONCE = 500  # ids in one IN list
D = TypeVar("D", bound=DocumentBase)

UNSCOPED = "unscoped"
"""Execution option of the few reads that decide the scope itself, or must see every row to be right."""


class OutOfScope(DomainError):
    code = "out_of_scope"
    message = N_("没有这条记录，或您无权处理它。")


class MixedCommunities(DomainError):
    code = "mixed_communities"
    message = N_("所选的%(label)s不属于同一小区。")


class WholeOfficeRow(DomainError):
    code = "whole_office_row"
    message = N_(
        "“%(label)s”在全公司通用，只有管辖范围是“全公司”的人才能新增、修改或删除。需要改动时请联系系统管理员。"
    )


class WholeCompanyRow(DomainError):
    code = "whole_company_row"
    message = N_(
        "“%(label)s”在整个公司通用，只有管辖范围含这家公司的人才能新增、修改或删除。需要改动时请联系系统管理员。"
    )


HELD_FOR_ALL: dict[str, Any] = {
    table.name: Role
    for table in (Role.__table__, assoc_permissionview_role, PermissionView.__table__, Permission.__table__)
}
"""Tables that are not ours and hold for everybody: roles and what they give → the document that a refusal names."""


@event.listens_for(Session, "do_orm_execute")
def _guard_statement(state: ORMExecuteState) -> None:
    """Refuse INSERT, UPDATE and DELETE of what holds for the whole office; rows are guarded when they are flushed."""
    # A SELECT is asked first: to tell who acts while their own user is read would read it again.
    if not isinstance(state.statement, UpdateBase) or current_actor().reach.communities is None:
        return
    name = getattr(state.statement.table, "name", None)
    model = HELD_FOR_ALL.get(str(name)) or next(
        (one for one in documents.values() if one.__table__.name == name and holds_for_all(one)), None
    )
    if model is not None:
        raise WholeOfficeRow(label=model.__about__.label)


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    if state.is_column_load or state.execution_options.get(UNSCOPED):
        return
    criteria = _criteria(current_actor().reach)
    if criteria:
        state.statement = state.statement.options(*criteria)


@lru_cache(maxsize=256)
def _criteria(reach: Reach) -> tuple[LoaderCriteriaOption, ...]:
    """Return what narrows every statement of a reach. Kept, for making it takes as long as a small query."""
    found: list[LoaderCriteriaOption] = []
    if reach.communities is not None:
        communities = tuple(sorted(reach.communities))
        found += [
            with_loader_criteria(
                CommunityScoped, lambda cls: cls.community_id.in_(communities), include_aliases=True
            ),
            with_loader_criteria(
                OfficeOrCommunityScoped,
                lambda cls: or_(cls.community_id.is_(None), cls.community_id.in_(communities)),
                include_aliases=True,
            ),
        ]
    if reach.companies is not None:
        companies = tuple(sorted(reach.companies))
        found.append(
            with_loader_criteria(
                CompanyScoped, lambda cls: cls.company_id.in_(companies), include_aliases=True
            )
        )
    return tuple(found)


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: object, _instances: object) -> None:
    with session.no_autoflush:
        for row in (*session.new, *session.dirty, *session.deleted):
            if isinstance(row, DocumentBase):
                _guard_row(session, row)
            if isinstance(row, DocumentBase | Role | Permission | ViewMenu | PermissionView):
                _guard_shared(session, row)


def holds_for_all(model: type[Any]) -> bool:
    """Whether a document's rows hold for the whole office: those of no community, unless it says who writes them."""
    owned = issubclass(model, CommunityScoped | OfficeOrCommunityScoped | CompanyScoped | User)
    reason: str = getattr(model, "__written_by_parts__", "")
    return not owned and not reason


def reaches_rows_of(model: type[Any]) -> bool:
    """Whether the actor's reach lets them write a document's rows at all, whatever their rights."""
    return current_actor().reach.communities is None or not holds_for_all(model)


def _guard_shared(session: Session, row: Any) -> None:
    """Refuse who reaches a part to change what holds beyond it. Raises WholeOfficeRow, WholeCompanyRow."""
    reach = current_actor().reach
    if reach.communities is None or (isinstance(row, DocumentBase) and row.__written_by_parts__):
        return
    # A role is touched by whoever is given it; only its own columns are the role.
    if row in session.dirty and not session.is_modified(row, include_collections=False):
        return
    about = row.__about__ if isinstance(row, DocumentBase | Role) else Role.__about__
    for_all = holds_for_all(type(row))
    if isinstance(row, OfficeOrCommunityScoped):
        for_all = None in _values(row, "community_id")
    if for_all:
        raise WholeOfficeRow(label=about.label)
    if isinstance(row, CompanyScoped) and not isinstance(row, CommunityScoped):
        companies = {one for one in _values(row, "company_id") if one is not None}
        if not companies <= reach.held:
            raise WholeCompanyRow(label=about.label)


def _guard_row(session: Session, row: DocumentBase) -> None:
    reach = current_actor().reach
    if isinstance(row, CommunityScoped | OfficeOrCommunityScoped) and reach.communities is not None:
        for community_id in _values(row, "community_id"):
            # A new community has no id yet; who may add one is a question of permission.
            if community_id is not None and community_id not in reach.communities:
                raise OutOfScope
    if isinstance(row, CompanyScoped) and reach.companies is not None:
        for company_id in _values(row, "company_id"):
            if company_id is not None and company_id not in reach.companies:
                raise OutOfScope
    if row in session.deleted:
        return
    for name, field in spec_of(type(row)).links.items():
        if name in ("community_id", "company_id") or not inspect(row).attrs[name].history.added:
            continue
        target_id = getattr(row, name)
        if target_id is None:
            continue
        target = find(session, documents[str(field.target)], target_id)
        if target is None:
            raise OutOfScope(field=name)
        mine, theirs = getattr(row, "community_id", None), getattr(target, "community_id", None)
        if mine is not None and theirs is not None and mine != theirs:
            raise MixedCommunities(field=name, label=field.label)


def _values(row: Any, name: str) -> Iterable[Any]:
    """Return the value now and, when it changed, the one before."""
    history = inspect(row).attrs[name].history if name in inspect(row).attrs else None
    before: list[Any] = list(history.deleted or ()) if history is not None else []
    return (getattr(row, name), *before)


def find(session: Session, model: type[DocumentBase], row_id: int) -> Any:
    """Return the row within the actor's reach, or None; what the session already holds is judged too."""
    row = session.get(model, row_id)
    if row is None:
        return None
    reach = current_actor().reach
    if isinstance(row, CommunityScoped) and not reach.includes(row.community_id):
        return None
    if (
        isinstance(row, OfficeOrCommunityScoped)
        and row.community_id is not None
        and not reach.includes(row.community_id)
    ):
        return None
    if (
        isinstance(row, CompanyScoped)
        and reach.companies is not None
        and row.company_id not in reach.companies
    ):
        return None
    return row


def locked(*, session: Session, model: type[D], row_id: int) -> D:
    """Return the row as it is now, locked until the unit ends. Raises OutOfScope."""
    return locked_rows(session=session, model=model, ids=[row_id])[0]


def locked_rows(*, session: Session, model: type[D], ids: Iterable[int]) -> list[D]:
    """Return these rows as they are now, locked until the unit ends, in order of id, so that nobody waits in a ring.

    Raises OutOfScope if any of them is not there for the actor.
    """
    wanted = sorted(set(ids))
    session.flush()  # what is read anew would overwrite what is not written yet
    found: list[D] = []
    for start in range(0, len(wanted), AT_ONCE):
        statement = (
            by_primary_key(select(model), model)
            .where(model.id.in_(wanted[start : start + AT_ONCE]))
            .order_by(model.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found += session.scalars(statement)
    if len(found) != len(wanted):
        raise OutOfScope
    return found


def scoped_core(statement: Select[Any], model: type[DocumentBase]) -> Select[Any]:
    """Narrow a Core statement on a document's table, which the session's events do not see."""
    reach = current_actor().reach
    if issubclass(model, CommunityScoped) and reach.communities is not None:
        statement = statement.where(model.community_id.in_(sorted(reach.communities)))
    if issubclass(model, OfficeOrCommunityScoped) and reach.communities is not None:
        column = model.community_id
        statement = statement.where(or_(column.is_(None), column.in_(sorted(reach.communities))))
    if issubclass(model, CompanyScoped) and reach.companies is not None:
        statement = statement.where(model.company_id.in_(sorted(reach.companies)))
    return statement
