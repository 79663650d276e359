"""L3: a row without a name of its own is called by whose it is, what and when, on its page, in lists and in choices."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.billing.models import Charge
from app.collection.models import Prepayment
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.titles import select_titles
from app.lowcode.unit import unit_of_work
from tests.integration.collection.ledger import add_charge, add_customer, add_fee


def test_a_charge_is_called_by_whose_it_is_what_and_when(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient], count_queries: Any
) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        who = add_customer(session, cast.ours.community_id, "王一")
        fee = add_fee(session)
        pk = add_charge(
            session,
            customer_id=who,
            fee_id=fee,
            amount="88.50",
            room_id=cast.ours.room_ids[0],
            period="2025-03",
        )
    with app.app_context(), acting_as(SYSTEM):
        name = str(db.session.get_one(Charge, pk))
        assert name.startswith("王一 ") and name.endswith(" 2025-03")
        # The same in SQL, as lists and choices read it, in one statement.
        statement, read = select_titles(Charge)
        with count_queries() as queries:
            assert [read(row) for row in db.session.execute(statement)] == [(pk, name)]
        assert len(queries) == 1
    page = client_of("收费员").get(f"/charge/show/{pk}").text
    assert f"<h1>{name}</h1>" in page


def test_links_are_called_so_too(app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        who = add_customer(session, cast.ours.community_id, "王一")
        session.add(
            Prepayment(
                community_id=cast.ours.community_id,
                customer_id=who,
                room_id=cast.ours.room_ids[0],
                account="王一",
            )
        )
    page = client_of("收费员").get("/prepayment/list/").text
    assert "王一" in page
    with app.app_context(), acting_as(SYSTEM):
        statement, read = select_titles(Prepayment)
        [(pk, name)] = [read(row) for row in db.session.execute(statement)]
    shown = client_of("收费员").get(f"/prepayment/show/{pk}").text
    assert f"<h1>{name}</h1>" in shown and name.startswith("王一 ") and str(pk) != name
