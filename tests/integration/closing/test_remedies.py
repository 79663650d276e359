"""Whatever stops a month's close names a button, and the button pressed clears it."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import BillingRun, FeeAssignment, FeeItem, FeeStandard, Meter, ReadingExemption
from app.billing.operations import NewReading
from app.billing.states import MeterKind
from app.closing.operations import ChecklistItem, findings
from app.closing.operations.checklist import Remedy
from app.collection.models import CashHandover
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.clock import clock_at, midnight
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work
from tests.integration.closing.months import FEBRUARY, JANUARY, D, Months

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def months(session: Session, cast: Any) -> Months:
    return Months(cast.ours)


class Desk:
    """Who presses the buttons: the cast's clients by name, and the jobs that run."""

    def __init__(
        self, months: Months, client_of: Callable[[str], FlaskClient], run_jobs: Callable[[], int]
    ) -> None:
        self.months, self.client_of, self.run_jobs = months, client_of, run_jobs

    def item(self, code: str, period: Period) -> ChecklistItem | None:
        """The item of a code, if it still stands."""
        db.session().rollback()
        every = findings(session=db.session(), community_id=self.months.community_id, period=period)
        return next((one for one in every if one.code == code), None)

    def page(self, who: str, remedy: Remedy) -> str:
        """The page of a remedy, which its button on the month's page leads to."""
        shown = self.client_of(who).get(f"/closing/findings/{self.months.community_id}/{_month(remedy)}")
        if shown.status_code == 200 and _month(remedy):
            assert remedy.label in shown.get_data(as_text=True)
        answer = self.client_of(who).get(remedy.url)
        assert answer.status_code == 200, remedy.url
        return answer.get_data(as_text=True)

    def post(self, who: str, url: str, **sent: Any) -> None:
        """Press a button that writes; it leads on."""
        answer = self.client_of(who).post(url, **sent)
        assert answer.status_code in (200, 302), (url, answer.status_code)
        db.session().rollback()


def _month(remedy: Remedy) -> str:
    found = re.search(r"period=([0-9-]{7})", remedy.url)
    return found[1] if found else ""


def read(months: Months, meter_id: int, day: str, value: str) -> None:
    """Keep one reading."""
    wanted = [NewReading(meter_id=meter_id, day=date.fromisoformat(day), value=Decimal(value))]
    in_unit_of_work(
        lambda: billing.record_readings(session=db.session(), community_id=months.community_id, wanted=wanted)
    )


def metered(months: Months) -> int:
    """January billed but for a meter that was read in February only, with a fee from January; its id."""
    session = db.session()

    def build() -> int:
        meter = billing.save_meter(
            session=session,
            row=Meter(),
            community_id=months.community_id,
            number="水-1",
            kind=MeterKind.WATER,
            room_id=months.room_ids[0],
            initial=D(100),
            multiplier=D(1),
            loss=D(0),
            digits=5,
            active=True,
        )
        item = FeeItem(name="水费")
        session.add(item)
        session.flush()
        standard = billing.save_standard(
            session=session,
            row=FeeStandard(),
            name="水费",
            fee_item_id=item.id,
            community_id=months.community_id,
            method=Method.METERED,
            active=True,
            price=D("4.00"),
            price_starts=date(2025, 1, 1),
            due_days=0,
        )
        billing.assign(
            session=session, standard_id=standard.id, starts=date(2025, 1, 1), meter_ids=[meter.id]
        )
        return meter.id

    months.bill(JANUARY)
    meter_id = in_unit_of_work(build)
    read(months, meter_id, "2025-02-28", "130")
    return meter_id


def reads_late(desk: Desk, remedy: Remedy) -> None:
    page = desk.page("物业经理", remedy)
    meter_id, day = re.search(r'tr data-meter="(\d+)"', page), re.search(r'data-day="([0-9-]+)"', page)
    assert meter_id is not None and day is not None
    body = {
        "community_id": desk.months.community_id,
        "day": day[1],
        "rows": [{"meter": int(meter_id[1]), "value": "112", "rollover": False}],
    }
    desk.post("物业经理", "/billing/readings/save", json=body)
    # What was read late is charged next.
    desk.months.bill(JANUARY)


def says_not_read(desk: Desk, remedy: Remedy) -> None:
    page = desk.page("财务", remedy)
    meters = re.findall(r'name="meters"[^>]*value="(\d+)"', page)
    sent = {
        "community_id": desk.months.community_id,
        "period": "2025-01",
        "meters": meters,
        "reason": "门锁着",
    }
    desk.post("财务", "/billing/exempt/", data=sent)
    assert desk.item("missing_readings", JANUARY) is not None
    assert desk.item("pending_reading_exemption", JANUARY) is not None
    (key,) = db.session().scalars(select(ReadingExemption.id)).all()
    refusal = desk.client_of("财务").post(f"/reading_exemption/do/approve/{key}", follow_redirects=True)
    assert "不能审批自己的申请" in refusal.get_data(as_text=True)
    desk.post("物业经理", f"/reading_exemption/do/approve/{key}", data={"decision": "同意"})


