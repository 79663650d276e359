"""Judges the rows of a room sheet (房源及客户)."""

from datetime import date
from decimal import Decimal
from typing import Final

from app.estate.rules.room_code import read_room, room_code
from app.estate.sales_import.parser.customers import CustomerBook
from app.estate.sales_import.parser.household import details_of_row, people_of_row, phones_of_row
from app.estate.sales_import.parser.people import ParsedPerson
from app.estate.sales_import.parser.places import Places
from app.estate.sales_import.parser.plan_rows import PlannedOccupancy, PlannedRoom
from app.estate.sales_import.parser.sheet_reader import RowReader, plain
from app.estate.sales_import.parser.statuses import is_sold
from app.kernel.cells import UnreadableNumber, read_decimal

_TEXTS: Final = (
    "layout",
    "facing",
    "usage",
    "tenure",
    "decoration",
    "sale_status",
    "contract",
    "payment",
    "note",
)


class RoomJudge:
    """Turns room rows into rooms, customers and occupancies; a rejected row adds nothing."""

    def __init__(self, *, places: Places, book: CustomerBook) -> None:
        self._places = places
        self._book = book
        self._first_rows: dict[tuple[str, str], tuple[str, int]] = {}
        self._contracts: dict[tuple[str, str], int] = {}
        self.rooms: dict[tuple[str, str], PlannedRoom] = {}

    def judge(self, *, reader: RowReader, community: str) -> None:
        """Look at everything in a row, report all of it, and keep the row when nothing is against it."""
        building, unit, number = self._names(reader)
        place = self._places.known_building(reader=reader, community=community, name=building)
        code = room_code(building=building, unit=unit, number=number) if building and number else ""
        self._look_for_repeat(reader, community, code)
        area = self._area(reader)
        inside = reader.number("inside_area")
        if area is not None and inside is not None and inside > area:
            reader.warn("inside_area", "inside_above_built", value=plain(inside), built=plain(area))
        signed, delivered = reader.day("signed_on"), reader.day("delivered_on")
        if signed and delivered and delivered < signed:
            reader.warn("delivered_on", "delivered_before_signed", value=delivered, signed=signed)
        floor = reader.whole("floor")
        if place and place.floors and floor and floor > place.floors:
            reader.warn("floor", "floor_above_building", value=floor, floors=place.floors)
        people = people_of_row(reader=reader)
        sold = self._is_sold(reader, people)
        room = PlannedRoom(
            community=community,
            building=place.name if place else building,
            unit=unit,
            number=number,
            code=code,
            built_area=area or Decimal(0),
            sold=sold,
            floor=floor,
            inside_area=inside,
            signed_on=signed,
            delivered_on=delivered,
            sheet=reader.sheet,
            row=reader.row,
            **{key: reader.text(key) for key in _TEXTS},
        )
        phones = phones_of_row(reader=reader)
        details = details_of_row(reader=reader)
        if reader.rejected:
            return
        self.rooms[community, code] = room
        self._places.use_building(community=community, name=building, reader=reader)
        self._note_contract(reader, room)
        if sold and people:
            self._settle(reader, room, people, phones, details)

    def _names(self, reader: RowReader) -> tuple[str, str, str]:
        building = reader.text("building") or ""
        if not building and not reader.has("building"):
            building = self._places.building_of_title(title=reader.sheet)
        return read_room(building=building, unit=reader.text("unit"), number=reader.text("number"))

    def _look_for_repeat(self, reader: RowReader, community: str, code: str) -> None:
        if not code:
            return
        first = self._first_rows.setdefault((community, code), (reader.sheet, reader.row))
        if first != (reader.sheet, reader.row):
            reader.reject("number", "room_repeated", value=code, first_sheet=first[0], first_row=first[1])

    def _area(self, reader: RowReader) -> Decimal | None:
        """Return the built area; rejects the row when there is none to be read, or when it is not above zero."""
        try:
            area = read_decimal(reader.cell("built_area"))
        except UnreadableNumber:
            area = None
        if area is None or abs(area) >= Decimal(100_000_000):
            reader.reject("built_area", "area_missing", value=reader.quoted("built_area") or "空")
            return None
        rounded = reader.rounded("built_area", area)
        if rounded <= 0:
            reader.reject("built_area", "area_not_positive", value=reader.quoted("built_area") or "空")
            return None
        return rounded

    def _is_sold(self, reader: RowReader, people: tuple[ParsedPerson, ...]) -> bool:
        status = reader.text("sale_status")
        sold = is_sold(status=status)
        if sold is None:
            if status:
                reader.warn("sale_status", "sale_status_unknown", value=status)
            return bool(people)
        if sold and not people:
            reader.reject("customer", "sold_without_customer", value=status)
        if not sold and people:
            reader.warn("customer", "unsold_with_customer", status=status, value=people[0].name)
        return sold

    def _note_contract(self, reader: RowReader, room: PlannedRoom) -> None:
        if not room.contract:
            return
        first = self._contracts.setdefault((room.community, room.contract), reader.row)
        if first != reader.row:
            reader.warn("contract", "contract_repeated", value=room.contract, first_row=first)

    def _settle(
        self,
        reader: RowReader,
        room: PlannedRoom,
        people: tuple[ParsedPerson, ...],
        phones: tuple[str, ...],
        details: dict[str, str],
    ) -> None:
        starts_on: date | None = room.delivered_on or room.signed_on
        if starts_on is None:
            reader.warn("delivered_on", "occupancy_date_missing")
        for index, person in enumerate(people):
            key = self._book.add(
                reader=reader,
                column="co_owners" if index else "customer",
                community=room.community,
                room_code=room.code,
                person=person,
                details={} if index else details,
                phones=() if index else phones,
            )
            self._book.occupy(
                occupancy=PlannedOccupancy(
                    community=room.community,
                    room_code=room.code,
                    customer_key=key,
                    role="co_owner" if index else "owner",
                    starts_on=starts_on,
                    sheet=reader.sheet,
                    row=reader.row,
                )
            )
