"""减免, 调整, 退款 and 扣款 from the pages: asked for by one, decided by another, within the limits of their roles."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.states import ApprovalState
from app.collection.models import (
    Adjustment,
    ApprovalLimit,
    Deposit,
    DepositEntry,
    Prepayment,
    Refund,
    Waiver,
)
from app.collection.states import DepositKind, RequestKind
from app.lowcode import clock
from app.lowcode.unit import unit_of_work

from .ledger import add_charge, add_customer, add_fee, figures

NOON = datetime(2025, 2, 10, 4, tzinfo=UTC)
D = Decimal
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.clock_at(NOON):
        yield


@pytest.fixture
def who(session: Session, cast: Any, client_of: Browser) -> dict[str, int]:
    """王一 owes 210.72 and 33.35, and has 100.00 of 预收 and 500.00 of 押金 with the office."""
    with unit_of_work() as unit:
        fee, customer = add_fee(unit), add_customer(unit, cast.ours.community_id)
        found = {
            "id": customer,
            "one": add_charge(unit, customer_id=customer, fee_id=fee, amount="210.72"),
            "two": add_charge(unit, customer_id=customer, fee_id=fee, amount="33.35"),
            "settled": add_charge(unit, customer_id=customer, fee_id=fee, amount="5.00"),
        }
    desk = client_of("收费员")
    for turn, part in enumerate(
        (
            {"charge_ids": [], "advances": [{"amount": "100.00"}]},
            {"charge_ids": [found["settled"]], "deposits": [{"amount": "500.00", "item": "装修保证金"}]},
        )
    ):
        body = {"customer_id": customer, "tenders": [{"tender": "cash"}], "key": f"press-{turn:04d}", **part}
        assert desk.post("/desk/pay", json=body).status_code == 200
    return found


def one_of(session: Session, model: Any) -> Any:
    """The only row of a document, as it is now."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(model)).one()


def told(client: FlaskClient, url: str, **data: str) -> str:
    """Press a button; what the person reads afterwards."""
    return client.post(url, data=data, follow_redirects=True).get_data(as_text=True)


def test_a_waiver_is_asked_for_and_approved(session: Session, who: Any, client_of: Browser) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    page = desk.get(f"/charge/show/{who['one']}").get_data(as_text=True)
    assert "申请减免" in page
    assert "申请调整" in page
    assert 'value="210.72"' in desk.get(f"/charge/do/waive/{who['one']}").get_data(as_text=True)
    page = told(desk, f"/charge/do/waive/{who['one']}", amount="60.00", reason="电梯停运")
    assert "等待审批" in page
    row = one_of(session, Waiver)
    assert (row.state, row.amount, row.requested_by) == (ApprovalState.PENDING, D("60.00"), "收费员")
    assert figures(session, who["one"]) == (D("0.00"), D("210.72"))
    # She may not decide it; the manager is told of it and does.
    assert desk.post(f"/waiver/do/approve/{row.id}").status_code == 403
    assert "待审批：减免" in manager.get("/home/duties").get_data(as_text=True)
    told(manager, f"/waiver/do/approve/{row.id}", decision="同意")
    row = one_of(session, Waiver)
    assert (row.state, row.decided_by) == (ApprovalState.APPROVED, "物业经理")
    assert figures(session, who["one"]) == (D("0.00"), D("150.72"))


def test_nobody_approves_their_own(session: Session, who: Any, client_of: Browser) -> None:
    manager = client_of("物业经理")
    told(manager, f"/charge/do/waive/{who['one']}", amount="60.00", reason="电梯停运")
    key = one_of(session, Waiver).id
    assert "不能审批自己的申请" in told(manager, f"/waiver/do/approve/{key}")
    assert one_of(session, Waiver).state is ApprovalState.PENDING
    assert figures(session, who["one"])[1] == D("210.72")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "0.01"),
        ("-1", "0.01"),
        ("210.73", "超过这笔费用现在的欠费 210.72 元"),
        ("1.005", "小数"),
        ("一百", "数字"),
    ],
)
def test_a_waiver_that_cannot_be_is_refused(
    session: Session, who: Any, client_of: Browser, amount: str, sentence: str
) -> None:
    page = told(client_of("收费员"), f"/charge/do/waive/{who['one']}", amount=amount, reason="电梯停运")
    assert sentence in page
    assert session.scalars(select(Waiver)).all() == []


def test_an_adjustment_goes_both_ways_but_not_below_what_is_paid(
    session: Session, who: Any, client_of: Browser
) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    assert "先冲红或退款" in told(
        desk, f"/charge/do/adjust/{who['settled']}", amount="-0.01", reason="面积更正"
    )
    assert "不能为零" in told(desk, f"/charge/do/adjust/{who['one']}", amount="0", reason="面积更正")
    told(desk, f"/charge/do/adjust/{who['settled']}", amount="10.00", reason="面积更正")
    told(manager, f"/adjustment/do/approve/{one_of(session, Adjustment).id}")
    assert figures(session, who["settled"]) == (D("5.00"), D("10.00"))


