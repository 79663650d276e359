"""收缴率 of each month on the home page: what the month's summary says, and within the person's reach."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.collection.operations import PaymentRequest, pay
from app.collection.states import Tender
from app.kernel.periods import Period
from app.lowcode.clock import clock_at
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work, unit_of_work
from app.reports.queries.rates import month_rates
from tests.integration.collection.ledger import add_charge, add_customer, add_fee

JANUARY, FEBRUARY, MARCH = (Period(2025, month) for month in (1, 2, 3))


@pytest.fixture
def paid(session: Any, cast: Any) -> None:
    """100 of January, of which 40 in January and 60 in February; 50 of February, none paid."""
    with unit_of_work() as unit:
        fee = add_fee(unit)
        who = add_customer(unit, cast.ours.community_id)
        room = cast.ours.room_ids[0]
        first = add_charge(unit, customer_id=who, fee_id=fee, amount="100.00", period="2025-01", room_id=room)
        add_charge(unit, customer_id=who, fee_id=fee, amount="50.00", period="2025-02", room_id=room)
    for amount, day in (("40.00", date(2025, 1, 9)), ("60.00", date(2025, 2, 9))):
        in_unit_of_work(
            lambda amount=amount, day=day: (
                pay(
                    session=db.session(),
                    request=PaymentRequest(
                        customer_id=who,
                        charge_ids=[first],
                        amount=Decimal(amount),
                        tenders=[(Tender.CASH, None)],
                        day=day,
                    ),
                )[0].id
            )
        )


@pytest.mark.all_databases
def test_the_rate_of_each_month(session: Any, paid: None) -> None:
    found = month_rates(session=session, periods=[JANUARY, FEBRUARY, MARCH])
    assert [(str(one.period), str(one.asked), str(one.collected), one.rate) for one in found] == [
        ("2025-01", "100.00", "40.00", Decimal("40.00")),
        ("2025-02", "50.00", "0.00", Decimal("0.00")),
        ("2025-03", "0.00", "0.00", None),
    ]


def test_the_card_leads_to_the_months(
    session: Any, paid: None, client_of: Callable[[str], FlaskClient]
) -> None:
    with clock_at(datetime(2025, 3, 10, 4, tzinfo=UTC)):
        card = client_of("物业经理").get("/reports/cards/months/rates").get_data(as_text=True)
    assert '<a href="/reports/summary/?period=2025-01">2025-01</a>' in card
    assert '<td class="num" data-value="40.00">40.00</td>' in card
    assert "2025-03" not in card


def test_who_may_not_read_the_summary_gets_no_card(
    session: Any, paid: None, client_of: Callable[[str], FlaskClient]
) -> None:
    cashier = client_of("收费员")
    assert cashier.get("/reports/cards/months/rates").status_code == 403
    assert "各月收缴率" not in cashier.get("/").get_data(as_text=True)


def test_a_month_without_charges_draws_nothing(
    session: Any, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    assert "还没有数据" in client_of("财务").get("/reports/cards/months/rates").get_data(as_text=True)
