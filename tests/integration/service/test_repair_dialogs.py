"""What the dialogs of a repair order begin with, and what they say before anything is filled in."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.billing.models import FeeItem, FeeStandard
from app.billing.states import FeeKind
from app.kernel.pricing import Method
from app.lowcode.unit import unit_of_work
from app.service.models import RepairOrder
from app.service.operations.repairs.dialogs import fee_begins
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


def dialog_text(client: FlaskClient, action: str, pk: int) -> str:
    """The note over the inputs of a dialog, or nothing."""
    page = client.get(f"/repair_order/do/{action}/{pk}", headers={"X-Requested-With": "fetch"}).text
    found = re.search(r'<p class="confirm-note">(.*?)</p>', page)
    return "" if found is None else found.group(1)


@pytest.mark.parametrize(
    ("given", "words", "charged"),
    [
        ({"chargeable": True}, "收费金额 75.00 元（人工费 50.00 元，材料费 25.00 元）", "收费 75.00 元。"),
        (
            {"chargeable": True, "charge_amount": Decimal("60.00")},
            "收费金额 60.00 元（人工费",
            "收费 60.00 元。",
        ),
        ({"chargeable": False}, "无偿维修，不收费。", "不收费。"),
    ],
)
def test_who_signs_sees_the_amount_and_who_checks_what_is_charged(
    repairs: RepairOffice, client_of: Client, given: dict[str, Any], words: str, charged: str
) -> None:
    pk = repairs.order_in(RepairState.WAITING)
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "issue", "complete", **given)
    assert words in dialog_text(client_of("维修工"), "sign", pk)
    unsigned = client_of("维修工").post(f"/repair_order/do/sign/{pk}", data={"signed_by": "王先生"})
    assert unsigned.status_code == 422 and words in unsigned.text
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "sign")
    assert charged in dialog_text(client_of("工程主管"), "check", pk)


def test_what_is_not_issued_is_said_before_the_form_of_completion_is_filled_in(
    repairs: RepairOffice, client_of: Client
) -> None:
    pk = repairs.order_in(RepairState.WORKING)
    assert dialog_text(client_of("维修工"), "complete", pk) == ""
    with unit_of_work() as session:
        repairs.material(session, session.get_one(RepairOrder, pk))
    assert "还没有经工程主管确认：角阀。请先“待料”" in dialog_text(client_of("维修工"), "complete", pk)


def test_what_is_issued_is_shown_before_and_kept_after(
    repairs: RepairOffice, client_of: Callable[[str], FlaskClient]
) -> None:
    """S3: the dialog names the material; the order's way says what was issued, with the amount."""
    pk = repairs.order_in(RepairState.WAITING)
    leader = client_of("工程主管")
    assert "角阀 × 2个 = 25.00" in dialog_text(leader, "issue", pk)
    assert leader.post(f"/repair_order/do/issue/{pk}?seen=waiting").status_code == 302
    way = leader.get(f"/repair_order/timeline/{pk}").text
    assert "发料：角阀 × 2个 = 25.00" in way and "\x1f" not in way


def test_an_order_s_page_begins_with_what_is_wrong(
    repairs: RepairOffice, client_of: Callable[[str], FlaskClient]
) -> None:
    """S4: the problem, where, who reported it with the telephone masked, and until when."""
    pk = repairs.order_in(RepairState.WORKING)
    page = client_of("客服").get(f"/repair_order/show/{pk}").text
    lead, _end, rest = page.partition("facts-lead")[2].partition("</dl>")
    labels = ["报修内容", "报修人", "电话", "应完成时间"]
    assert [lead.find(f"<dt>{label}</dt>") for label in labels] == sorted(
        lead.find(f"<dt>{label}</dt>") for label in labels
    )
    assert all(f"<dt>{label}</dt>" in lead and f"<dt>{label}</dt>" not in rest for label in labels)
    board = client_of("客服").get("/repair_order/board").text
    assert "<dt>报修内容</dt>" in board and "is-empty" in board