def test_ticked_charges_are_waived_by_a_share(session: Session, who: Any, client_of: Browser) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    assert "批量申请减免" in desk.get("/charge/list/").get_data(as_text=True)
    assert "批量申请减免" not in desk.get(f"/charge/show/{who['one']}").get_data(as_text=True)
    assert desk.get(f"/charge/do/waive_ticked/{who['one']}").status_code == 404
    rows = {"rowid": [who["one"], who["two"], who["settled"]], "percent": "50", "reason": "疫情"}
    answer = desk.post("/charge/do/waive_ticked", data=rows, follow_redirects=True).get_data(as_text=True)
    assert "已逐笔提出减免申请" in answer
    session.rollback()
    waivers = session.scalars(select(Waiver).order_by(Waiver.charge_id)).all()
    assert [one.amount for one in waivers] == [D("105.36"), D("16.68")]
    ids = [one.id for one in waivers]
    manager.post("/waiver/do/approve", data={"rowid": ids, "decision": "同意"})
    assert figures(session, who["one"])[1] == D("105.36")
    assert figures(session, who["two"])[1] == D("16.67")
    settled = {"rowid": [who["settled"]], "percent": "50", "reason": "疫情"}
    assert "都没有欠费" in desk.post("/charge/do/waive_ticked", data=settled, follow_redirects=True).get_data(
        as_text=True
    )
    over = {"rowid": [who["one"]], "percent": "100.01", "reason": "疫情"}
    assert "超过" in desk.post("/charge/do/waive_ticked", data=over, follow_redirects=True).get_data(
        as_text=True
    )


def test_limits_go_by_role(session: Session, who: Any, client_of: Browser) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    with unit_of_work() as unit:
        role = unit.scalars(select(Role).where(Role.name == "物业经理")).one()
        unit.add(ApprovalLimit(role=str(role.id), kind=RequestKind.WAIVER, amount=D("50.00")))
    told(desk, f"/charge/do/waive/{who['one']}", amount="50.01", reason="电梯停运")
    key = one_of(session, Waiver).id
    assert "50.01 元超过您的审批限额 50.00 元" in told(manager, f"/waiver/do/approve/{key}")
    assert one_of(session, Waiver).state is ApprovalState.PENDING
    with unit_of_work() as unit:
        unit.scalars(select(ApprovalLimit)).one().amount = D("50.01")
    told(manager, f"/waiver/do/approve/{key}")
    assert one_of(session, Waiver).state is ApprovalState.APPROVED


def test_a_prepayment_is_applied_and_given_back(session: Session, who: Any, client_of: Browser) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    key = one_of(session, Prepayment).id
    page = told(desk, f"/prepayment/do/refund/{key}", amount="100.01", tender="cash", reason="搬走")
    assert "余额只有 100.00 元" in page
    told(desk, f"/prepayment/do/refund/{key}", amount="60.00", tender="cash", reason="搬走")
    refund = one_of(session, Refund)
    # Until it is approved the money is the customer's, and may be used up.
    told(desk, f"/prepayment/do/apply/{key}")
    assert figures(session, who["one"]) == (D("100.00"), D("110.72"))
    assert "余额只有 0.00 元" in told(manager, f"/refund/do/approve/{refund.id}")
    assert one_of(session, Refund).number is None
    told(manager, f"/refund/do/refuse/{refund.id}", reason="已抵扣")
    assert one_of(session, Refund).state is ApprovalState.REFUSED
    assert "抵扣欠费" not in desk.get(f"/prepayment/show/{key}").get_data(as_text=True)


def test_a_deposit_is_deducted_and_returned(session: Session, who: Any, client_of: Browser) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    key = one_of(session, Deposit).id
    told(desk, f"/deposit/do/deduct/{key}", amount="120.00", reason="损坏公共墙面")
    assert one_of(session, Deposit).balance == D("380.00")
    told(desk, f"/deposit/do/refund/{key}", amount="380.00", tender="transfer", reason="完工")
    refund = one_of(session, Refund)
    told(manager, f"/refund/do/approve/{refund.id}")
    refund = one_of(session, Refund)
    assert (refund.number, refund.state) == ("TK2025000001", ApprovalState.APPROVED)
    paper = manager.get(f"/refund/paper/{refund.id}").get_data(as_text=True)
    for words in ("退款单", "TK2025000001", "人民币叁佰捌拾元整", "装修保证金", "转账", "完工"):
        assert words in paper
    assert one_of(session, Deposit).balance == 0
    kinds = session.execute(select(DepositEntry.kind, DepositEntry.amount).order_by(DepositEntry.id)).all()
    assert [tuple(row) for row in kinds] == [
        (DepositKind.IN, D("500.00")),
        (DepositKind.DEDUCTED, D("-120.00")),
        (DepositKind.RETURNED, D("-380.00")),
    ]
    # A receipt whose deposit is gone cannot be taken back any more.
    session.rollback()
    receipt = session.scalars(
        select(DepositEntry.receipt_id).where(DepositEntry.kind == DepositKind.IN)
    ).one()
    page = told(desk, f"/receipt/do/void/{receipt}", reason="收错")
    assert "只剩 0.00 元" in page
    assert figures(session, who["settled"]) == (D("5.00"), D("0.00"))


def test_whoever_asked_takes_it_back(session: Session, who: Any, client_of: Browser) -> None:
    desk, manager = client_of("收费员"), client_of("物业经理")
    told(desk, f"/charge/do/waive/{who['one']}", amount="60.00", reason="电梯停运")
    key = one_of(session, Waiver).id
    assert "撤回" not in manager.get(f"/waiver/show/{key}").get_data(as_text=True)
    told(manager, f"/waiver/do/withdraw/{key}")
    assert one_of(session, Waiver).state is ApprovalState.PENDING
    told(desk, f"/waiver/do/withdraw/{key}")
    assert one_of(session, Waiver).state is ApprovalState.WITHDRAWN
    told(manager, f"/waiver/do/approve/{key}")
    assert one_of(session, Waiver).state is ApprovalState.WITHDRAWN
    assert figures(session, who["one"])[1] == D("210.72")
