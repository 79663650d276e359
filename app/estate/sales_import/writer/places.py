"""Stores the communities, buildings and rooms of a plan."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import held_companies
from app.estate.models import Building, Community, Company, Room, RoomArea
from app.estate.operations.places import save_community, save_company
from app.estate.rules.people import BEGINNING
from app.estate.rules.room_code import building_part
from app.estate.sales_import.parser import labels
from app.estate.sales_import.parser.plan_rows import PlannedCommunity, PlannedRoom, SalesPlan
from app.estate.sales_import.writer.ledger import Ledger
from app.estate.sales_import.writer.register import Register
from app.estate.states import RoomState
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_exact
from app.lowcode.actors import Actor, current_actor
from app.lowcode.dictionary import adopt
from app.lowcode.scope import UNSCOPED

COMPANY = "物业公司"
"""Name of the company that an import makes for a community when there is none at all; the office renames it."""


class CommunityOutOfReach(DomainError):
    code = "community_out_of_reach"
    message = N_("小区“%(name)s”不在您的管辖范围内，不能导入。")


class CompanyMissing(DomainError):
    code = "company_missing"
    message = N_("系统里没有小区“%(name)s”，您的管辖范围里也没有公司可以新建它。请先由管理员建立这个小区。")


def wait_for_others(*, session: Session) -> None:
    """Let imports wait for each other: two of the same file at once would each see nothing there yet."""
    locked = select(Company.id).order_by(Company.id).with_for_update()
    session.execute(locked, execution_options={UNSCOPED: True}).all()


def refuse_out_of_reach(*, session: Session, plan: SalesPlan) -> None:
    """Refuse before anything is stored what `store_community` would. Raises CommunityOutOfReach, CompanyMissing."""
    held = held_companies(session=session)
    reach = current_actor().reach
    for planned in plan.communities:
        named = select(Community.id).where(Community.name == planned.name)
        known = session.scalar(named, execution_options={UNSCOPED: True})
        if known is None and held is not None and _first_company(session, held) is None:
            raise CompanyMissing(name=planned.name)
        if known is not None and not reach.includes(known):
            raise CommunityOutOfReach(name=planned.name)


def store_community(*, session: Session, planned: PlannedCommunity, ledger: Ledger) -> Community:
    """Return the community, found by its name or made. Raises CommunityOutOfReach, CompanyMissing."""
    details = {
        "address": planned.address,
        "land_area": planned.land_area,
        "built_area": planned.built_area,
        "usable_area": planned.usable_area,
        "plot_ratio": planned.plot_ratio,
        "green_ratio": planned.green_rate,
        "coverage_ratio": planned.cover_rate,
        "public_area": planned.public_area,
        "green_area": planned.green_area,
        "remark": planned.note,
    }
    named = select(Community).where(Community.name == planned.name)
    row: Community | None = session.scalar(named, execution_options={UNSCOPED: True})
    if row is None:
        company_id = _company(session=session, community=planned.name)
        ledger.communities.append(planned.name)
        return save_community(
            session=session, row=Community(), company_id=company_id, name=planned.name, **_known(details)
        )
    if not current_actor().reach.includes(row.id):
        raise CommunityOutOfReach(name=planned.name)
    ledger.fill(row, **details)
    return row


def _company(*, session: Session, community: str) -> int:
    """Return the company that a new community belongs to: of those the actor is given, the first that was made."""
    held = held_companies(session=session)
    found = _first_company(session, held)
    if found is not None:
        return found
    if held is not None:
        raise CompanyMissing(name=community)
    company = save_company(session=session, row=Company(), name=COMPANY)
    return company.id


def _first_company(session: Session, held: Collection[int] | None) -> int | None:
    known = session.scalars(select(Company.id).order_by(Company.id), execution_options={UNSCOPED: True})
    return next((company_id for company_id in known if held is None or company_id in held), None)


def reach_with(*, community_id: int) -> Actor:
    """Return the actor, reaching the community as well: one that was made just now is not in the reach read before."""
    actor = current_actor()
    if actor.reach.communities is None:
        return actor
    return replace(actor, reach=replace(actor.reach, communities=actor.reach.communities | {community_id}))


def store_buildings(*, session: Session, plan: SalesPlan, register: Register, ledger: Ledger) -> None:
    """Return the buildings of one community."""
    for planned in plan.buildings:
        if planned.community != register.community.name:
            continue
        details = {
            "height": planned.height,
            "floors": planned.floors,
            "kind": labels.building_kind(text=planned.kind),
            "structure": labels.structure(text=planned.structure),
            "purpose": labels.usage(text=planned.usage),
            "facing": planned.facing,
            "built_area": planned.built_area,
            "usable_area": planned.usable_area,
            "green_area": planned.green_area,
        }
        ledger.step()
        known = register.buildings.get(planned.part)
        if known is not None:
            ledger.fill(known, **details)
            continue
        row = Building(community_id=register.community.id, name=planned.name, **_known(details))
        session.add(row)
        register.buildings[planned.part] = row
        ledger.made("building")
    session.flush()


def store_rooms(*, session: Session, plan: SalesPlan, register: Register, ledger: Ledger) -> None:
    """Return the rooms of one community, each with its first area."""
    made = []
    mine = [one for one in plan.rooms if one.community == register.community.name]
    # A word that the office does not know yet becomes an entry of its dictionary, to be renamed or disabled there.
    layouts = adopt(session=session, kind="room_layout", labels=[one.layout for one in mine])
    ownerships = adopt(session=session, kind="room_ownership", labels=[one.tenure for one in mine])
    for planned in mine:
        details = {
            **_details(planned),
            "layout": layouts.get(planned.layout or ""),
            "ownership": ownerships.get(planned.tenure or ""),
        }
        known = register.rooms.get(planned.code)
        if known is not None:
            _bring_up_to_date(known, planned, details, ledger)
            ledger.step()
            continue
        building = register.buildings[building_part(name=planned.building)]
        row = Room(
            community_id=register.community.id,
            building_id=building.id,
            code=planned.code,
            unit=planned.unit,
            number=planned.number,
            area=planned.built_area,
            vacant=not planned.sold,
            decorated=labels.is_decorated(text=planned.decoration),
            state=RoomState.SOLD if planned.sold else RoomState.UNSOLD,
            **_known(details),
        )
        register.rooms[planned.code] = row
        made.append(row)
    ledger.add_in_chunks(session, made)
    session.add_all(
        RoomArea(community_id=room.community_id, room_id=room.id, starts=BEGINNING, area=room.area)
        for room in made
    )
    session.flush()
    ledger.made("room", len(made))


def _details(planned: PlannedRoom) -> dict[str, Any]:
    return {
        "floor": planned.floor,
        "facing": planned.facing,
        "inside_area": planned.inside_area,
        "purpose": labels.usage(text=planned.usage),
        "handed_over": planned.delivered_on,
        "remark": planned.note,
    }


def _bring_up_to_date(room: Room, planned: PlannedRoom, details: Mapping[str, Any], ledger: Ledger) -> None:
    """Return a room that is there: sold since the last export, blanks filled; its area is the office's to change."""
    ledger.fill(room, **details)
    if room.area != planned.built_area:
        ledger.warn(
            sheet=planned.sheet,
            row=planned.row,
            column="建筑面积",
            code="area_differs",
            value=format_exact(planned.built_area),
            kept=format_exact(room.area),
        )
    if planned.sold and room.state is RoomState.UNSOLD:
        ledger.change(room, state=RoomState.SOLD, vacant=False)
    elif not planned.sold and room.state is RoomState.SOLD:
        ledger.warn(
            sheet=planned.sheet,
            row=planned.row,
            column="销售状态",
            code="sale_status_differs",
            value=room.code,
        )


def _known(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if value not in (None, "")}
