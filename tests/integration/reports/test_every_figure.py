"""Every number with a link, in every report, leads to rows whose total is that number, on books made at random.

`FIGURES_SEEDS=1,2,3` walks other books; a failure names its seed.
"""

import html
import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import Charge, Vacancy
from app.collection import operations as collection
from app.collection.models import Deposit, Prepayment, Receipt
from app.collection.states import ReceiptState, Tender
from app.estate.models import Room, ScopeGrant
from app.kernel.periods import Period
from app.lowcode.clock import clock_at, midnight
from app.lowcode.engine import KEY
from app.lowcode.reports.declaration import By, Report
from tests.stateful.desk import SINCE, Desk, settle_down

SEEDS = [int(one) for one in os.environ.get("FIGURES_SEEDS", "11").split(",")]
DEEDS = 45
LINK = re.compile(r'<td class="num"><a href="([^"]+)">([^<]+)</a>')
FOOT = re.compile(r"<tfoot>.*?</tfoot>", re.DOTALL)


class Books:
    """Three months of one community, whatever chance makes of them; January and perhaps February are closed."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.random, self.desk, self.today = Random(seed), settle_down(app), SINCE  # noqa: S311
        self.done: set[str] = set()
        self._vacate()
        for number in range(DEEDS):
            self.today = SINCE + timedelta(days=2 * number)
            month = Period.of(self.today)
            if month.first_day + timedelta(days=1) >= self.today:
                self.desk.bill(self.today, month)
                self._close(month)
            deed = self.random.choice(
                (
                    self._pay,
                    self._pay,
                    self._prepay,
                    self._deposit,
                    self._waive,
                    self._adjust,
                    self._take_back,
                    self._refund,
                    self._give_back,
                    self._undo,
                    self._apply,
                )
            )
            if not deed():
                self.done.add(deed.__name__)

    def _fen(self, most: int) -> Decimal:
        return Decimal(self.random.randint(1, most)).scaleb(-2)

    def _who(self) -> str:
        return self.random.choice(("甲", "乙"))

    def _pick(self, model: Any, *where: Any) -> int:
        with self.desk.at(self.today) as session:
            mine = select(model.id).where(model.community_id == self.desk.community_id, *where)
            ids = session.scalars(mine.order_by(model.id)).all()
        return self.random.choice(ids) if ids else 0

    def _vacate(self) -> None:
        room = self._pick(Room)

        def ask(session: Session) -> Vacancy:
            return billing.request_vacancy(
                session=session,
                row=Vacancy(),
                community_id=self.desk.community_id,
                room_id=room,
                starts=date(2025, 1, 11),
                ends=date(2025, 2, 20),
                factor=Decimal("0.7"),
                reason="空置",
            )

        self.desk.by_two(self.today, ask)

    def _close(self, month: Period) -> None:
        """The month before last, when nothing hinders it."""
        closing = month.plus(-2)
        if closing < Period.of(SINCE):
            return
        self.desk.do(
            self.today,
            lambda session: collection.hand_over(
                session=session, community_id=self.desk.community_id, day=self.today
            ),
        )
        if not self.desk.close(self.today, closing):
            self.done.add("_close")

    def _pay(self) -> str:
        return self.desk.pay(self.today, self._who(), self.random.choice((None, self._fen(20_000))))[1]

    def _prepay(self) -> str:
        fee = self.random.choice(("general", "物业费"))
        return self.desk.prepay(self.today, self._who(), fee, self._fen(30_000))[1]

    def _deposit(self) -> str:
        return self.desk.take_deposit(self.today, self._who(), self._fen(50_000))[1]

    def _waive(self) -> str:
        key, amount = self._pick(Charge), self._fen(500)
        return self.desk.by_two(
            self.today,
            lambda session: collection.request_waiver(
                session=session, charge_id=key, amount=amount, reason="漏水"
            ),
        )[1]

    def _adjust(self) -> str:
        key, amount = self._pick(Charge), self._fen(900) * self.random.choice((1, -1))
        return self.desk.by_two(
            self.today,
            lambda session: collection.request_adjustment(
                session=session, charge_id=key, amount=amount, reason="更正"
            ),
        )[1]

    def _take_back(self) -> str:
        key = self._pick(Receipt, Receipt.state == ReceiptState.VALID)
        return self.desk.do(
            self.today,
            lambda session: collection.void_or_reverse(
                session=session, receipt_id=key, day=self.today, reason="收错"
            ),
        )[1]

    def _refund(self) -> str:
        return self._back(Prepayment, "prepayment_id")

    def _give_back(self) -> str:
        return self._back(Deposit, "deposit_id")

    def _back(self, model: Any, name: str) -> str:
        more, amount = {name: self._pick(model)}, self._fen(2_000)
        return self.desk.by_two(
            self.today,
            lambda session: collection.request_refund(
                session=session, amount=amount, tender=Tender.WECHAT, reason="退款", **more
            ),
        )[1]

    def _undo(self) -> str:
        key = self._pick(Charge)
        return self.desk.do(
            self.today,
            lambda session: collection.undo_applied(
                session=session, charge_id=key, day=self.today, reason="改付现金"
            ),
        )[1]

    def _apply(self) -> str:
        customer = self.desk.customers[self._who()]
        return self.desk.do(
            self.today,
            lambda session: collection.apply_held(session=session, customer_id=customer, day=self.today),
        )[1]


def asked(report: Report, today: date) -> Iterator[str]:
    """The queries of a report's pages: each month, days in and at the end of months, the year."""
    match report.by:
        case By.PERIOD:
            yield from (f"period=2025-0{month}" for month in (1, 2, 3))
        case By.YEAR:
            yield "year=2025"
        case By.DAYS:
            yield f"from=2025-01-01&to={today}"
        case _:
            yield from (
                f"day={day}" for day in ("2025-01-15", "2025-01-31", "2025-02-20", "2025-02-28", today)
            )


