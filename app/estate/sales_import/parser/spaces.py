"""Judges the rows of a parking space sheet (车位). Nothing but a date that does not exist keeps one out."""

import re
from typing import Final

from app.estate.rules.room_code import (
    building_part,
    number_part,
    read_room,
    room_code,
    unit_part,
)
from app.estate.sales_import.parser.customers import CustomerBook, warn_of_identity
from app.estate.sales_import.parser.people import ParsedPerson, identity_of, name_of, phones_of
from app.estate.sales_import.parser.places import Places
from app.estate.sales_import.parser.plan_rows import PlannedRoom, PlannedSpace, PlannedVehicle
from app.estate.sales_import.parser.sheet_reader import RowReader
from app.estate.sales_import.parser.statuses import is_sold
from app.kernel.cells import normal_text
from app.kernel.phones import mask_phone

# GA 36: province, authority, five places, six for new energy; 港 澳 学 警 挂 领 at the end.
_PLATE: Final = re.compile(
    r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,5}[A-Z0-9\u4e00-\u9fff]|WJ.{5,7}|[A-Z]{2}[0-9]{5}"
)
_LONGEST_PLATE: Final = 20


class SpaceJudge:
    """Turns space rows into spaces and vehicles, and finds each space's customer among those of the rooms."""

    def __init__(
        self, *, places: Places, book: CustomerBook, rooms: dict[tuple[str, str], PlannedRoom]
    ) -> None:
        self._places = places
        self._book = book
        self._rooms = rooms
        self._numbered: dict[tuple[str, str], list[PlannedRoom]] = {}
        self.spaces: dict[str, PlannedSpace] = {}
        self.vehicles: dict[tuple[str, str], PlannedVehicle] = {}

    def judge(self, *, reader: RowReader, community: str) -> None:
        """Look at everything in a row, report all of it, and keep the row when nothing is against it."""
        number, lot, zone = (reader.text("number"), reader.text("lot"), reader.text("zone"))
        key = "\n".join(re.sub(r"\s", "", part) for part in (community, lot, zone, number))
        signed = reader.day("signed_on")
        area = reader.number("area")
        paid = reader.number("paid_amount", positive=False)
        for key_of_other in ("building", "unit", "room", "plate"):
            reader.is_spoiled(key_of_other)
        texts = {name: reader.text(name) for name in ("kind", "sale_status", "note")}
        phones, odd = phones_of(cell=reader.sound("phone"))
        for phone in odd:
            reader.warn("phone", "phone_odd", value=phone)
        if reader.rejected:
            return
        first = self.spaces.get(key)
        if first is not None:
            reader.warn("number", "space_repeated", value=number, first_row=first.row)
            return
        self._places.use_community(name=community)
        code = self._room_of(reader, community)
        name = name_of(text=reader.text("customer"))
        sold = self._is_sold(reader, name)
        owner = self._owner_of(reader, community, name, phones, code) if sold and name else ""
        space = PlannedSpace(
            key=key,
            community=community,
            number=number,
            lot=lot,
            zone=zone,
            area=area,
            sold=sold,
            owner_key=owner,
            owner_name=name if sold else "",
            owner_phone=phones[0] if sold and phones else "",
            room_code=code,
            signed_on=signed,
            paid_amount=paid,
            sheet=reader.sheet,
            row=reader.row,
            **texts,
        )
        self.spaces[key] = space
        self._park(reader, space)

    def _is_sold(self, reader: RowReader, name: str) -> bool:
        status = reader.text("sale_status")
        sold = is_sold(status=status)
        if sold is None:
            if status:
                reader.warn("sale_status", "sale_status_unknown", value=status)
            return bool(name)
        if sold and not name:
            reader.warn("customer", "space_owner_missing", value=status)
        if not sold and name:
            reader.warn("customer", "unsold_with_customer", status=status, value=name)
        return sold

    def _room_of(self, reader: RowReader, community: str) -> str:
        """Return the code of the room that the row names; '' when it names none, or none of the file's."""
        text = reader.text("room")
        if not text:
            return ""
        building, unit, number = read_room(
            building=reader.text("building"), unit=reader.text("unit"), number=text
        )
        code = room_code(building=building, unit=unit, number=number)
        if (community, code) in self._rooms:
            return code
        # Without a unit of its own the row may still mean one room only.
        fitting = [
            room.code
            for room in self._rooms_numbered(community, number)
            if (not building or building_part(name=room.building) == building_part(name=building))
            and (not unit or unit_part(name=room.unit) == unit_part(name=unit))
        ]
        if len(fitting) == 1:
            return fitting[0]
        reader.warn("room", "space_room_unknown", value=text[:40])
        return ""

    def _rooms_numbered(self, community: str, number: str) -> list[PlannedRoom]:
        if not self._numbered:
            for room in self._rooms.values():
                self._numbered.setdefault((room.community, number_part(name=room.number)), []).append(room)
        return self._numbered.get((community, number_part(name=number)), [])

    def _owner_of(
        self, reader: RowReader, community: str, name: str, phones: tuple[str, ...], code: str
    ) -> str:
        person = ParsedPerson(name, identity_of(cell=reader.cell("identity")))
        warn_of_identity(reader=reader, column="identity", person=person)
        match = self._book.find(
            community=community, name=name, identity=person.identity.number, phones=phones, room_code=code
        )
        if not match.key:
            shown = mask_phone(phones[0]) if phones else "—"
            code = "space_owner_ambiguous" if match.fitting > 1 else "space_owner_unknown"
            reader.warn("customer", code, value=name, phone=shown)
        return match.key

    def _park(self, reader: RowReader, space: PlannedSpace) -> None:
        """Enter the vehicles whose plates the row bears; a plate that stands elsewhere stays there."""
        for part in re.split(r"[、,\uff0c;\uff1b/|]", reader.listed("plate")):
            plate = re.sub(r"[\s\u00b7\u2022.\-]", "", normal_text(part)).upper()[:_LONGEST_PLATE]
            if not plate:
                continue
            if not _PLATE.fullmatch(plate):
                reader.warn("plate", "plate_odd", value=plate)
            first = self.vehicles.get((space.community, plate))
            if first is not None:
                reader.warn("plate", "plate_repeated", value=plate, first_row=first.row)
                continue
            self.vehicles[space.community, plate] = PlannedVehicle(
                community=space.community,
                plate=plate,
                space_key=space.key,
                owner_key=space.owner_key,
                model=reader.text("vehicle_model"),
                colour=reader.text("colour"),
                sheet=space.sheet,
                row=space.row,
            )
