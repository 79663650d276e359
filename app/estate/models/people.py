"""The owner card (业主资料卡): customers, their household, and the rooms they hold."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.estate.rules.people import birth_wrong, postcode_wrong
from app.estate.states import (
    CustomerKind,
    OccupancyRole,
    PurchasePayment,
    Sex,
    Usage,
)
from app.kernel.errors import N_
from app.kernel.pinyin import pinyin_initials, pinyin_key
from app.lowcode import clock
from app.lowcode.derived import derived
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import (
    choice,
    date_,
    exact,
    flag,
    identity_number,
    integer,
    link,
    long_text,
    square_metres,
    telephone,
    text,
)


def _birth_wrong(born: date) -> str | None:
    return birth_wrong(born, clock.today())


class Customer(CommunityScoped, Document):
    """客户(业主资料卡). One a community; the identity number's HMAC says who is the same person."""

    __about__ = About(N_("客户"), "name", icon="user", order=("community_id", "name"))
    # The indexes hold what the list is ordered by and what the search box reads, for 100,000 customers.
    __table_args__ = (
        UniqueConstraint("community_id", "identity_hash"),
        Index("ix_customer_community_id_name", "community_id", "name", "phone", "phone2"),
        Index("ix_customer_name_pinyin", "community_id", "name_pinyin"),
    )

    name: Mapped[str] = text(
        N_("姓名"),
        100,
        required=True,
        listed=True,
        searched=True,
        initials="name_initials",
        order_by="name_pinyin",
    )
    name_pinyin: Mapped[str] = derived("name", pinyin_key, 200)
    name_initials: Mapped[str] = derived("name", pinyin_initials, 100, index=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    kind: Mapped[CustomerKind] = choice(
        N_("客户类别"), CustomerKind, required=True, listed=True, default=CustomerKind.OWNER
    )
    sex: Mapped[Sex | None] = choice(N_("性别"), Sex, listed=True)
    born: Mapped[date | None] = date_(N_("出生年月"), judge=_birth_wrong)
    ethnicity: Mapped[str | None] = text(N_("民族"), 20)
    marriage: Mapped[str | None] = text(N_("婚姻状况"), 20)
    identity: Mapped[str | None] = identity_number(N_("身份证号"), group=N_("证件与联系"))
    identity_hash: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = telephone(
        N_("联系电话"), listed=True, searched=True, index=True, group=N_("证件与联系")
    )
    phone2: Mapped[str | None] = telephone(N_("联系电话2"), searched=True, group=N_("证件与联系"))
    address: Mapped[str | None] = text(N_("联系地址"), 200, group=N_("证件与联系"))
    postcode: Mapped[str | None] = text(N_("邮政编码"), 10, group=N_("证件与联系"), judge=postcode_wrong)
    registered_at: Mapped[str | None] = text(N_("户口所在地"), 200, group=N_("证件与联系"))
    employer: Mapped[str | None] = text(N_("工作单位"), 200, group=N_("证件与联系"))
    employer_address: Mapped[str | None] = text(N_("单位地址"), 200, group=N_("证件与联系"))
    emergency_name: Mapped[str | None] = text(N_("紧急联系人姓名"), 60, group=N_("证件与联系"))
    emergency_phone: Mapped[str | None] = telephone(N_("紧急联系电话"), group=N_("证件与联系"))
    remark: Mapped[str | None] = long_text(N_("备注"))


class HouseholdMember(CommunityScoped, Document):
    """家庭成员(业主资料卡): who lives with the owner, with the columns of the card and of its annex."""

    __about__ = About(N_("家庭成员"), "name", icon="users-group", order=("customer_id", "id"))

    name: Mapped[str] = text(N_("姓名"), 100, required=True, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    customer_id: Mapped[int] = link(
        N_("业主"), "Customer", required=True, fixed=True, listed=True, searched=True
    )
    relation: Mapped[str | None] = text(N_("与业主关系"), 20, listed=True)
    sex: Mapped[Sex | None] = choice(N_("性别"), Sex, listed=True)
    born: Mapped[date | None] = date_(N_("出生年月"), listed=True, judge=_birth_wrong)
    ethnicity: Mapped[str | None] = text(N_("民族"), 20)
    marriage: Mapped[str | None] = text(N_("婚姻状况"), 20)
    identity: Mapped[str | None] = identity_number(N_("身份证号码"), listed=True)
    phone: Mapped[str | None] = telephone(N_("联系电话"), listed=True, searched=True)
    registered_at: Mapped[str | None] = text(N_("户口所在地"), 200)
    employer: Mapped[str | None] = text(N_("工作（学习）单位"), 200, listed=True)
    employer_address: Mapped[str | None] = text(N_("单位地址"), 200)
    remark: Mapped[str | None] = long_text(N_("备注"))


class Pet(CommunityScoped, Document):
    """宠物(业主资料卡)."""

    __about__ = About(N_("宠物"), "breed", icon="paw", order=("customer_id", "id"))

    breed: Mapped[str] = text(N_("品种"), 40, required=True, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    customer_id: Mapped[int] = link(
        N_("业主"), "Customer", required=True, fixed=True, listed=True, searched=True
    )
    quantity: Mapped[int] = integer(N_("数量"), required=True, listed=True, default=1, minimum=Decimal(1))
    height: Mapped[Decimal | None] = exact(N_("体高"), 4, unit=N_("厘米"), listed=True, minimum=Decimal(0))
    licence: Mapped[str | None] = text(N_("证号"), 40, listed=True, searched=True)
    remark: Mapped[str | None] = long_text(N_("备注"))


class Occupancy(CommunityScoped, Document):
    """入住关系: who holds or lives in a room, as what, from when to when; the payer is who charges go to."""

    __about__ = About(N_("入住关系"), ("room_id", "customer_id"), icon="key", order=("-id",))
    __table_args__ = (
        CheckConstraint("ends IS NULL OR starts IS NULL OR ends >= starts", name="ends_after_start"),
        UniqueConstraint("room_id", "customer_id", "role", "starts"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    room_id: Mapped[int] = link(N_("房间"), "Room", required=True, fixed=True, listed=True, searched=True)
    customer_id: Mapped[int] = link(
        N_("客户"), "Customer", required=True, fixed=True, listed=True, searched=True
    )
    role: Mapped[OccupancyRole] = choice(
        N_("身份"), OccupancyRole, required=True, listed=True, default=OccupancyRole.OWNER
    )
    payer: Mapped[bool] = flag(N_("付费人"), default=True, listed=True)
    starts: Mapped[date | None] = date_(N_("开始日期"), listed=True)
    ends: Mapped[date | None] = date_(N_("结束日期"), listed=True)
    moved_in: Mapped[date | None] = date_(N_("办理入住时间"))
    contract: Mapped[str | None] = text(N_("合同号"), 60, listed=True)
    contract_area: Mapped[Decimal | None] = square_metres(N_("合同建筑面积"), minimum=Decimal(0))
    payment: Mapped[PurchasePayment | None] = choice(N_("付款方式"), PurchasePayment)
    purpose: Mapped[Usage | None] = choice(N_("房屋使用性质"), Usage)
    remark: Mapped[str | None] = long_text(N_("备注"))
