"""The tree of companies, communities, buildings and rooms (表4–6), and who is given which node of it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.estate.rules.typed_room import typed_room
from app.estate.states import (
    BuildingKind,
    RoomState,
    Structure,
    Usage,
)
from app.kernel.errors import N_
from app.lowcode.db import Key
from app.lowcode.dictionary import dictionary
from app.lowcode.document import About, CommunityScoped, CompanyScoped, Document
from app.lowcode.fields import (
    choice,
    date_,
    exact,
    flag,
    integer,
    link,
    long_text,
    square_metres,
    telephone,
    text,
)


class Company(CompanyScoped, Document):
    """总公司/区域公司: a tree."""

    __about__ = About(N_("公司"), "name", icon="building-skyscraper", order=("name",))

    name: Mapped[str] = text(
        N_("名称"), 100, required=True, listed=True, searched=True, unique=True, natural=True
    )
    company_id = synonym("id")
    parent_id: Mapped[int | None] = link(N_("上级公司"), "Company", listed=True)
    address: Mapped[str | None] = text(N_("地址"), 200, listed=True)
    phone: Mapped[str | None] = telephone(N_("电话"), 50, listed=True, public=True)
    remark: Mapped[str | None] = long_text(N_("说明"))


class Community(CompanyScoped, CommunityScoped, Document):
    """小区(表4)."""

    __about__ = About(N_("小区"), "name", icon="home-2", order=("name",), tabs=("Building", "ParkingLot"))

    company_id: Mapped[int] = link(N_("公司"), "Company", required=True, listed=True)
    community_id = synonym("id")
    name: Mapped[str] = text(
        N_("名称"), 100, required=True, listed=True, searched=True, unique=True, natural=True
    )
    kind: Mapped[str | None] = dictionary(N_("物业类型"), "community_kind", listed=True)
    address: Mapped[str | None] = text(N_("地址"), 200, listed=True, searched=True)
    land_area: Mapped[Decimal | None] = square_metres(
        N_("总占地面积"), listed=True, totalled=True, minimum=Decimal(0)
    )
    built_area: Mapped[Decimal | None] = square_metres(
        N_("总建筑面积"), listed=True, totalled=True, minimum=Decimal(0)
    )
    usable_area: Mapped[Decimal | None] = square_metres(
        N_("总使用面积"), listed=True, totalled=True, minimum=Decimal(0)
    )
    plot_ratio: Mapped[Decimal | None] = exact(N_("容积率"), 4, listed=True, minimum=Decimal(0))
    green_ratio: Mapped[Decimal | None] = exact(N_("绿化率"), 4, unit="%", listed=True, minimum=Decimal(0))
    coverage_ratio: Mapped[Decimal | None] = exact(N_("覆盖率"), 4, unit="%", listed=True, minimum=Decimal(0))
    public_area: Mapped[Decimal | None] = square_metres(N_("公共场所面积"), listed=True, minimum=Decimal(0))
    green_area: Mapped[Decimal | None] = square_metres(N_("绿化面积"), minimum=Decimal(0))
    remark: Mapped[str | None] = long_text(N_("说明"))


class Building(CommunityScoped, Document):
    """楼宇(表5)."""

    __about__ = About(N_("楼宇"), "name", icon="building", order=("community_id", "name"), tabs=("Room",))
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    name: Mapped[str] = text(N_("名称"), 60, required=True, listed=True, searched=True, natural=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    height: Mapped[Decimal | None] = exact(N_("楼高"), 4, unit=N_("米"), listed=True, minimum=Decimal(0))
    floors: Mapped[int | None] = integer(N_("层数"), listed=True, minimum=Decimal(0))
    kind: Mapped[BuildingKind | None] = choice(N_("楼宇类型"), BuildingKind, listed=True)
    structure: Mapped[Structure | None] = choice(N_("楼宇结构"), Structure, listed=True)
    purpose: Mapped[Usage | None] = choice(N_("用途"), Usage, listed=True)
    facing: Mapped[str | None] = text(N_("朝向"), 20, listed=True)
    built_area: Mapped[Decimal | None] = square_metres(
        N_("建筑面积"), listed=True, totalled=True, minimum=Decimal(0)
    )
    usable_area: Mapped[Decimal | None] = square_metres(
        N_("使用面积"), listed=True, totalled=True, minimum=Decimal(0)
    )
    green_area: Mapped[Decimal | None] = square_metres(
        N_("绿化面积"), listed=True, totalled=True, minimum=Decimal(0)
    )


class Room(CommunityScoped, Document):
    """房间(表6). Identity is building + unit + number; the code (楼-单元-号) is unique in the community."""

    __about__ = About(N_("房间"), "code", icon="door", order=("community_id", "code"))
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        UniqueConstraint("building_id", "unit", "number"),
        CheckConstraint("area > 0", name="area_positive"),
        Index("ix_room_building_unit_code", "building_id", "unit", "code"),
    )

    code: Mapped[str] = text(
        N_("房间编码"),
        120,
        required=True,
        listed=True,
        searched=True,
        written=False,
        natural=True,
        reads=typed_room,
    )
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    building_id: Mapped[int] = link(N_("楼宇"), "Building", required=True, listed=True)
    floor: Mapped[int | None] = integer(N_("楼层号"), listed=True)
    # Empty, not NULL, where a building has no units: NULLs would let the unique constraint repeat a room.
    unit: Mapped[str] = text(
        N_("单元号"), 20, listed=True, default="", server_default="", nullable=False, natural=True
    )
    number: Mapped[str] = text(N_("房间号"), 30, required=True, listed=True, natural=True)
    facing: Mapped[str | None] = text(N_("朝向"), 20, listed=True)
    layout: Mapped[str | None] = dictionary(N_("房型"), "room_layout", listed=True)
    area: Mapped[Decimal] = square_metres(
        N_("建筑面积"), required=True, listed=True, totalled=True, minimum=Decimal("0.0001")
    )
    inside_area: Mapped[Decimal | None] = square_metres(
        N_("使用面积"), listed=True, totalled=True, minimum=Decimal(0)
    )
    ownership: Mapped[str | None] = dictionary(N_("权属类型"), "room_ownership", listed=True)
    purpose: Mapped[Usage | None] = choice(N_("用途"), Usage, listed=True)
    vacant: Mapped[bool] = flag(N_("是否空置"), listed=True)
    decorated: Mapped[bool] = flag(N_("是否已经装修"), listed=True)
    state: Mapped[RoomState] = choice(
        N_("销售状态"),
        RoomState,
        required=True,
        listed=True,
        default=RoomState.UNSOLD,
        server_default="unsold",
    )
    handed_over: Mapped[date | None] = date_(N_("交付日期"), listed=True)
    remark: Mapped[str | None] = long_text(N_("备注"))
    # The room's own facts go with it; anything else that refers to a room keeps it from being deleted.
    areas = relationship(
        "RoomArea", cascade="all, delete-orphan", overlaps="room", order_by="RoomArea.starts", lazy="select"
    )


class RoomArea(CommunityScoped, Document):
    """房间面积版本: the area that counts from a date on; what is billed keeps the area that it was billed with."""

    __about__ = About(
        N_("面积版本"),
        ("room_id", "starts"),
        icon="ruler-measure",
        order=("room_id", "starts"),
        readonly=True,
    )
    __table_args__ = (
        UniqueConstraint("room_id", "starts"),
        CheckConstraint("area > 0", name="area_positive"),
    )

    room_id: Mapped[int] = link(N_("房间"), "Room", required=True, listed=True)
    starts: Mapped[date] = date_(N_("开始日期"), required=True, listed=True)
    area: Mapped[Decimal] = square_metres(N_("建筑面积"), required=True, listed=True)


class ScopeGrant(Document):
    """管辖范围: a user's reach: everything, a company with all below it, or a community; later children included."""

    __written_by_parts__ = "nobody gives beyond their own reach: app/estate/grants.py"
    __about__ = About(N_("管辖范围"), "id", icon="map-pin", menu=False)
    __table_args__ = (
        CheckConstraint("company_id IS NULL OR community_id IS NULL", name="one_node"),
        UniqueConstraint("user_id", "company_id", "community_id"),
    )

    user_id: Mapped[int] = mapped_column(Key, nullable=False, index=True)
    company_id: Mapped[int | None] = link(N_("公司"), "Company", listed=True)
    community_id: Mapped[int | None] = link(N_("小区"), "Community", listed=True)
