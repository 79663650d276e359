"""What the dialogs of a repair order begin with, and what they say before anything is filled in."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from app.billing.models import FeeItem, FeeStandard
from app.billing.states import FeeKind
from app.kernel.pricing import Method
from app.lowcode.unit import unit_of_work
from app.service.models import RepairOrder
from app.service.operations.repairs.beginnings import fee_begins
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import RepairOffice

Client = Callable[[str], FlaskClient]


def waste_fee(repairs: RepairOffice, *, elsewhere: bool = False) -> int:
    """A 特约服务费 that comes before the repair's in every order, and is billed by a standard of ours or another's."""
    with unit_of_work() as session:
        paid = session.get_one(FeeItem, repairs.fee_item_id)
        paid.name, paid.priority = "垃圾清运费", 10  # whichever came first
        later = FeeItem(name="有偿维修费", kind=FeeKind.SERVICE)
        place = repairs.cast.neighbour if elsewhere else repairs.cast.ours
        session.add_all(
            [
                later,
                FeeStandard(
                    name="生活垃圾清运费",
                    community_id=place.community_id,
                    fee_item_id=paid.id,
                    method=Method.FIXED,
                ),
            ]
        )
        session.flush()
        return later.id


def begun(pk: int) -> int | None:
    with unit_of_work() as session:
        return fee_begins(session.get_one(RepairOrder, pk))


def paid_order(repairs: RepairOffice) -> int:
    """A paid repair, signed: 50 for labour."""
    pk = repairs.order_in(RepairState.WORKING)
    with unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        repairs.lead(session, row, "complete", chargeable=True)
        repairs.lead(session, row, "sign")
    return pk


def test_the_check_begins_with_no_fee_that_is_billed_by_a_standard(repairs: RepairOffice) -> None:
    pk = paid_order(repairs)
    assert begun(pk) == repairs.fee_item_id
    assert begun(pk) is not None and begun(repairs.order_in(RepairState.TO_CHECK)) is None
    later = waste_fee(repairs)
    assert begun(pk) == later


def test_the_standards_of_another_community_do_not_matter(repairs: RepairOffice) -> None:
    pk = paid_order(repairs)
    waste_fee(repairs, elsewhere=True)
    assert begun(pk) == repairs.fee_item_id


@pytest.mark.parametrize("why", ["billed", "out of use", "another kind"])
def test_where_no_fee_suits_the_check_begins_empty_and_asks_for_one(
    repairs: RepairOffice, client_of: Client, why: str
) -> None:
    pk = paid_order(repairs)
    later = waste_fee(repairs)
    with unit_of_work() as session:
        fee = session.get_one(FeeItem, later)
        if why == "billed":
            given = {"community_id": repairs.cast.ours.community_id, "method": Method.FIXED}
            session.add(FeeStandard(name="维修包年", fee_item_id=later, **given))
        elif why == "out of use":
            fee.active = False
        else:
            fee.kind = FeeKind.OTHER
    assert begun(pk) is None
    client = client_of("工程主管")
    assert '<option selected value=""></option></select>' in client.get(f"/repair_order/do/check/{pk}").text
    answer = client.post(f"/repair_order/do/check/{pk}", data={"check_opinion": "合格", "fee_item_id": ""})
    assert answer.status_code == 422 and "有偿维修请选择收费项目。" in answer.text
    answer = client.post(f"/repair_order/do/check/{pk}", data={"fee_item_id": str(repairs.fee_item_id)})
    assert answer.status_code == 302
