"""What the demo builds: houses of a few kinds until a community has its rooms. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.estate.states import BuildingKind, Structure, Usage


@dataclass(frozen=True, slots=True)
class Flat:
    """A kind of room; areas in ten-thousandths of a ㎡, as the database keeps them."""

    layout: str
    facing: str
    area: int
    inside: int


@dataclass(frozen=True, slots=True)
class House:
    """A kind of building: `flats` are the rooms of one floor of one unit, in order."""

    kind: BuildingKind
    structure: Structure
    purpose: Usage
    floors: int
    units: int
    flats: tuple[Flat, ...]
    lift_fee: bool  # charged beside the 物业费, not in it

    @property
    def rooms(self) -> int:
        """How many rooms it has when it is whole."""
        return self.floors * max(self.units, 1) * len(self.flats)


@dataclass(frozen=True, slots=True)
class Spot:
    """A room to be: where it lies in its house."""

    floor: int
    unit: str
    number: str
    flat: Flat


_TALL = (
    Flat("三室两厅", "东南", 1_186_200, 946_500),
    Flat("两室两厅", "南", 896_700, 712_400),
    Flat("两室一厅", "南", 795_300, 628_900),
    Flat("四室两厅", "西南", 1_428_800, 1_143_600),
)
_LOW = (Flat("三室两厅", "南北", 1_089_400, 928_700), Flat("两室两厅", "南北", 876_500, 748_200))
_SHOP = tuple(
    Flat("商铺", "临街", area, area * 9 // 10)
    for area in (452_000, 388_600, 627_500, 516_300, 402_800, 735_900)
)

TOWER = House(BuildingKind.HIGH_RISE, Structure.SHEAR_WALL, Usage.HOME, 33, 2, _TALL, False)
BLOCK = House(BuildingKind.SMALL_HIGH_RISE, Structure.SHEAR_WALL, Usage.HOME, 11, 2, _TALL[:2], True)
WALK_UP = House(BuildingKind.MULTI_STOREY, Structure.FRAME, Usage.HOME, 6, 3, _LOW, False)
SHOPS = House(BuildingKind.OTHER, Structure.FRAME, Usage.SHOP, 2, 0, _SHOP, False)

_VILLAGE = (BLOCK, WALK_UP, SHOPS, WALK_UP)
_TOWN = (TOWER, TOWER, BLOCK, WALK_UP, TOWER, SHOPS)
TOWN_FROM = 2_000


def houses(rooms: int) -> Iterator[tuple[str, House, int]]:
    """Name, kind and number of rooms of each building of a community of `rooms` rooms; the last may be part empty."""
    kinds = _TOWN if rooms >= TOWN_FROM else _VILLAGE
    number = shops = 0
    while rooms > 0:
        house = kinds[(number + shops) % len(kinds)]
        if house is SHOPS:
            shops += 1
            name = f"商业{shops}幢"
        else:
            number += 1
            name = f"{number}号楼"
        taken = min(rooms, house.rooms)
        yield name, house, taken
        rooms -= taken


def spots(house: House, rooms: int) -> Iterator[Spot]:
    """Return the first `rooms` rooms of a building, unit by unit and floor by floor."""
    left = rooms
    for unit in range(1, max(house.units, 1) + 1):
        for floor in range(1, house.floors + 1):
            for place, flat in enumerate(house.flats, start=1):
                if not left:
                    return
                left -= 1
                yield Spot(floor, str(unit) if house.units else "", f"{floor}{place:02d}", flat)
