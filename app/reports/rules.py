"""应收实收欠费汇总: what its figures are, how they add up, and whether they do. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import Enum

from app.kernel.money import percent

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The month of one line, 元. `past` and `current` go by the period that the charge paid belongs to."""

    opening: Decimal = ZERO  # 期初欠费
    charged: Decimal = ZERO  # 本期应收, before what was waived
    waived: Decimal = ZERO  # 减免
    cash_past: Decimal = ZERO  # 现收-往期
    cash_current: Decimal = ZERO  # 现收-本期
    closing: Decimal = ZERO  # 期末欠费, added up on its own from the documents up to the month's end

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    @property
    def expected_closing(self) -> Decimal:
        """期初 + 应收 − 减免 − 核销 (fee rules, month close)."""
        return self.opening + self.charged - self.waived - self.cash_past - self.cash_current

    @property
    def current_rate(self) -> Decimal | None:
        """收缴率 in percent: collected of this month's charges ÷ (charged − waived); None where nothing is charged."""
        return percent(self.cash_current, self.charged - self.waived)

    @property
    def past_rate(self) -> Decimal | None:
        """清欠率 in percent: collected of earlier months' charges ÷ opening; None where nothing was open."""
        return percent(self.cash_past, self.opening)

    @property
    def overall_rate(self) -> Decimal | None:
        """综合收缴率 in percent: all that was collected ÷ (opening + charged − waived); None where that is nothing."""
        return percent(self.cash_past + self.cash_current, self.opening + self.charged - self.waived)

    @property
    def empty(self) -> bool:
        """Whether nothing stood open and nothing happened."""
        return all(getattr(self, one.name) == 0 for one in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one community, building (None: spaces and others without one) and fee add to the month."""

    community_id: int
    building_id: int | None
    fee_item_id: int
    households: int
    figures: Figures


class Level(Enum):
    """What a line of the summary is."""

    FEE = "fee"
    BUILDING = "building"
    COMMUNITY = "community"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as shown; the names of what it does not break down to are empty."""

    level: Level
    community_id: int | None = None
    building_id: int | None = None
    fee_item_id: int | None = None
    community: str = ""
    building: str = ""
    fee: str = ""
    households: int
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of what the parts are of."""

    communities: dict[int, str]
    buildings: dict[int, str]
    fees: dict[int, str]


def lines_of(
    *, parts: Sequence[Part], households: dict[tuple[int, int | None], int], names: Names
) -> list[Line]:
    """The lines in order of their names, a subtotal after each building and community, the total last.

    `households` of a building count a room once, however many fees it pays.
    """
    found: list[Line] = []
    total, total_households = Figures(), 0
    for community_id in _in_order({part.community_id for part in parts}, names.communities):
        mine = [part for part in parts if part.community_id == community_id]
        community = names.communities.get(community_id, "")
        sum_of_community, its_households = Figures(), 0
        for building_id in _buildings_in_order(mine, names.buildings):
            building = names.buildings.get(building_id, "") if building_id is not None else ""
            sum_of_building = Figures()
            for part in sorted(
                (part for part in mine if part.building_id == building_id),
                key=lambda part: (names.fees.get(part.fee_item_id, ""), part.fee_item_id),
            ):
                sum_of_building += part.figures
                found.append(
                    Line(
                        level=Level.FEE, community_id=community_id, building_id=building_id,
                        fee_item_id=part.fee_item_id, community=community, building=building,
                        fee=names.fees.get(part.fee_item_id, ""), households=part.households, figures=part.figures,
                    )
                )  # fmt: skip
            count = households.get((community_id, building_id), 0)
            found.append(
                Line(
                    level=Level.BUILDING, community_id=community_id, building_id=building_id, community=community,
                    building=building, households=count, figures=sum_of_building,
                )
            )  # fmt: skip
            sum_of_community += sum_of_building
            its_households += count
        found.append(
            Line(
                level=Level.COMMUNITY, community_id=community_id, community=community, households=its_households,
                figures=sum_of_community,
            )
        )  # fmt: skip
        total += sum_of_community
        total_households += its_households
    found.append(Line(level=Level.TOTAL, households=total_households, figures=total))
    return found


def _in_order(keys: Iterable[int], names: dict[int, str]) -> list[int]:
    return sorted(keys, key=lambda key: (names.get(key, ""), key))


def _buildings_in_order(parts: Sequence[Part], names: dict[int, str]) -> list[int | None]:
    """By name, shorter first so that 2号楼 stands before 10号楼; what has no building last."""
    keys = {part.building_id for part in parts}
    known = sorted(
        (key for key in keys if key is not None),
        key=lambda key: (len(names.get(key, "")), names.get(key, ""), key),
    )
    return [*known, *([None] if None in keys else [])]
