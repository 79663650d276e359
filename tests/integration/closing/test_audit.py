"""核对账目: each law of the books, broken by hand, is found and told with the paper's number."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.closing.audit import check_books
from app.closing.audit.runner import CHECKS
from app.lowcode.unit import unit_of_work
from tests.integration.closing.sound import Books


@pytest.fixture
def books(session: Session, cast: Any) -> Books:
    """Sound books of our community."""
    cashier, manager = (
        session.scalars(select(User.id).where(User.username == cast[name])).one()
        for name in ("收费员", "物业经理")
    )
    with unit_of_work() as unit:
        return Books(unit, cast.ours, cashier, manager)


@pytest.fixture
def broken(session: Session) -> Iterator[Callable[[str], None]]:
    """`broken("UPDATE …")`: by SQL that no CHECK stops; taken back by `session.rollback()`."""

    def by(statement: str) -> None:
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        session.execute(text(statement))

    yield by
    session.rollback()
    session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def found(session: Session) -> list[tuple[str, str, str]]:
    return [(one.code, one.paper, one.message) for one in check_books(session=session)]


@pytest.mark.all_databases
def test_sound_books(session: Session, books: Books) -> None:
    assert found(session) == []


def test_an_empty_office(session: Session) -> None:
    assert found(session) == []


CHARGE = "应收 1-1-101 物业费 2025-01（编号 {charge_paid}）"
BROKEN = [
    (
        "UPDATE charge SET paid = paid - 1, due = due + 1 WHERE id = {charge_paid}",
        "charge_copies",
        CHARGE,
        "记为已收 99.99",
    ),
    (
        "UPDATE charge SET waived_later = 0, due = due + 1000 WHERE id = {charge_void}",
        "charge_copies",
        "{charge_void}",
        "后续减免 0.00",
    ),
    (
        "UPDATE charge SET adjusted = 0, due = due - 500 WHERE id = {charge_void}",
        "charge_copies",
        "{charge_void}",
        "调整 0.00",
    ),
    ("UPDATE charge SET due = 7 WHERE id = {charge_paid}", "charge_due", CHARGE, "欠费记为 0.07，应为 0.00"),
    ("UPDATE charge SET due = -1 WHERE id = {charge_paid}", "charge_negative", CHARGE, "-0.01"),
    (
        "UPDATE allocation SET amount = amount + 1 WHERE id = {allocation_paid_payment}",
        "receipt_settled",
        "收据 SJ2025000001",
        "记为 100.00，明细合计 100.01",
    ),
    (
        "UPDATE allocation SET room_id = NULL WHERE id = {allocation_paid_payment}",
        "allocation_copied",
        CHARGE,
        "核销 {allocation_paid_payment}",
    ),
    (
        "UPDATE allocation SET period = '2025-02' WHERE id = {allocation_paid_payment}",
        "allocation_copied",
        CHARGE,
        "核销 {allocation_paid_payment}",
    ),
    (
        "UPDATE allocation SET receipt_id = NULL WHERE id = {allocation_paid_payment}",
        "allocation_of_nothing",
        CHARGE,
        "没有对应的收据",
    ),
    (
        "UPDATE month_sum SET amount = amount + 1 WHERE kind = 'adjustment'",
        "month_sums",
        "2025-01 的应收发生额 1号楼 物业费 2025-01 应收调整",
        "记为 5.01，按应收和核销应为 5.00",
    ),
    (
        "DELETE FROM month_sum WHERE kind = 'charged'",
        "month_sums",
        "应收原价",
        "记为 0.00，按应收和核销应为 ",
    ),
    ("DELETE FROM allocation WHERE id = {allocation_paid_payment}", "month_sums", "现收", "-100.00"),
    ("UPDATE waiver SET state = 'pending' WHERE id = {waiver}", "waiver_posted", "{waiver}", "已入账 10.00"),
    (
        "UPDATE waiver SET state = 'approved' WHERE id = {waiting}",
        "waiver_posted",
        "{waiting}",
        "已入账 0.00",
    ),
    (
        "UPDATE adjustment SET amount = 600 WHERE id = {adjustment}",
        "adjustment_posted",
        "{adjustment}",
        "金额 6.00，已入账 5.00",
    ),
    (
        "UPDATE receipt_tender SET amount = amount - 1 WHERE id = {tender_one}",
        "receipt_total",
        "收据 SJ2025000001",
        "结算明细合计 749.99",
    ),
    (
        "UPDATE receipt SET prepaid = prepaid + 1, total = total + 1, tendered = tendered + 1 WHERE id = {one}",
        "receipt_prepaid",
        "收据 SJ2025000001",
        "记为 150.01，明细合计 150.00",
    ),
    (
        "UPDATE receipt SET deposited = 0, total = total - 50000, tendered = tendered - 50000 WHERE id = {one}",
        "receipt_deposited",
        "收据 SJ2025000001",
        "记为 0.00，明细合计 500.00",
    ),
    ("UPDATE receipt SET state = 'valid' WHERE id = {two}", "receipt_standing", "收据 SJ2025000002", "有效"),
    (
        "UPDATE receipt SET state = 'valid' WHERE id = {three}",
        "receipt_taken_back",
        "收据 SJ2025000003",
        "-20.00",
    ),
    (
        "UPDATE receipt SET state = 'reversed' WHERE id = {two}",
        "receipt_standing",
        "收据 SJ2025000002",
        "已冲红",
    ),
    (
        "UPDATE receipt_void SET total = 1 WHERE id = {reversal}",
        "receipt_standing",
        "收据 SJ2025000003",
        "已冲红",
    ),
    ("DELETE FROM receipt_void WHERE id = {void}", "receipt_standing", "收据 SJ2025000002", "作废"),
    (
        "DELETE FROM allocation WHERE id = {allocation_void_void}",
        "receipt_open_again",
        "收据 SJ2025000002",
        "还剩核销 50.00",
    ),
    (
        "UPDATE receipt SET state = 'void' WHERE id = {one}",
        "receipt_prepaid_left",
        "收据 SJ2025000001",
        "150.00",
    ),
    (
        "UPDATE receipt SET state = 'void' WHERE id = {one}",
        "receipt_deposited_left",
        "收据 SJ2025000001",
        "500.00",
    ),
    (
        "UPDATE prepayment_entry SET kind = 'taken_back', receipt_id = {one} WHERE id = {prepayment_refunded}",
        "receipt_prepaid_back",
        "收据 SJ2025000001",
        "-60.00",
    ),
    (
        "UPDATE deposit_entry SET kind = 'taken_back', receipt_id = {one} WHERE id = {deposit_returned}",
        "receipt_deposited_back",
        "收据 SJ2025000001",
        "-100.00",
    ),
    (
        "UPDATE prepayment SET balance = 0 WHERE id = {prepayment}",
        "prepayment_balance",
        "预收款（编号 {prepayment}）",
        "余额记为 0.00，明细合计 30.00",
    ),
    (
        "UPDATE deposit_entry SET amount = amount + 1 WHERE id = {deposit_in}",
        "deposit_balance",
        "押金（编号 {deposit}）",
        "余额记为 400.00，明细合计 400.01",
    ),
    (
        "UPDATE prepayment_entry SET room_id = NULL WHERE id = {prepayment_in}",
        "prepayment_copied",
        "预收款（编号 {prepayment}）",
        "明细 {prepayment_in}",
    ),
    (
        "UPDATE deposit_entry SET item = '别的' WHERE id = {deposit_in}",
        "deposit_copied",
        "押金（编号 {deposit}）",
        "明细 {deposit_in}",
    ),
    (
        "UPDATE prepayment_entry SET amount = amount - 1 WHERE id = {prepayment_applied}",
        "prepayment_applied",
        "预收款（编号 {prepayment}）",
        "明细合计 60.01，应收上的预收抵扣合计 60.00",
    ),
    (
        "UPDATE refund SET amount = 1 WHERE id = {refund_prepaid}",
        "refund_posted",
        "TK2025000001",
        "金额 0.01",
    ),
    (
        "UPDATE refund SET state = 'pending' WHERE id = {refund_deposit}",
        "refund_posted",
        "TK2025000002",
        "退出 100.00",
    ),
    (
        "UPDATE cash_handover SET cash = cash + 1, total = total + 1 WHERE id = {handover}",
        "handover_sums",
        "交款单 JK2025000001",
        "合计 590.01，所交票据合计 590.00",
    ),
    (
        "UPDATE cash_handover SET cash = 0, card = total WHERE id = {handover}",
        "handover_sums",
        "交款单 JK2025000001",
        "合计 590.00",
    ),
    (
        "UPDATE cash_handover SET counted = cash - 200, over_short = -100 WHERE id = {handover}",
        "handover_counted",
        "交款单 JK2025000001",
        "长短款记为 -1.00，实点现金与账面现金相差 -2.00",
    ),
    (
        "UPDATE cash_handover SET counted = cash - 200, over_short = -200, over_short_reason = NULL WHERE id = {handover}",
        "handover_counted",
        "交款单 JK2025000001",
        "或没有写明原因",
    ),
    (
        "UPDATE cash_handover SET voids = 0 WHERE id = {handover}",
        "handover_counts",
        "交款单 JK2025000001",
        "作废 0",
    ),
    (
        "UPDATE receipt SET handover_id = NULL WHERE id = {two}",
        "handover_counts",
        "交款单 JK2025000001",
        "是 2 张",
    ),
    (
        "UPDATE receipt SET cashier_id = NULL WHERE id = {one}",
        "handover_others",
        "交款单 JK2025000001",
        "SJ2025000001",
    ),
    (
        "UPDATE cash_handover SET last_day = '2025-01-11' WHERE id = {handover}",
        "handover_others",
        "交款单 JK2025000001",
        "TK2025000001",
    ),
    ("UPDATE receipt SET serial = 9 WHERE id = {two}", "number_missing", "收据", "2025 年第 2 号缺失"),
    ("UPDATE counter SET value = 4 WHERE kind = 'receipt'", "number_missing", "收据", "第 4 号缺失"),
    (
        "UPDATE counter SET value = 2 WHERE kind = 'receipt'",
        "number_counter",
        "收据",
        "编到第 2 号，现有 3 张",
    ),
    (
        "UPDATE counter SET value = 3 WHERE kind = 'refund'",
        "number_counter",
        "退款单",
        "编到第 3 号，现有 2 张",
    ),
    ("DELETE FROM receipt_void WHERE id = {reversal}", "number_counter", "冲红单", "编到第 1 号，现有 0 张"),
    (
        "UPDATE waiver SET receipt_id = {two} WHERE id = {waiver}",
        "waiver_posted",
        "{waiver}",
        "金额 10.00，已入账 10.00",
    ),
    ("DELETE FROM counter WHERE kind = 'receipt'", "number_counter", "收据", "编到第 0 号，现有 3 张"),
    (
        "UPDATE allocation SET day = '2025-02-01' WHERE id = {allocation_paid_payment}",
        "month_of_day",
        "账期 2025-01",
        "核销（编号 {allocation_paid_payment}）日期是 2025-02-01",
    ),
    (
        "UPDATE receipt SET posting_period = '2025-02' WHERE id = {one}",
        "month_of_day",
        "账期 2025-02",
        "收据",
    ),
    (
        "UPDATE receipt SET posting_period = '2025-02' WHERE id = {one}",
        "month_unknown",
        "账期 2025-02",
        "有 收据 入账",
    ),
    (
        "UPDATE receipt SET posting_period = '2025-02' WHERE id = {one}",
        "month_cash",
        "账期 2025-01",
        "现收核销合计 100.00",
    ),
    ("DELETE FROM accounting_period", "month_unknown", "账期 2025-01", "应收"),
    (
        "UPDATE prepayment_entry SET posting_period = '2025-02' WHERE id = {prepayment_applied}",
        "month_applied",
        "账期 2025-01",
        "预收明细抵扣 0.00，应收上的预收抵扣 60.00",
    ),
]


def test_what_is_broken_is_found(session: Session, books: Books, broken: Any) -> None:
    missed = []
    for statement, code, paper, message in BROKEN:
        broken(statement.format_map(books.ids))
        told = [(its, said) for name, its, said in found(session) if name == code]
        wanted = (paper.format_map(books.ids), message.format_map(books.ids))
        if not any(wanted[0] in its and wanted[1] in said for its, said in told):
            missed.append((statement, wanted, told))
        session.rollback()
    assert missed == []


def test_every_law_is_broken_above() -> None:
    laws = {one.code for one in CHECKS}
    assert laws - {code for _statement, code, _paper, _message in BROKEN} == set()


def test_months_are_closed_in_order(session: Session, books: Books, broken: Any) -> None:
    broken(
        "INSERT INTO accounting_period (community_id, period, state, version) "
        "SELECT community_id, '2025-02', 'closed', 1 FROM accounting_period"
    )
    assert "month_order" in [one[0] for one in found(session)]


def test_a_number_twice(session: Session, books: Books, broken: Any) -> None:
    """Where the database came back without its unique constraints."""
    broken("CREATE TABLE copied AS SELECT * FROM receipt_void")
    broken("DROP TABLE receipt_void")
    broken("ALTER TABLE copied RENAME TO receipt_void")
    broken("UPDATE receipt_void SET number = 'CH2025000001'")
    assert ("number_twice", "CH2025000001", "单号出现 2 次。") in found(session)


def test_one_community_alone(session: Session, books: Books, broken: Any, cast: Any) -> None:
    broken("UPDATE charge SET due = 7 WHERE id = {charge_paid}".format_map(books.ids))
    assert check_books(session=session, communities=[cast.neighbour.community_id]) == []
    told = check_books(session=session, communities=[cast.ours.community_id])
    assert "charge_due" in [one.code for one in told]
    assert {one.community for one in told} == {"锦绣园"}


def test_no_more_than_a_thousand_of_one_law(
    session: Session, books: Books, broken: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("app.closing.audit.runner.MOST", 2)
    broken("UPDATE charge SET paid = paid + 1, due = due - 1")
    told = [one.message for one in check_books(session=session) if one.code == "charge_copies"]
    assert len(told) == 3
    assert "只列出前 2 处" in told[-1]


class TestCommand:
    def test_sound(self, app: Flask, session: Session, books: Books) -> None:
        result = app.test_cli_runner().invoke(args=["check-books"])
        assert (result.exit_code, result.output) == (0, "账目核对无误。\n")

    def test_broken(self, app: Flask, session: Session, books: Books) -> None:
        with unit_of_work() as unit:
            unit.execute(text("UPDATE cash_handover SET voids = 0"))
        result = app.test_cli_runner().invoke(args=["check-books"])
        assert result.exit_code == 1
        assert "锦绣园 交款单 JK2025000001：" in result.output
        assert "发现 1 处不符。" in result.output
        result = app.test_cli_runner().invoke(args=["check-books", "--json", "--community", "锦绣园"])
        assert result.exit_code == 1
        assert [one["code"] for one in json.loads(result.output)] == ["handover_counts"]
        result = app.test_cli_runner().invoke(args=["check-books", "--json", "--community", "邻里苑"])
        assert (result.exit_code, json.loads(result.output)) == (0, [])

    def test_a_community_that_is_not_there(self, app: Flask, session: Session, cast: Any) -> None:
        for bad in ("没有的园", "99999", "1e3", ""):
            result = app.test_cli_runner().invoke(args=["check-books", "--community", bad])
            assert result.exit_code == 1
            assert "没有小区" in result.output
