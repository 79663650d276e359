"""Lists, selects and exports count as people do: 2 before 10."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.estate.models import Building, Room
from app.kernel.natural_order import LONGEST, order_key
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.document import documents, spec_of
from app.lowcode.unit import unit_of_work

NAMES = ["10号楼", "9号楼", "２号楼", "A座", "商业街"]
COUNTED = ["1号楼", "２号楼", "9号楼", "10号楼", "A座", "商业街"]
# Texts that a document is ordered by and that hold no numbers to count by.
PLAIN = {
    ("Customer", "name"): "ordered by a key of the whole name",
    ("Vehicle", "plate"): "a plate's places are letters and digits of one length",
    ("ApprovalLimit", "role"): "a role's name",
    ("Setting", "key"): "a name in the program",
    ("NumberRule", "kind"): "a code",
    ("DictionaryEntry", "kind"): "a code; entries have their own position",
    ("TechnicianTrade", "trade"): "a code of the dictionary",
    ("User", "username"): "a login",
    ("Role", "name"): "a role's name",
}


def add_buildings(app: Flask, community_id: int) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.add_all(Building(community_id=community_id, name=name) for name in NAMES)


def names_in(page: str) -> list[str]:
    return sorted(
        (name for name in COUNTED if f">{name}</a>" in page), key=lambda name: page.index(f">{name}</a>")
    )


@pytest.mark.all_databases
def test_a_list_a_select_and_an_export_count(app: Flask, cast: Any, client_of: Any) -> None:
    """L1: the same order on every database, both ways."""
    add_buildings(app, cast.ours.community_id)
    client = client_of("物业经理")
    assert names_in(client.get("/building/list/").get_data(as_text=True)) == COUNTED
    assert names_in(client.get("/building/list/?order=-name").get_data(as_text=True)) == COUNTED[::-1]
    items = client.get(f"/room/select/building_id?community_id={cast.ours.community_id}").get_json()["items"]
    assert [one["text"] for one in items] == COUNTED
    sheet = load_workbook(BytesIO(client.get("/building/export").data)).active
    assert sheet is not None
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell in COUNTED]
    assert cells == COUNTED


def test_a_renamed_row_takes_its_new_place(app: Flask, cast: Any) -> None:
    """L1: the key follows the text by whatever operation it changes, and stays when something else does."""
    for changes, code in (
        ({}, "1-1-101"),
        ({"code": "1-1-99"}, "1-1-99"),
        ({"area": Decimal("70.00")}, "1-1-99"),
    ):
        with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            room = session.get_one(Room, cast.ours.room_ids[0])
            for name, value in changes.items():
                setattr(room, name, value)
        with app.app_context(), acting_as(SYSTEM):
            assert db.session.get_one(Room, cast.ours.room_ids[0]).code_order == order_key(code)


def test_every_text_that_a_document_is_ordered_by_counts(app: Flask) -> None:
    """L1: a new document's order is natural, or says why not."""
    plain = {
        (spec.name, name)
        for spec in map(spec_of, documents.values())
        for name in (part.removeprefix("-") for part in spec.about.order)
        if name in spec.fields
        and spec.fields[name].kind in ("text", "code")
        and spec.fields[name].order_by == name
    }
    assert plain - set(PLAIN) == set()


@pytest.mark.parametrize("text", [None, "", "0", "9" * 500, "楼" * 400, "1-" * 300])
def test_a_key_has_its_length(text: str | None) -> None:
    assert len(order_key(text)) <= LONGEST


def test_leading_zeros_and_width_do_not_count() -> None:
    assert order_key("０１２号") == order_key("12号")
    assert order_key("A-2") < order_key("A-10") < order_key("A-100") < order_key("B-1")
    assert order_key("12345678901234567890") < order_key("12345678901234567891")