def takes_back(desk: Desk, remedy: Remedy) -> None:
    page = desk.page("物业经理", remedy)
    listed = re.search(r'href="(/fee_assignment/list/[^"]+)"', page)
    assert listed is not None
    assert desk.client_of("物业经理").get(listed[1].replace("&amp;", "&")).status_code == 200
    meter_fee = select(FeeAssignment.id).where(FeeAssignment.meter_id.is_not(None))
    (key,) = db.session().scalars(meter_fee).all()
    assert "撤销分配" in desk.client_of("物业经理").get(f"/fee_assignment/show/{key}").get_data(as_text=True)
    desk.post("物业经理", f"/fee_assignment/do/take_back/{key}")


def bills(desk: Desk, remedy: Remedy) -> None:
    desk.page("物业经理", remedy)
    sent = {"community_id": desk.months.community_id, "period": "2025-01"}
    desk.post("物业经理", "/billing/start/", data=sent)
    desk.run_jobs()
    db.session().rollback()
    (key,) = db.session().scalars(select(BillingRun.id)).all()
    desk.post("物业经理", f"/billing_run/do/post/{key}")
    desk.run_jobs()


def cancels(desk: Desk, remedy: Remedy) -> None:
    desk.page("物业经理", remedy)
    (key,) = db.session().scalars(select(BillingRun.id)).all()
    desk.post("物业经理", f"/billing_run/do/cancel/{key}")


def hands_over(desk: Desk, remedy: Remedy) -> None:
    page = desk.page("财务", remedy)
    cashier = re.search(r'name="cashier" value="(\d+)"', page)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert cashier is not None and seen is not None
    sent = {
        "community_id": desk.months.community_id,
        "cashier": cashier[1],
        "seen": seen[1],
        "counted": "70.00",
    }
    desk.post("财务", "/handover/", data=sent)
    assert db.session().scalars(select(CashHandover)).one()


def closes(desk: Desk, remedy: Remedy) -> None:
    desk.page("财务", remedy)
    desk.post("财务", f"/closing/close/{desk.months.community_id}/2025-01")
    desk.run_jobs()
    db.session().rollback()


def started(months: Months) -> None:
    """A run that is begun and not computed: its job waits for ever."""
    in_unit_of_work(
        lambda: billing.start_run(session=db.session(), community_id=months.community_id, period=JANUARY)
    )


def paid(months: Months) -> None:
    """Money at the desk that a command took: no login will hand it over by itself."""
    months.bill(JANUARY)
    months.pay(date(2025, 1, 20), "70.00")


def billed_twice(months: Months) -> None:
    """January and February charged, none of them closed."""
    months.bill(JANUARY)
    months.bill(FEBRUARY)


BLOCKS: dict[str, tuple[Callable[[Months], Any], Period, dict[str, Callable[[Desk, Remedy], None]]]] = {
    "missing_readings": (
        metered,
        JANUARY,
        {"补抄": reads_late, "登记未抄": says_not_read, "撤销分配": takes_back},
    ),
    "unposted": (lambda months: None, JANUARY, {"出账": bills}),
    "runs_unfinished": (started, JANUARY, {"入账或作废": cancels}),
    "unhanded": (paid, JANUARY, {"代交款": hands_over}),
    "previous_period_open": (billed_twice, FEBRUARY, {"去结上一账期": closes}),
}
CORRUPT = {"equation_"}
"""Books that do not add up are no work that somebody has left undone: the report is shown, the books are restored."""

WAYS = [(code, label) for code, (_build, _period, ways) in BLOCKS.items() for label in ways]


def test_every_code_that_stops_the_close_is_pressed_here() -> None:
    """M1: a new check cannot come without a way out of it."""
    sources = [ROOT / "app/closing/operations" / name for name in ("checklist.py", "close.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    items = re.findall(r"ChecklistItem\((.*?)\n    +\)", text, re.DOTALL)
    stopping = {
        code[1] for one in items if "stops=False" not in one and (code := re.search(r'code=f?"(\w+)', one))
    }
    assert stopping == set(BLOCKS) | CORRUPT
    with pytest.raises(TypeError, match="remedy"):
        ChecklistItem(code="x", message="", count=1)


@pytest.mark.parametrize(("code", "label"), WAYS, ids=lambda value: value)
def test_the_button_that_the_checklist_names_clears_what_stops(
    months: Months,
    client_of: Callable[[str], FlaskClient],
    run_jobs: Callable[[], int],
    code: str,
    label: str,
) -> None:
    """M1: for each thing that blocks a close there is a button that resolves it, and pressed it does."""
    build, period, ways = BLOCKS[code]
    desk = Desk(months, client_of, run_jobs)
    with clock_at(midnight(date(2025, 3, 3))):
        build(months)
        item = desk.item(code, period)
        assert item is not None and item.stops
        remedy = next(one for one in item.remedies if one.label == label)
        ways[label](desk, remedy)
        assert desk.item(code, period) is None


def test_a_month_unread_between_two_that_are_read_closes(
    months: Months, client_of: Callable[[str], FlaskClient], run_jobs: Callable[[], int]
) -> None:
    """M1: a meter read in February and not in January, with a fee from January: said to be unread, both months close."""
    desk = Desk(months, client_of, run_jobs)
    with clock_at(midnight(date(2025, 3, 3))):
        metered(months)
        item = desk.item("missing_readings", JANUARY)
        assert item is not None
        says_not_read(desk, item.remedies[1])
        months.close(JANUARY)
        months.bill(FEBRUARY)
        months.close(FEBRUARY)