@pytest.mark.all_databases
@pytest.mark.parametrize("seed", SEEDS)
def test_every_link_of_every_report_leads_to_rows_that_add_up(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient], backend: str, seed: int
) -> None:
    """M3: the law of the figures, closed months and past days too."""
    books = Books(app, seed)
    books.desk.do(books.today, lambda session: _reach(session, cast, books.desk))
    client, seen, wrong = client_of("物业经理"), set[str](), list[str]()
    fees = [f"&fee={key}" for key in books.desk.fees.values()]
    with clock_at(midnight(books.today + timedelta(days=1))):
        for report in list(app.extensions[KEY].reports.values()):
            for query in asked(report, books.today):
                for pick in ["", *(fees if any(one.name == "fee" for one in report.picks) else [])]:
                    page = client.get(f"{report.url}/?{query}{pick}&size=200")
                    assert page.status_code == 200, (report.url, query)
                    for url, text in LINK.findall(page.get_data(as_text=True)):
                        if (url, text) in seen:
                            continue
                        seen.add((url, text))
                        rows = client.get(html.unescape(url))
                        foot = FOOT.search(rows.get_data(as_text=True))
                        if rows.status_code != 200 or foot is None or f">{text}<" not in foot[0]:
                            wrong.append(f"{report.name} {query}{pick}: {text} → {html.unescape(url)}")
    assert not wrong, f"seed {seed}, {len(wrong)} of {len(seen)} links:\n" + "\n".join(wrong[:20])
    assert len(seen) > 150, f"seed {seed}: only {len(seen)} links"
    assert {"_pay", "_prepay", "_close"} <= books.done, f"seed {seed}: only {books.done}"


def _reach(session: Session, cast: Any, desk: Desk) -> None:
    for user_id in set(session.scalars(select(ScopeGrant.user_id))):
        session.add(ScopeGrant(user_id=user_id, community_id=desk.community_id))
