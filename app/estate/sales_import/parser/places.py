"""Gathers the communities and buildings of a file, and answers which building a row means."""

import re

from app.estate.rules.room_code import building_part
from app.estate.sales_import.parser.plan_rows import PlannedBuilding, PlannedCommunity
from app.estate.sales_import.parser.sheet_reader import RowReader
from app.kernel.cells import folded_text


class Places:
    """Communities and buildings, those of their own sheets first; `has_building_sheet` closes the list of buildings."""

    def __init__(self, *, has_building_sheet: bool) -> None:
        self._closed = has_building_sheet
        self._communities: dict[str, PlannedCommunity] = {}
        self._buildings: dict[tuple[str, str], PlannedBuilding] = {}
        self._spellings: set[tuple[str, str]] = set()

    @property
    def communities(self) -> tuple[PlannedCommunity, ...]:
        """Every community that is listed or used."""
        return tuple(self._communities.values())

    @property
    def buildings(self) -> tuple[PlannedBuilding, ...]:
        """Every building that is listed, or used where no sheet lists them."""
        return tuple(self._buildings.values())

    def list_community(self, *, reader: RowReader, name: str) -> None:
        """Take a row of the community sheet (表4)."""
        if reader.is_spoiled("name") or reader.rejected:
            return
        first = self._communities.get(name)
        if first is not None:
            reader.warn("name", "community_repeated", value=name, first_row=first.row)
            return
        areas = ("land_area", "built_area", "usable_area", "public_area", "green_area")
        rates = ("green_rate", "cover_rate")
        self._communities[name] = PlannedCommunity(
            name=name,
            listed=True,
            address=reader.text("address"),
            note=reader.text("note"),
            sheet=reader.sheet,
            row=reader.row,
            **{key: reader.number(key, positive=False) for key in (*areas, "plot_ratio")},
            **{key: reader.percent(key) for key in rates},
        )

    def list_building(self, *, reader: RowReader, community: str) -> None:
        """Take a row of the building sheet (表5)."""
        name = reader.text("name")
        if reader.rejected:
            return
        part = building_part(name=name)
        first = self._buildings.get((community, part))
        if first is not None:
            reader.warn("name", "building_repeated", value=name, first_row=first.row, first=first.name)
            return
        self.use_community(name=community)
        self._buildings[community, part] = PlannedBuilding(
            community=community,
            name=name,
            part=part,
            listed=True,
            floors=reader.whole("floors"),
            height=reader.number("height"),
            built_area=reader.number("built_area"),
            usable_area=reader.number("usable_area"),
            green_area=reader.number("green_area", positive=False),
            sheet=reader.sheet,
            row=reader.row,
            **{key: reader.text(key) for key in ("kind", "structure", "usage", "facing", "note")},
        )

    def known_building(self, *, reader: RowReader, community: str, name: str) -> PlannedBuilding | None:
        """Return the building that a room's row means; rejects the row when it names none, or one that the sheet lacks."""
        place = (community, building_part(name=name))
        known = self._buildings.get(place) if name else None
        if known is None:
            if not name:
                if not reader.rejected:
                    reader.reject("building", "building_missing")
            elif self._closed:
                reader.reject("building", "unknown_building", value=name)
            return None
        if folded_text(known.name) != folded_text(name) and (community, name) not in self._spellings:
            self._spellings.add((community, name))
            reader.warn("building", "building_name_differs", value=name, first=known.name)
        return known

    def use_building(self, *, community: str, name: str, reader: RowReader) -> None:
        """Make the building of an accepted room, where no sheet lists buildings."""
        self.use_community(name=community)
        part = building_part(name=name)
        if (community, part) not in self._buildings:
            self._buildings[community, part] = PlannedBuilding(
                community=community, name=name, part=part, sheet=reader.sheet, row=reader.row
            )

    def use_community(self, *, name: str) -> None:
        """Make the community of an accepted row, unless it is there."""
        self._communities.setdefault(name, PlannedCommunity(name=name))

    def building_of_title(self, *, title: str) -> str:
        """Return the building that a sheet without a building column is about: '3号楼' is its title; '' for none."""
        text = folded_text(title)
        return text if re.fullmatch(r".{1,12}(?:号楼|[栋幢座]|#楼?)", text) else ""
