"""Parking lots, spaces and vehicles (表2)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.estate.rules.people import typed_plate
from app.estate.states import (
    SpaceKind,
    SpaceState,
)
from app.kernel.errors import N_
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import (
    choice,
    date_,
    link,
    long_text,
    square_metres,
    text,
)


class ParkingLot(CommunityScoped, Document):
    """停车场."""

    __about__ = About(N_("停车场"), "name", icon="parking", order=("community_id", "name"))
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    name: Mapped[str] = text(N_("名称"), 120, required=True, listed=True, searched=True, natural=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    remark: Mapped[str | None] = long_text(N_("备注"), listed=True)


class ParkingSpace(CommunityScoped, Document):
    """车位(表2)."""

    __about__ = About(N_("车位"), "number", icon="car-garage", order=("community_id", "number"))
    # Two garages of a community may number their spaces alike.
    __table_args__ = (
        UniqueConstraint("community_id", "lot_id", "number"),
        Index("ix_parking_space_community_id_number", "community_id", "number"),
    )

    number: Mapped[str] = text(N_("车位号"), 40, required=True, listed=True, searched=True, natural=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    lot_id: Mapped[int | None] = link(N_("停车场"), "ParkingLot", listed=True)
    kind: Mapped[SpaceKind | None] = choice(N_("车位类型"), SpaceKind, listed=True)
    area: Mapped[Decimal | None] = square_metres(N_("面积"), listed=True, minimum=Decimal(0))
    state: Mapped[SpaceState] = choice(
        N_("状态"), SpaceState, required=True, listed=True, default=SpaceState.FREE, server_default="free"
    )
    customer_id: Mapped[int | None] = link(N_("客户"), "Customer", listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("所属房间"), "Room", listed=True)
    starts: Mapped[date | None] = date_(N_("开始日期"))
    remark: Mapped[str | None] = long_text(N_("备注"))


class Vehicle(CommunityScoped, Document):
    """车辆."""

    __about__ = About(N_("车辆"), "plate", icon="car", order=("community_id", "plate"))

    # Not unique: real exports carry a plate twice; the office is warned and decides.
    plate: Mapped[str] = text(
        N_("车牌号"), 20, required=True, listed=True, searched=True, index=True, reads=typed_plate
    )
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    customer_id: Mapped[int | None] = link(N_("客户"), "Customer", listed=True, searched=True)
    space_id: Mapped[int | None] = link(N_("车位"), "ParkingSpace", listed=True)
    brand: Mapped[str | None] = text(N_("品牌"), 40, listed=True)
    model: Mapped[str | None] = text(N_("车型"), 40, listed=True)
    colour: Mapped[str | None] = text(N_("颜色"), 20, listed=True)
    remark: Mapped[str | None] = long_text(N_("备注"))
