"""The technician's page of an order: what is typed wrong stays, and what hinders the next step is said."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.service.models import RepairMaterial, RepairOrder
from app.service.operations.repairs import materials
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import RepairOffice

Client = Callable[[str], FlaskClient]
HINT = "不能“完工”：请先“待料”"


def messages(page: str) -> dict[str, str]:
    """What is said beside the inputs, by their names."""
    return dict(re.findall(r'id="(\w+)-error">(.*?)</div>', page))


def values(page: str) -> dict[str, str]:
    """What stands in the inputs of a line of material."""
    form = re.search(r'<form class="card-body work-material-form".*?</form>', page, re.DOTALL)
    assert form is not None
    inputs = re.findall(r"<input[^>]*>", form.group())
    return {
        name.group(1): value.group(1)
        for one in inputs
        if (name := re.search(r' name="(\w+)"', one)) and (value := re.search(r' value="([^"]*)"', one))
    }


def test_each_wrong_value_of_a_line_has_its_message_and_what_was_typed_stays(
    repairs: RepairOffice, client_of: Client
) -> None:
    pk, client = repairs.order_in(RepairState.WORKING), client_of("维修工")
    assert values(client.get(f"/repairs/mine/{pk}").text)["quantity"] == "1"
    typed = {"name": "角阀", "quantity": "-2", "unit": "个", "price": "abc"}
    answer = client.post(f"/repairs/mine/{pk}/material", data=typed)
    assert answer.status_code == 422
    assert messages(answer.text) == {"quantity": "不能小于 0.0001。", "price": "请填写数字。"}
    assert typed.items() <= values(answer.text).items()
    assert db.session.scalars(select(RepairMaterial.id)).all() == []
    # The same address called again is the order's page.
    again = client.get(f"/repairs/mine/{pk}/material")
    assert again.status_code == 200 and values(again.text)["quantity"] == "1"


def test_a_refused_line_stays_too(repairs: RepairOffice, client_of: Client) -> None:
    pk, client = repairs.order_in(RepairState.WORKING), client_of("维修工")
    with unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        for _time in range(materials.MOST_LINES):
            repairs.material(session, row)
    typed = {"name": "垫片", "quantity": "2", "unit": "片", "price": "0.5"}
    answer = client.post(f"/repairs/mine/{pk}/material", data=typed)
    assert answer.status_code == 422 and "最多 100 行用料" in answer.text
    assert typed.items() <= values(answer.text).items()


def test_material_that_is_not_issued_says_so_before_the_repair_is_finished(
    repairs: RepairOffice, client_of: Client
) -> None:
    pk, client = repairs.order_in(RepairState.WORKING), client_of("维修工")
    url = f"/repairs/mine/{pk}"
    assert "work-hint" not in client.get(url).text
    with unit_of_work() as session:
        repairs.material(session, session.get_one(RepairOrder, pk))
    assert HINT in client.get(url).text
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "ask_material")
    page = client.get(url).text
    assert HINT not in page and "已请工程主管“发料确认”" in page
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "issue")
    assert "work-hint" not in client.get(url).text


def test_the_step_that_goes_on_comes_first(repairs: RepairOffice, client_of: Client) -> None:
    pk = repairs.order_in(RepairState.DELAYED)
    page = client_of("维修工").get(f"/repairs/mine/{pk}").text
    assert re.findall(r"/repair_order/do/(\w+)/", page) == ["resume", "delay"]
