"""Companies, communities, buildings and rooms: added and changed."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import descendants, held_companies
from app.estate.models import Building, Community, Company, Room, RoomArea
from app.estate.rules.people import BEGINNING
from app.estate.rules.room_code import building_part, room_code
from app.kernel.errors import N_, DomainError
from app.lowcode.save import save_row, set_values
from app.lowcode.scope import UNSCOPED, MixedCommunities, OutOfScope, find

_UNSCOPED = {UNSCOPED: True}


class CompanyCycle(DomainError):
    code = "company_cycle"
    message = N_("上级公司不能是本公司或它的下级公司。")


class CompanyNotHeld(DomainError):
    code = "company_not_held"
    message = N_("您的管辖范围不含所选的公司，不能更改它或在它下面新增。")


class BuildingExists(DomainError):
    code = "building_exists"
    message = N_("本小区已有楼宇“%(name)s”，两个名称会使房间编码相同。")


class RoomExists(DomainError):
    code = "room_exists"
    message = N_("本小区已有房间 %(code)s。")


class AreaDateMissing(DomainError):
    code = "area_date_missing"
    message = N_("建筑面积改变时，请填写新面积从哪天起生效。")


class AreaDateTooEarly(DomainError):
    code = "area_date_too_early"
    message = N_("现有面积从 %(starts)s 起生效，新面积不能早于这一天。")


def save_company(*, session: Session, row: Company, **values: Any) -> Company:
    """Add or change a company. Raises CompanyCycle, CompanyNotHeld, AlreadyThere."""
    with session.no_autoflush:
        if row.id is not None:
            check_company_held(session=session, company_id=row.id, field=None)
        before = row.parent_id
        parent_id = values.get("parent_id", before)
        if row.id is None or parent_id != before:
            check_company_held(session=session, company_id=parent_id, field="parent_id")
        if row.id is not None and parent_id is not None:
            parents = session.execute(select(Company.id, Company.parent_id), execution_options=_UNSCOPED)
            if parent_id in descendants(parents=dict(parents.all()), roots=[row.id]):
                raise CompanyCycle(field="parent_id")
    return save_row(session=session, row=row, values=values)


def save_community(*, session: Session, row: Community, **values: Any) -> Community:
    """Add or change a community; who adds one must be given its company. Raises CompanyNotHeld, AlreadyThere."""
    with session.no_autoflush:
        if row.id is None or values.get("company_id", row.company_id) != row.company_id:
            check_company_held(session=session, company_id=values.get("company_id"), field="company_id")
    return save_row(session=session, row=row, values=values)


def check_company_held(*, session: Session, company_id: int | None, field: str | None) -> None:
    """Refuse a company that the actor merely sees, as the trunk of what they are given (or none: the top).

    Raises CompanyNotHeld.
    """
    held = held_companies(session=session)
    if held is not None and company_id not in held:
        raise CompanyNotHeld(field=field)


def save_building(*, session: Session, row: Building, **values: Any) -> Building:
    """Add or change a building; another name gives its rooms other codes. Raises BuildingExists, AlreadyThere."""
    before = row.name
    save_row(session=session, row=row, values=values)
    part = building_part(name=row.name)
    others = select(Building.id, Building.name).where(Building.community_id == row.community_id)
    for other_id, name in session.execute(others):
        if other_id != row.id and building_part(name=name) == part:
            raise BuildingExists(field="name", name=name)
    if before is not None and building_part(name=before) != part:
        for room in session.scalars(select(Room).where(Room.building_id == row.id)):
            room.code = room_code(building=row.name, unit=room.unit, number=room.number)
        session.flush()
    return row


def save_room(*, session: Session, row: Room, area_from: date | None = None, **values: Any) -> Room:
    """Add or change a room: its code is made of building, unit and number, its area (㎡) kept as dated versions.

    The first version begins at rules.BEGINNING, so that every day of every bill finds one; a changed area needs
    `area_from`, its first day. Raises RoomExists, AreaDateMissing, AreaDateTooEarly, MixedCommunities, AlreadyThere.
    """
    values["unit"] = values.get("unit", row.unit) or ""
    is_new, before = row.id is None, row.area
    with session.no_autoflush:
        set_values(row, values)
        building: Building | None = find(session, Building, row.building_id)
        if building is None:
            raise OutOfScope(field="building_id")
        if building.community_id != row.community_id:
            raise MixedCommunities(field="building_id", label=Building.__about__.label)
        row.code = room_code(building=building.name, unit=row.unit, number=row.number)
        same = select(Room.id).where(Room.community_id == row.community_id, Room.code == row.code)
        if session.scalar(same.where(Room.id != (row.id or 0)).limit(1)) is not None:
            raise RoomExists(field="number", code=row.code)
        save_row(session=session, row=row)
        if is_new:
            session.add(
                RoomArea(community_id=row.community_id, room_id=row.id, starts=BEGINNING, area=row.area)
            )
        elif row.area != before:
            start_area(session=session, room=row, area=row.area, starts=area_from)
    session.flush()
    return row


def start_area(*, session: Session, room: Room, area: Decimal, starts: date | None) -> None:
    """Let a room have `area` ㎡ from `starts` on; the same first day again corrects it. What is billed stays.

    Raises AreaDateMissing, AreaDateTooEarly.
    """
    if starts is None:
        raise AreaDateMissing(field="area_from")
    newest = select(RoomArea).where(RoomArea.room_id == room.id).order_by(RoomArea.starts.desc()).limit(1)
    with session.no_autoflush:
        last: RoomArea | None = session.scalar(newest)
        if last is not None and starts < last.starts:
            raise AreaDateTooEarly(field="area_from", starts=last.starts)
        if last is not None and starts == last.starts:
            last.area = area
        else:
            session.add(RoomArea(community_id=room.community_id, room_id=room.id, starts=starts, area=area))
        room.area = area
    session.flush()
