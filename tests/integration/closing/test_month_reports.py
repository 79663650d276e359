"""欠费明细, 账龄, 预收/押金余额 and 收款明细表 of the quarter, worked out by hand, on every database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.states import FeeKind
from app.closing.audit import check_books
from app.closing.reports.ageing import AGEING
from app.closing.reports.arrears import ARREARS
from app.closing.reports.balances import BALANCES
from app.closing.reports.month_summary import month_summary
from app.closing.reports.receipt_lines import TAKINGS
from app.collection.models import Reminder
from app.collection.operations import PaymentRequest, pay
from app.collection.states import Tender
from app.kernel.enums import LabelledEnum
from app.kernel.periods import Period
from app.lowcode.reports.declaration import By, Report, ReportQuery
from app.lowcode.reports.reader import Reading, read
from app.lowcode.unit import unit_of_work
from tests.integration.closing.quarter import Quarter
from tests.integration.collection.ledger import add_charge, add_fee

D = Decimal
pytestmark = pytest.mark.all_databases


def reading(session: Session, report: Report, first: str, last: str, **more: Any) -> Reading:
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    session.rollback()
    return read(
        session=session,
        report=report,
        scope=ReportQuery(by=report.by, narrowed=False, **days, **more),
        limit=50,
    )


def told(found: Reading, *names: str) -> list[tuple[str, ...]]:
    """Lines as texts, and whether everything holds."""
    assert [one for one in found.equations if not one.holds] == []

    def cell_text(value: Any) -> str:
        return value.label if isinstance(value, LabelledEnum) else "" if value is None else str(value)

    return [tuple(cell_text(line.values[name]) for name in names) for line in found.lines]


def totals(found: Reading, *names: str) -> tuple[str, ...]:
    return tuple(str(found.total.values[name]) for name in names)


@pytest.fixture
def ours(quarter: Quarter) -> dict[str, Any]:
    return {"only": frozenset([quarter.community_id])}


def test_late_fees_and_reminders_stand_beside_what_is_owed(
    session: Session, quarter: Quarter, ours: Any
) -> None:
    """违约金 is a fee of its kind, what of it is collected stands in the summary; the latest reminder is by customer."""
    with unit_of_work() as unit:
        fee = add_fee(unit, "违约金")
        unit.get_one(FeeItem, fee).kind = FeeKind.LATE_FEE
        late = add_charge(
            unit,
            customer_id=quarter.zhao,
            fee_id=fee,
            amount="3.00",
            period="2025-02",
            room_id=quarter.rooms[1],
        )
        pay(
            session=unit,
            request=PaymentRequest(
                customer_id=quarter.zhao,
                charge_ids=[late],
                amount=D("1.20"),
                day=date(2025, 2, 20),
                tenders=[(Tender.CASH, None)],
            ),
        )
        for day in (date(2025, 1, 20), date(2025, 2, 10), date(2025, 3, 1)):
            unit.add(Reminder(community_id=quarter.community_id, customer_id=quarter.zhao, day=day))
    found = reading(session, ARREARS, "2025-02-28", "2025-02-28", **ours)
    assert told(found, "customer", "fee", "due", "late_fee", "reminded") == [
        ("王一", "物业费", "42.00", "0.00", ""),
        ("王一", "物业费", "100.00", "0.00", ""),
        ("赵二", "物业费", "45.00", "0.00", "2025-02-10"),
        ("赵二", "违约金", "1.80", "1.80", "2025-02-10"),
    ]
    assert totals(found, "due", "late_fee") == ("188.80", "1.80")
    assert found.holds
    summary = month_summary(session=session, period=Period(2025, 2), only=[quarter.community_id])
    lines = {line.values["fee"]: line.values for line in summary.lines if line.level == "line"}
    assert [str(lines[name]["late_fee"]) for name in ("物业费", "违约金")] == ["0.00", "1.20"]
    assert str(summary.total.values["late_fee"]) == "1.20"


def test_arrears(session: Session, quarter: Quarter, ours: Any) -> None:
    names = (
        "community",
        "place",
        "customer",
        "fee",
        "period",
        "charged",
        "paid",
        "waived",
        "due",
        "due_date",
        "overdue",
    )
    money = ("charged", "paid", "waived", "due")
    # From documents: what came later has moved all three charges since.
    january = reading(session, ARREARS, "2025-01-31", "2025-01-31", **ours)
    assert told(january, *names) == [
        (
            "锦绣园",
            "1-1-101",
            "王一",
            "物业费",
            "2025-01",
            "100.00",
            "60.00",
            "0.00",
            "40.00",
            "2025-01-31",
            "0",
        ),
        (
            "锦绣园",
            "1-1-201",
            "赵二",
            "物业费",
            "2025-01",
            "80.00",
            "30.00",
            "0.00",
            "50.00",
            "2025-01-31",
            "0",
        ),
    ]
    assert totals(january, *money) == ("180.00", "90.00", "0.00", "90.00")
    for day, due in (("2025-01-09", "180.00"), ("2025-01-14", "90.00"), ("2025-01-15", "90.00")):
        within = reading(session, ARREARS, day, day, **ours)
        told(within)
        assert totals(within, "due") == (due,), day
    # From the checked copies: nothing came after.
    now = reading(session, ARREARS, "2025-02-28", "2025-02-28", **ours)
    assert [one[:9] for one in told(now, *names)] == [
        ("锦绣园", "1-1-101", "王一", "物业费", "2025-01", "92.00", "50.00", "0.00", "42.00"),
        ("锦绣园", "1-1-101", "王一", "物业费", "2025-02", "100.00", "0.00", "0.00", "100.00"),
        ("锦绣园", "1-1-201", "赵二", "物业费", "2025-01", "80.00", "30.00", "5.00", "45.00"),
    ]
    assert totals(now, *money) == ("272.00", "80.00", "5.00", "187.00")
    # Everything in reach; the last day of anything and the day before it.
    on, before = (reading(session, ARREARS, day, day) for day in ("2025-02-05", "2025-02-04"))
    assert totals(on, *money) == ("1271.00", "80.00", "5.00", "1186.00")
    assert totals(before, *money) == ("1279.00", "80.00", "0.00", "1199.00")
    scope = replace(on.scope, first=date(2025, 2, 28), last=date(2025, 2, 28))
    pages = [
        str(line.values["due"])
        for offset in range(5)
        for line in read(session=session, report=ARREARS, scope=scope, limit=1, offset=offset).lines
    ]
    assert sorted(pages) == ["100.00", "42.00", "45.00", "999.00"]


def test_ageing(session: Session, quarter: Quarter, ours: Any) -> None:
    names = (
        "place",
        "customer",
        "not_due",
        "d1_30",
        "d31_90",
        "d91_180",
        "d181_365",
        "d365_up",
        "due",
        "oldest",
    )
    march = reading(session, AGEING, "2025-03-31", "2025-03-31", **ours)
    assert told(march, *names) == [
        ("1-1-101", "王一", "0.00", "0.00", "142.00", "0.00", "0.00", "0.00", "142.00", "2025-01-31"),
        ("1-1-201", "赵二", "0.00", "0.00", "45.00", "0.00", "0.00", "0.00", "45.00", "2025-01-31"),
    ]
    edges = {
        "2025-01-31": ("90.00", "0.00", "0.00", "0.00"),
        "2025-02-01": ("100.00", "90.00", "0.00", "0.00"),
        "2025-03-02": ("0.00", "187.00", "0.00", "0.00"),
        "2025-03-03": ("0.00", "100.00", "87.00", "0.00"),
        "2026-02-01": ("0.00", "0.00", "0.00", "87.00"),
    }
    for day, sums in edges.items():
        found = reading(session, AGEING, day, day, **ours)
        told(found)
        assert totals(found, "not_due", "d1_30", "d31_90", "d365_up") == sums, day
    # Due on the 31st of January 2025: warned of 180 days before the 31st of January 2028.
    for day, lapsing in (("2027-08-03", "0.00"), ("2027-08-04", "87.00"), ("2030-01-01", "187.00")):
        assert totals(reading(session, AGEING, day, day, **ours), "lapsing") == (lapsing,), day


def test_balances(session: Session, quarter: Quarter) -> None:
    names = ("place", "customer", "held", "item", "opening", "received", "used", "refunded", "closing")
    assert told(reading(session, BALANCES, "2025-01-01", "2025-01-31"), *names) == [
        ("1-1-101", "王一", "通用预收", "", "0.00", "50.00", "0.00", "0.00", "50.00"),
        ("1-1-201", "赵二", "押金", "装修押金", "0.00", "500.00", "0.00", "0.00", "500.00"),
    ]
    february = reading(session, BALANCES, "2025-02-01", "2025-02-28")
    assert told(february, *names) == [
        ("1-1-101", "王一", "通用预收", "", "50.00", "0.00", "50.00", "0.00", "0.00"),
        ("1-1-201", "赵二", "押金", "装修押金", "500.00", "0.00", "50.00", "100.00", "350.00"),
    ]
    assert february.equations[-1].label == "期末余额 = 账户上的余额"
    # What is empty and stays so is no line.
    march = reading(session, BALANCES, "2025-03-01", "2025-03-31")
    assert told(march, "held", "closing") == [("押金", "350.00")]
    assert march.total.count == 1


def test_takings(session: Session, quarter: Quarter) -> None:
    names = (
        "place",
        "customer",
        "day",
        "tenders",
        "fee",
        "starts",
        "ends",
        "charged",
        "amount",
        "left",
        "created_by",
    )
    january = reading(session, TAKINGS, "2025-01-01", "2025-01-31")
    of_january = ("2025-01-01", "2025-01-31")
    wang, zhao = ("1-1-101", "王一"), ("1-1-201", "赵二")
    assert told(january, *names) == [
        (*wang, "2025-01-10", "cash", "物业费", *of_january, "100.00", "60.00", "40.00", "李收费"),
        (*wang, "2025-01-12", "wechat", "预收款", "", "", "", "50.00", "", "李收费"),
        (*zhao, "2025-01-13", "cash", "物业费", *of_january, "80.00", "30.00", "50.00", "李收费"),
        (*zhao, "2025-01-13", "cash", "装修押金", "", "", "", "500.00", "", "李收费"),
        (*zhao, "2025-01-15", "cash", "物业费", *of_january, "80.00", "10.00", "40.00", "李收费"),
        (*zhao, "2025-01-15", "cash", "物业费", *of_january, "80.00", "-10.00", "50.00", "李收费"),
    ]
    assert totals(january, "amount") == ("640.00",)
    figures = {name: str(one) for name, one in january.total.figures.items()}
    assert figures == {"receipts": "650.00", "taken_back": "10.00"}
    # A reversal stands in its own month.
    february = reading(session, TAKINGS, "2025-02-01", "2025-02-28")
    assert told(february, "place", "day", "amount", "left") == [("1-1-101", "2025-02-03", "-60.00", "100.00")]


def test_the_books_hold(session: Session, quarter: Quarter) -> None:
    session.rollback()
    assert check_books(session=session) == []


def test_a_checked_copy_that_lies_is_told(session: Session, quarter: Quarter) -> None:
    session.rollback()
    session.execute(update(Charge).where(Charge.id == quarter.feb_a).values(paid=D("1.00"), due=D("99.00")))
    scope = ReportQuery(by=By.AS_OF, first=date(2025, 2, 28), last=date(2025, 2, 28), narrowed=False)
    found = read(session=session, report=ARREARS, scope=scope)
    assert [(one.holds, str(one.left), str(one.right)) for one in found.equations] == [
        (True, "1185.00", "1185.00"),
        (False, "1185.00", "1186.00"),
    ]
    session.rollback()
