"""Computed columns of lists, what a select says of its rows, and where one exact hit leads."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Flask
from openpyxl import load_workbook

from app.estate.models import Customer, Occupancy
from app.estate.queries.list_columns import joined
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.document import documents, spec_of
from app.lowcode.engine import engine_of
from app.lowcode.list_columns import card_roles
from app.lowcode.unit import unit_of_work
from tests.integration.collection.ledger import add_charge, add_customer, add_fee


def furnish(app: Flask, cast: Any) -> int:
    """王一 owns the first room and owes 88.50 for it; 王一 of the second room is another person."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        owner = add_customer(session, cast.ours.community_id, "王一")
        other = add_customer(session, cast.ours.community_id, "王一")
        for customer, room in ((owner, cast.ours.room_ids[0]), (other, cast.ours.room_ids[1])):
            session.add(
                Occupancy(
                    community_id=cast.ours.community_id,
                    room_id=room,
                    customer_id=customer,
                    starts=date(2024, 1, 1),
                )
            )
        session.get_one(Customer, owner).phone = "13812345678"
        add_charge(
            session, customer_id=owner, fee_id=add_fee(session), amount="88.50", room_id=cast.ours.room_ids[0]
        )
        return owner


def test_rooms_show_their_owner_and_debt_customers_their_rooms(app: Flask, cast: Any, client_of: Any) -> None:
    """L2: list, print and Excel alike; the debt only for who may read charges."""
    furnish(app, cast)
    client = client_of("物业经理")
    for path in ("/room/list/", "/room/print"):
        page = client.get(path).get_data(as_text=True)
        assert all(text in page for text in ("业主", "王一", "欠费", "88.50"))
    page = client.get("/customer/list/").get_data(as_text=True)
    assert all(text in page for text in ("1-1-101", "88.50"))
    sheet = load_workbook(BytesIO(client.get("/room/export").data)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    heading = next(row for row in rows if "欠费" in row)
    line = next(row for row in rows if "1-1-101" in row)
    assert (line[heading.index("业主")], Decimal(str(line[heading.index("欠费")]))) == (
        "王一",
        Decimal("88.5"),
    )
    assert "欠费" not in client_of("工程主管").get("/room/list/").get_data(as_text=True)


def test_a_column_that_says_the_same_everywhere_is_left_out(cast: Any, client_of: Any) -> None:
    """L2: 小区 where one is in reach."""
    page = client_of("物业经理").get("/building/list/").get_data(as_text=True)
    assert 'href="/building/list/?order=community_id"' not in page


def test_a_select_tells_people_of_one_name_apart(app: Flask, cast: Any, client_of: Any) -> None:
    """L10: by room and masked telephone."""
    furnish(app, cast)
    url = f"/occupancy/select/customer_id?community_id={cast.ours.community_id}&q=王一"
    notes = {one["note"] for one in client_of("物业经理").get(url).get_json()["items"]}
    assert notes == {"1-1-101 · 138****5678", "1-1-201"}


def test_one_exact_hit_goes_to_its_page(app: Flask, cast: Any, client_of: Any) -> None:
    """L10: several are shown."""
    owner = furnish(app, cast)
    client = client_of("物业经理")
    answer = client.get("/search?q=1-1-101")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/room/show/{cast.ours.room_ids[0]}")
    answer = client.get("/search?q=13812345678")
    assert answer.headers["Location"] == f"/customer/show/{owner}"
    assert client.get("/search?q=王一").status_code == 200
    assert client.get("/search?q=").status_code == 200


def test_computed_columns_are_declared_on_documents_that_exist(app: Flask) -> None:
    """L2: names of documents and columns are right, and no name stands twice."""
    for manifest in engine_of(app).manifests:
        for name, columns in manifest.list_columns.items():
            fields = spec_of(documents[name]).fields
            for column in columns:
                assert column.field.name not in fields
                assert not column.document or column.document in documents
        assert set(manifest.select_notes) <= set(documents)


def test_a_card_has_a_title_a_state_an_amount_and_a_place(app: Flask) -> None:
    """L11: what a list shows at 390 px."""
    fields = spec_of(documents["Receipt"]).listed
    roles = card_roles(fields, title=0)
    assert sorted(roles.values()) == ["amount", "fact", "fact", "state", "title"]
    assert (roles["total"], roles["state"]) == ("amount", "state")
    assert card_roles([], title=0) == {}


def test_names_are_said_once_and_few() -> None:
    assert joined([(1, "甲"), (1, "甲"), (1, "乙"), (2, "丙")]) == {1: "甲、乙", 2: "丙"}
    assert joined([(1, str(number)) for number in range(5)]) == {1: "0、1、2…"}
