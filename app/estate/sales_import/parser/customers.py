"""Gathers the customers of a file: one for each identity number, and one for each room's person without any."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.estate.sales_import.parser.people import ParsedPerson
from app.estate.sales_import.parser.plan_rows import PlannedCustomer, PlannedOccupancy
from app.estate.sales_import.parser.sheet_reader import RowReader
from app.kernel.identity import mask_identity

_FILLED_LATER: Final = [
    "identity_kind",
    "gender",
    "phone",
    "phone2",
    "address",
    "household_place",
    "employer",
    "postcode",
    "emergency_contact",
    "emergency_phone",
]


@dataclass(frozen=True)
class Match:
    """What is known of a space's customer: the customer's key ('' if not settled), and how many fit."""

    key: str
    fitting: int


class CustomerBook:
    """The customers and occupancies of the accepted rows, in the order of their first appearance."""

    def __init__(self) -> None:
        self._customers: dict[str, PlannedCustomer] = {}
        self._occupancies: dict[tuple[str, str, str], PlannedOccupancy] = {}
        self._by_identity: dict[tuple[str, str], str] = {}
        self._by_phone: dict[tuple[str, str, str], dict[str, None]] = {}
        self._by_room: dict[tuple[str, str, str], dict[str, None]] = {}

    @property
    def customers(self) -> tuple[PlannedCustomer, ...]:
        """Every customer, first seen first."""
        return tuple(self._customers.values())

    @property
    def occupancies(self) -> tuple[PlannedOccupancy, ...]:
        """Every occupancy, first seen first."""
        return tuple(self._occupancies.values())

    def add(
        self,
        *,
        reader: RowReader,
        column: str,
        community: str,
        room_code: str,
        person: ParsedPerson,
        details: Mapping[str, str],
        phones: tuple[str, ...] = (),
    ) -> str:
        """Enter a room's person and return the customer's key; a known identity number fills what was blank."""
        identity = person.identity.number
        key = "\n".join(
            (community, "identity", identity) if identity else (community, "room", room_code, person.name)
        )
        known = self._customers.get(key)
        if known is None:
            known = PlannedCustomer(
                key=key,
                community=community,
                name=person.name,
                identity=identity,
                home_room="" if identity else room_code,
                sheet=reader.sheet,
                row=reader.row,
                **details,
            )
            if identity:
                self._by_identity[community, identity] = key
        elif known.name != person.name:
            reader.warn(column, "identity_name_differs", first=known.name, value=person.name)
        known = _filled(known, details)
        known = self._with_phones(reader, known, phones)
        self._customers[key] = known
        for name in {known.name, person.name}:
            self._by_room.setdefault((community, room_code, name), {})[key] = None
            for phone in phones:
                self._by_phone.setdefault((community, name, phone), {})[key] = None
        return key

    def occupy(self, *, occupancy: PlannedOccupancy) -> bool:
        """Enter who holds a room; False when the customer already holds that room."""
        place = (occupancy.community, occupancy.room_code, occupancy.customer_key)
        if place in self._occupancies:
            return False
        self._occupancies[place] = occupancy
        return True

    def find(
        self, *, community: str, name: str, identity: str, phones: tuple[str, ...], room_code: str
    ) -> Match:
        """Which customer a space's row means: by identity number, else name and room, else name and telephone.

        A name alone, or a telephone alone, means nobody.
        """
        if identity:
            key = self._by_identity.get((community, identity), "")
            return Match(key, 1 if key else 0)
        fitting: dict[str, None] = {}
        if room_code:
            fitting |= self._by_room.get((community, room_code, name), {})
        if not fitting:
            for phone in phones:
                fitting |= self._by_phone.get((community, name, phone), {})
        return Match(next(iter(fitting)) if len(fitting) == 1 else "", len(fitting))

    def _with_phones(
        self, reader: RowReader, customer: PlannedCustomer, phones: tuple[str, ...]
    ) -> PlannedCustomer:
        for phone in phones:
            if phone in {customer.phone, customer.phone2}:
                continue
            if not customer.phone:
                customer = replace(customer, phone=phone)
            elif not customer.phone2:
                customer = replace(customer, phone2=phone)
            else:
                reader.warn("phone", "phone_dropped")
        return customer


def warn_of_identity(*, reader: RowReader, column: str, person: ParsedPerson) -> None:
    """Say what is odd about a person's identity number; the number itself is masked."""
    if person.identity.warning:
        shown = mask_identity(person.identity.number) if person.identity.number else "—"
        reader.warn(column, person.identity.warning, value=shown)


def _filled(customer: PlannedCustomer, details: Mapping[str, str]) -> PlannedCustomer:
    """Return the customer with the blanks of the card filled in; what an earlier row said stays."""
    for key in _FILLED_LATER:
        if details.get(key) and not getattr(customer, key):
            customer = replace(customer, **{key: details[key]})  # type: ignore[arg-type]
    return customer
