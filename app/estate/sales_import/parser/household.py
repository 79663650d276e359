"""Reads who a room's row names: the customer, the co-owners, their identity numbers and telephones."""

from app.estate.sales_import.parser.customers import warn_of_identity
from app.estate.sales_import.parser.people import (
    ParsedPerson,
    co_owners_of,
    identity_of,
    owners_unclear,
    people_of,
    phones_of,
)
from app.estate.sales_import.parser.sheet_reader import RowReader
from app.lowcode.workbook import Cell


def people_of_row(*, reader: RowReader) -> tuple[ParsedPerson, ...]:
    """Return the customer first, then the co-owners, each once; what is odd about their numbers is reported."""
    kind = reader.text("identity_kind")
    names, identities = reader.listed("customer"), _lines(reader, "identity")
    named = people_of(names=names, identities=identities, kind=kind)
    if unclear := owners_unclear(names=names, identities=identities):
        reader.warn("identity", "owners_unclear", value=names[:40], people=unclear[0], numbers=unclear[1])
    for person in named:
        warn_of_identity(reader=reader, column="identity", person=person)
    if not named and reader.cell("identity") != "":
        nobody = ParsedPerson("", identity_of(cell=reader.cell("identity"), kind=kind))
        warn_of_identity(reader=reader, column="identity", person=nobody)
    others, unread = co_owners_of(text=reader.listed("co_owners"))
    for person in others:
        warn_of_identity(reader=reader, column="co_owners", person=person)
    for part in unread:
        reader.warn("co_owners", "co_owner_unreadable", value=part[:40])
    if not named:
        if others:
            reader.warn("co_owners", "co_owner_without_customer")
        return ()
    if reader.has("identity") and not named[0].identity.number and not named[0].identity.warning:
        reader.warn("identity", "identity_missing", value=named[0].name)
    people = list(named)
    for person in others:
        if any(_same(person, other) for other in people):
            reader.warn("co_owners", "co_owner_repeated", value=person.name)
        else:
            people.append(person)
    return tuple(people)


def phones_of_row(*, reader: RowReader) -> tuple[str, ...]:
    """Return the customer's telephones from both columns, each once; what does not look like one is warned of."""
    phones: tuple[str, ...] = ()
    for key in ("phone", "phone2"):
        numbers, odd = phones_of(cell=_lines(reader, key))
        phones += tuple(number for number in numbers if number not in phones)
        for number in odd:
            reader.warn(key, "phone_odd", value=number)
    return phones


def details_of_row(*, reader: RowReader) -> dict[str, str]:
    """Return what the row says of the customer beside name, number and telephones, by the fields of PlannedCustomer."""
    keys = "identity_kind gender address household_place employer postcode emergency_contact"
    details = {key: reader.text(key) for key in keys.split()}
    phones, _odd = phones_of(cell=reader.sound("emergency_phone"))
    return details | {"emergency_phone": phones[0] if phones else ""}


def _lines(reader: RowReader, key: str) -> Cell:
    """Return a cell that may hold several values; a number stays one, for a float may have lost its end."""
    cell = reader.sound(key)
    return reader.listed(key) if isinstance(cell, str) else cell


def _same(one: ParsedPerson, other: ParsedPerson) -> bool:
    """Return the same number, or the same name where one of the two has no number."""
    if one.identity.number and other.identity.number:
        return one.identity.number == other.identity.number
    return one.name == other.name
