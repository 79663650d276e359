"""空置房: approved vacancies of the month with what each waived; the parts add up to what the charges waived."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.billing.models import Charge, Vacancy
from app.billing.states import ApprovalState
from app.closing.reports.vacancies import VACANCIES
from app.kernel.periods import Period
from app.lowcode.reports.declaration import LINE, ReportQuery
from app.lowcode.reports.reader import read
from app.lowcode.unit import unit_of_work
from tests.integration.collection.ledger import add_charge, add_customer, add_fee

D = Decimal


def add_vacancy(
    session: Session, place: Any, room: int, first: str, last: str, factor: str, **more: Any
) -> None:
    # By SQL: a request does not begin as approved.
    session.execute(
        insert(Vacancy.__table__).values(
            community_id=place.community_id,
            room_id=place.room_ids[room],
            starts=date.fromisoformat(first),
            ends=date.fromisoformat(last),
            factor=D(factor),
            reason="空置",
            requested_by="李收费",
            row_version=1,
            **{"state": ApprovalState.APPROVED, **more},
        )
    )


def charge(
    session: Session, place: Any, who: int, fee: int, room: int, waived: str, *days: tuple[str, str, str]
) -> None:
    key = add_charge(
        session,
        customer_id=who,
        fee_id=fee,
        amount="100.00",
        waived=waived,
        period="2025-03",
        room_id=place.room_ids[room],
    )
    relieved = [{"first": first, "last": last, "factor": factor} for first, last, factor in days]
    session.execute(update(Charge).where(Charge.id == key).values(basis={"relieved": relieved}))


@pytest.mark.all_databases
def test_march_by_hand(session: Session, cast: Any) -> None:
    ours = cast.ours
    with unit_of_work() as unit:
        fee, heating = add_fee(unit, "物业费"), add_fee(unit, "采暖费")
        who = add_customer(unit, ours.community_id)
        add_vacancy(unit, ours, 0, "2025-01-10", "2025-03-10", "0.7")
        add_vacancy(unit, ours, 0, "2025-03-11", "2025-12-31", "0.5")
        add_vacancy(unit, ours, 1, "2025-03-01", "2025-03-31", "0.2", fee_item_id=heating)
        add_vacancy(unit, ours, 1, "2025-03-01", "2025-03-31", "0.7", state=ApprovalState.PENDING)
        add_vacancy(unit, ours, 1, "2025-04-01", "2025-04-30", "0.7")
        add_vacancy(unit, cast.neighbour, 0, "2025-03-01", "2025-03-31", "0.7")
        # 10 days × 0.3 and 21 days × 0.5 of one charge: 3 to 10.5
        charge(
            unit,
            ours,
            who,
            fee,
            0,
            "13.51",
            ("2025-03-01", "2025-03-10", "0.7"),
            ("2025-03-11", "2025-03-31", "0.5"),
        )
        charge(unit, ours, who, heating, 1, "80.00", ("2025-03-01", "2025-03-31", "0.2"))
        # Waived without a vacancy that would say why.
        charge(unit, ours, who, fee, 1, "1.00", ("2025-03-01", "2025-03-31", "0.9"))
    scope = ReportQuery.of_month(Period(2025, 3), only=[ours.community_id])
    found = read(session=session, report=VACANCIES, scope=scope)
    assert found.holds
    names = ("place", "area", "fee", "starts", "ends", "factor", "waived")
    told = [
        tuple("" if line.values[name] is None else str(line.values[name]) for name in names)
        for line in found.lines
        if line.level == LINE
    ]
    assert told == [
        ("1-1-101", "", "", "2025-01-10", "2025-03-10", "0.700000", "3.00"),
        ("1-1-101", "", "", "2025-03-11", "2025-12-31", "0.500000", "10.51"),
        ("1-1-201", "", "采暖费", "2025-03-01", "2025-03-31", "0.200000", "80.00"),
        ("1-1-201", "", "", "", "", "", "1.00"),
    ]
    assert str(found.total.values["waived"]) == "94.51"


@pytest.mark.all_databases
def test_a_month_without_any(session: Session, cast: Any) -> None:
    found = read(session=session, report=VACANCIES, scope=ReportQuery.of_month(Period(2025, 3)))
    assert (found.holds, found.total.count) == (True, 0)
