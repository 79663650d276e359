"""What the demo's communities charge, as a table. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from app.billing.states import FeeKind
from app.kernel.pricing import Method


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee item to be."""

    name: str
    kind: FeeKind
    priority: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """A standard to be: 元/㎡·月 by area, 元/月 fixed; `later` is the price in the second half of the history."""

    key: str
    fee: str
    name: str
    method: Method
    price: Decimal
    later: Decimal


PROPERTY, LIFT, WASTE, PARKING = "物业费", "电梯费", "垃圾清运费", "车位费"
FEES = (
    Fee(PROPERTY, FeeKind.PROPERTY, 10),
    Fee(LIFT, FeeKind.SHARED, 20),
    Fee(WASTE, FeeKind.SERVICE, 30),
    Fee(PARKING, FeeKind.PARKING, 40),
)
TARIFFS = (
    Tariff("tall", PROPERTY, "高层物业费", Method.AREA, Decimal("2.10"), Decimal("2.35")),
    Tariff("low", PROPERTY, "多层物业费", Method.AREA, Decimal("1.55"), Decimal("1.70")),
    Tariff("shop", PROPERTY, "商铺物业费", Method.AREA, Decimal("4.20"), Decimal("4.65")),
    Tariff("lift", LIFT, "电梯运行费", Method.AREA, Decimal("0.45"), Decimal("0.45")),
    Tariff("waste", WASTE, "生活垃圾清运费", Method.FIXED, Decimal(6), Decimal(6)),
    Tariff("shop_waste", WASTE, "商铺垃圾清运费", Method.FIXED, Decimal(30), Decimal(35)),
    Tariff("space", PARKING, "产权车位服务费", Method.FIXED, Decimal(60), Decimal(60)),
    Tariff("let_space", PARKING, "车位租用费", Method.FIXED, Decimal(280), Decimal(300)),
)
DUE_DAYS = 10
