"""Every page of every document asks fewer than ten things of the database, however many rows it shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import PermissionView, Role, User
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import modules
from app.billing.models import Meter, ReadingExemption, Vacancy
from app.billing.operations import NewReading, record_readings, request_vacancy, save_meter
from app.billing.operations.exemptions import request_exemption
from app.billing.states import MeterKind
from app.closing.models import PeriodReopen, PeriodReport
from app.collection.models import Reminder
from app.estate.models import (
    Company,
    Customer,
    Department,
    Employee,
    HouseholdMember,
    ParkingSpace,
    Pet,
    Room,
    Vehicle,
)
from app.estate.reach import grant_everything
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.document import documents, spec_of
from app.lowcode.logins import LoginRecord
from app.lowcode.manifest import Entry, Page
from app.lowcode.unit import unit_of_work
from app.service.operations import add_complaint
from tests.integration.collection.office_data import furnish_balances
from tests.integration.demo.demos import small_demo
from tests.integration.service.office_data import furnish_repairs
from tests.people import PASSWORD
from tests.queries import counting

DOCUMENTS = sorted(
    one.document.__name__ if isinstance(one, Entry) else one.__name__
    for manifest in modules.load()
    for one in manifest.entries
    if not isinstance(one, Page)
)
READONLY = {name for name in DOCUMENTS if documents[name].__about__.readonly}
# A page with an N+1 in it asks more than ten things from here on. There is no dozen of these in a small office.
ENOUGH = 12
FEW = {
    "AccountingPeriod",
    "BillingRun",
    "Building",
    "Community",
    "Company",
    "FeeItem",
    "FeeStandard",
    "FeeStandardVersion",
    "LoginRecord",
    "NumberRule",
    "ParkingLot",
    "PeriodReopen",
    "PeriodReport",
    "ReceiptVoid",
}


@dataclass
class Office:
    """A demo office, somebody who may do everything in it, and a row of each document."""

    app: Flask
    client: FlaskClient
    rows: dict[str, int]
    counts: dict[str, int]


@pytest.fixture(scope="module")
def office(offices: Any) -> Office:
    app: Flask = offices.on("sqlite").app
    with app.app_context():
        small_demo(rooms=120, months=2)
        with acting_as(SYSTEM), unit_of_work() as session:
            _furnish(session)
            _let_everything(app, session)
        with acting_as(SYSTEM):
            rows = {name: db.session.scalar(select(func.max(documents[name].id))) for name in DOCUMENTS}
            counts = {name: db.session.scalar(select(func.count(documents[name].id))) for name in DOCUMENTS}
        db.session.remove()
    client = app.test_client()
    assert client.post("/login/", data={"username": "alles", "password": PASSWORD}).status_code == 302
    return Office(app, client, rows, counts)


def _furnish(session: Session) -> None:
    """What the demo has none of."""
    people = session.scalars(select(Customer).limit(ENOUGH)).all()
    spaces = session.scalars(select(ParkingSpace).limit(ENOUGH)).all()
    for place, person in enumerate(people):
        mine: dict[str, Any] = {"community_id": person.community_id, "customer_id": person.id}
        session.add(HouseholdMember(name=f"家人{place}", **mine))
        session.add(Pet(breed=f"小狗{place}", **mine))
        session.add(Vehicle(plate=f"沪A{place:05}", **mine))
        session.add(Reminder(**mine))
    assert len(people) == len(spaces) == ENOUGH
    company = session.scalars(select(Company.id)).first()
    departments = [Department(company_id=company, name=f"部门{place}") for place in range(ENOUGH)]
    session.add_all(departments)
    session.flush()
    staff = [
        Employee(company_id=company, number=f"G{place}", name=f"员工{place}", department_id=one.id)
        for place, one in enumerate(departments)
    ]
    session.add_all(staff)
    session.flush()
    furnish_repairs(session=session, people=people, staff=staff)
    furnish_balances(session=session, people=people)
    session.add(LoginRecord(username="alles", address="127.0.0.1", succeeded=True))
    for place in range(ENOUGH):
        add_complaint(
            session=session,
            community_id=people[0].community_id,
            complainer=f"客人{place}",
            content="夜里施工。",
        )
    _let_rooms_stand_empty(session)
    month = {"community_id": people[0].community_id, "period": Period(2025, 1), "version": 1}
    session.add(PeriodReopen(**month, reason="漏收", requested_by="甲"))
    kept = {"report": "MonthSummary", "lines": 0, "digest": "", "totals": "{}"}
    session.add(PeriodReport(**month, **kept, closed_at=clock.now(), closed_by="甲"))


def _let_rooms_stand_empty(session: Session) -> None:
    """With meters that were read."""
    for place, room in enumerate(session.scalars(select(Room).limit(ENOUGH)).all()):
        meter = save_meter(
            session=session,
            row=Meter(),
            community_id=room.community_id,
            room_id=room.id,
            number=f"水{place}",
            kind=MeterKind.WATER,
            initial=Decimal(0),
            multiplier=Decimal(1),
            loss=Decimal(0),
            digits=5,
            active=True,
        )
        reading = NewReading(meter_id=meter.id, day=date(2030, 1, 31), value=Decimal(9))
        record_readings(session=session, community_id=room.community_id, wanted=[reading])
        request_exemption(
            session=session,
            row=ReadingExemption(),
            community_id=room.community_id,
            meter_id=meter.id,
            period=Period(2030, 2),
            reason="表坏了",
        )
        request_vacancy(
            session=session,
            row=Vacancy(),
            community_id=room.community_id,
            room_id=room.id,
            starts=date(2030, 1, 1),
            ends=date(2030, 12, 31),
            factor=Decimal("0.7"),
            reason="空置",
        )


def _let_everything(app: Flask, session: Session) -> None:
    role = Role(name="什么都行", permissions=list(session.scalars(select(PermissionView))))
    user = User(
        first_name="",
        last_name="全能",
        username="alles",
        email="alles@office.invalid",
        active=True,
        roles=[role],
        password=generate_password_hash(PASSWORD, method="pbkdf2:sha256:1"),
    )
    session.add_all([role, user])
    session.flush()
    grant_everything(session=session, user_id=user.id)


def ask(office: Office, url: str, most: int = 9) -> str:
    """The page, which is there and asked for fewer than ten things."""
    with counting(office.app) as queries:
        answer = office.client.get(url)
    page: str = answer.get_data(as_text=True)
    assert answer.status_code == 200, (url, page)
    assert len(queries) <= most, (url, len(queries), [q[:900] for q in queries])
    return page


@pytest.mark.parametrize("name", DOCUMENTS)
def test_there_are_rows_to_show(office: Office, name: str) -> None:
    assert office.counts[name] >= (1 if name in FEW else ENOUGH)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("path", ["list/?size=100", "list/?size=100&embedded=1", "list/?q=1", "print"])
def test_a_list(office: Office, name: str, path: str) -> None:
    page = ask(office, f"{spec_of(documents[name]).url}/{path}")
    if "size" in path:
        assert page.count("<tr data-key=") >= min(office.counts[name], 100)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("path", ["show", "history"])
def test_a_row(office: Office, name: str, path: str) -> None:
    ask(office, f"{spec_of(documents[name]).url}/{path}/{office.rows[name]}")


@pytest.mark.parametrize("name", sorted(set(DOCUMENTS) - READONLY))
def test_a_form(office: Office, name: str) -> None:
    url = spec_of(documents[name]).url
    ask(office, f"{url}/add")
    if f"{url}/edit/<int:pk>" in {rule.rule for rule in office.app.url_map.iter_rules()}:
        ask(office, f"{url}/edit/{office.rows[name]}")


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/desk/",
        "/billing/start/",
        "/billing/assign/",
        "/user/list/",
        "/user/add",
        "/role/list/",
        "/role/edit/1",
        "/jobs/mine.json",
        "/password",
        "/closing/",
        "/menu/",
    ],
)
def test_a_page_of_its_own(office: Office, url: str) -> None:
    ask(office, url)


@pytest.mark.parametrize(
    ("url", "most"),
    [
        # Each way to be found is asked by its own index: rooms, people, plates, numbers, documents.
        ("/desk/find?q=1", 16),
        ("/search?q=1", 28),
        ("/reports/summary/", 25),
        # User, roles, reach, account, employee and dictionary; the employee again for the form's version.
        ("/user/edit/1", 19),
    ],
)
def test_what_asks_many_tables_asks_each_of_them_once(office: Office, url: str, most: int) -> None:
    ask(office, url, most)
