"""What the words of a sales system mean among the choices that our documents offer. Unknown words are 其他 or nothing."""

from typing import Final, TypeVar

from app.estate.states import BuildingKind, PurchasePayment, Sex, SpaceKind, SpaceState, Structure, Usage

Choice = TypeVar("Choice")

# The first word that stands in the text decides, so the longer ones come first.
_KINDS: Final = (
    ("小高层", BuildingKind.SMALL_HIGH_RISE),
    ("高层", BuildingKind.HIGH_RISE),
    ("洋房", BuildingKind.MULTI_STOREY),
    ("多层", BuildingKind.MULTI_STOREY),
    ("别墅", BuildingKind.VILLA),
    ("联排", BuildingKind.VILLA),
)
_STRUCTURES: Final = (
    ("剪力", Structure.SHEAR_WALL),
    ("框剪", Structure.SHEAR_WALL),
    ("砖", Structure.BRICK),
    ("钢结构", Structure.STEEL),
    ("框架", Structure.FRAME),
)
_USAGES: Final = (
    ("商住", Usage.HOME),
    ("住", Usage.HOME),
    ("公寓", Usage.HOME),
    ("别墅", Usage.HOME),
    ("商", Usage.SHOP),
    ("铺", Usage.SHOP),
    ("网点", Usage.SHOP),
    ("办公", Usage.OFFICE),
    ("写字", Usage.OFFICE),
    ("厂", Usage.FACTORY),
    ("仓", Usage.STORE),
    ("储", Usage.STORE),
)
_PAYMENTS: Final = (
    ("分期", PurchasePayment.INSTALMENTS),
    ("按揭", PurchasePayment.MORTGAGE),
    ("贷", PurchasePayment.MORTGAGE),
    ("公积金", PurchasePayment.MORTGAGE),
    ("一次", PurchasePayment.ONCE),
    ("全款", PurchasePayment.ONCE),
    ("全额", PurchasePayment.ONCE),
)
_SPACES: Final = (
    ("人防", SpaceKind.CIVIL_DEFENCE),
    ("微", SpaceKind.MICRO),
    ("子母", SpaceKind.OTHER),
    ("产权", SpaceKind.OWNED),
    ("公共", SpaceKind.PUBLIC),
)
_BARE: Final = ("毛坯", "清水", "未", "否", "无", "no")


def _meant(text: str, words: tuple[tuple[str, Choice], ...], other: Choice | None) -> Choice | None:
    if not text:
        return None
    return next((choice for word, choice in words if word in text), other)


def building_kind(*, text: str) -> BuildingKind | None:
    """楼宇类型."""
    return _meant(text, _KINDS, BuildingKind.OTHER)


def structure(*, text: str) -> Structure | None:
    """楼宇结构."""
    return _meant(text, _STRUCTURES, Structure.OTHER)


def usage(*, text: str) -> Usage | None:
    """用途."""
    return _meant(text, _USAGES, Usage.OTHER)


def payment(*, text: str) -> PurchasePayment | None:
    """付款方式; a word that we do not know says nothing."""
    return _meant(text, _PAYMENTS, None)


def space_kind(*, text: str) -> SpaceKind | None:
    """车位类型."""
    return _meant(text, _SPACES, SpaceKind.OTHER)


def space_state(*, text: str, sold: bool) -> SpaceState:
    """车位状态: what somebody holds is let where the status says so, else sold."""
    if not sold:
        return SpaceState.FREE
    return SpaceState.LET if "租" in text else SpaceState.SOLD


def sex(*, text: str) -> Sex | None:
    """性别."""
    return {"男": Sex.MALE, "女": Sex.FEMALE}.get(text[:1])


def is_decorated(*, text: str) -> bool:
    """是否已经装修: 毛坯 and a blank say no, 精装 and 简装 yes."""
    return bool(text) and not any(word in text.lower() for word in _BARE)
