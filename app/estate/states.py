"""Labelled enums of the estate: what tables 4–6 and the owner card offer to choose from."""

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_


class BuildingKind(LabelledEnum):
    """楼宇类型."""

    HIGH_RISE = "high_rise", N_("高层")
    SMALL_HIGH_RISE = "small_high_rise", N_("小高层")
    MULTI_STOREY = "multi_storey", N_("多层")
    VILLA = "villa", N_("别墅")
    OTHER = "other", N_("其他")


class Structure(LabelledEnum):
    """楼宇结构."""

    BRICK = "brick", N_("砖混")
    FRAME = "frame", N_("框架")
    SHEAR_WALL = "shear_wall", N_("剪力墙")
    STEEL = "steel", N_("钢结构")
    OTHER = "other", N_("其他")


class Usage(LabelledEnum):
    """用途(业态)."""

    HOME = "home", N_("住宅")
    SHOP = "shop", N_("商铺")
    OFFICE = "office", N_("办公")
    FACTORY = "factory", N_("厂房")
    STORE = "store", N_("仓储")
    OTHER = "other", N_("其他")


class RoomState(LabelledEnum):
    """销售状态: unsold rooms are paid for by the developer."""

    UNSOLD = "unsold", N_("未售"), "secondary"
    SOLD = "sold", N_("已售"), "green"


class CustomerKind(LabelledEnum):
    """客户类别."""

    OWNER = "owner", N_("业主")
    TENANT = "tenant", N_("租户")
    DEVELOPER = "developer", N_("建设单位")
    MERCHANT = "merchant", N_("商户")


class Sex(LabelledEnum):
    """性别."""

    MALE = "male", N_("男")
    FEMALE = "female", N_("女")


class PurchasePayment(LabelledEnum):
    """购房付款方式."""

    ONCE = "once", N_("一次性")
    INSTALMENTS = "instalments", N_("分期")
    MORTGAGE = "mortgage", N_("按揭")


class OccupancyRole(LabelledEnum):
    """入住身份: the owner (or tenant) marked as payer is who charges go to."""

    OWNER = "owner", N_("业主")
    CO_OWNER = "co_owner", N_("共有人")
    TENANT = "tenant", N_("租户")


class SpaceKind(LabelledEnum):
    """车位类型."""

    OWNED = "owned", N_("产权")
    CIVIL_DEFENCE = "civil_defence", N_("人防")
    MICRO = "micro", N_("微型")
    PUBLIC = "public", N_("公共")
    OTHER = "other", N_("其他")


class SpaceState(LabelledEnum):
    """车位状态."""

    FREE = "free", N_("未售"), "secondary"
    SOLD = "sold", N_("已售"), "green"
    LET = "let", N_("已租"), "blue"
