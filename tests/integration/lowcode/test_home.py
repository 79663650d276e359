"""The home page: cards and what is to be done, each only for who may; charts that are tables first."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import insert

from app.billing.models import BillingRun
from app.billing.states import RunState
from app.kernel.periods import Period
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.engine import engine_of
from app.lowcode.pages import Chart, Series
from app.lowcode.unit import unit_of_work

DRAWN = '{% import "_macros.html" as ui %}{{ ui.chart(chart) }}'


def add_run(community_id: int, state: RunState) -> None:
    with unit_of_work() as session:
        # By SQL: a run does not begin in these states.
        session.execute(
            insert(BillingRun.__table__).values(
                title="物业费 2025-03",
                community_id=community_id,
                period=Period(2025, 3),
                state=state,
                created_at=datetime(2025, 3, 1, tzinfo=UTC),
                created_by="王经理",
            )
        )


def test_what_waits_is_told_to_who_may_do_it(
    session: Any, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    add_run(cast.ours.community_id, RunState.READY)
    add_run(cast.ours.community_id, RunState.POSTED)
    add_run(cast.neighbour.community_id, RunState.READY)
    page = client_of("物业经理").get("/home/duties").get_data(as_text=True)
    assert "出账待入账" in page
    assert 'href="/billing_run/list/?f.state.eq=ready"' in page
    assert ">1</span>" in page
    for other in ("收费员", "财务"):
        assert "出账待入账" not in client_of(other).get("/home/duties").get_data(as_text=True)


def test_home_leads_to_where_people_spend_their_day(
    session: Any, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    wanted = {
        "收费员": ["/desk/"],
        "财务": ["/closing/"],
        "物业经理": ["/billing/readings/", "/billing/start/"],
        "维修工": ["/repairs/mine/"],
        "客服": ["/repair_order/add", "/complaint/add"],
        "只读": [],
    }
    every = {url for urls in wanted.values() for url in urls}
    for role, urls in wanted.items():
        page = client_of(role).get("/").get_data(as_text=True)
        head = page[
            page.index('<div class="page-top">') : page.index('class="home-cards"')
            if 'class="home-cards"' in page
            else None
        ]
        found = {url for url in every if f'href="{url}"' in head}
        assert found >= set(urls), role
        assert role == "物业经理" or found == set(urls), role


def test_nothing_waits(session: Any, cast: Any, client_of: Callable[[str], FlaskClient]) -> None:
    assert "没有等着您办的事" in client_of("物业经理").get("/home/duties").get_data(as_text=True)


def test_who_has_no_duties_sees_no_list_of_them(
    app: Any, cast: Any, client: FlaskClient, client_of: Callable[[str], FlaskClient], monkeypatch: Any
) -> None:
    reader = client_of("只读")
    assert "今天要做" in client_of("物业经理").get("/").get_data(as_text=True)
    monkeypatch.setattr(engine_of(app), "manifests", ())
    assert "今天要做" not in reader.get("/").get_data(as_text=True)
    assert client.get("/home/duties").status_code == 302


def test_a_chart_is_a_table_whose_words_are_escaped(app: Any) -> None:
    chart = Chart(
        "欠费<b>",
        "楼宇",
        ["1号楼", "2号楼"],
        [
            Series("未到期", [Decimal("1234.50"), None], "green"),
            Series("逾期", [Decimal("-0.05"), Decimal(7)]),
        ],
        stacked=True,
        urls=["/charge/list/?a=1&b=2", None],
    )
    with app.test_request_context():
        page = render_template_string(DRAWN, chart=chart)
    assert 'data-chart="bar" data-unit="元"' in page
    assert "data-stacked" in page
    assert "欠费&lt;b&gt;" in page
    assert '<a href="/charge/list/?a=1&amp;b=2">1号楼</a>' in page
    assert '<td class="num" data-value="1234.50">1,234.50</td>' in page
    assert '<td class="num" data-value=""></td>' in page
    assert '<td class="num" data-value="-0.05">-0.05</td>' in page
    assert '<th class="num" data-tone="green">未到期</th>' in page


def test_a_chart_of_rates_and_of_counts(app: Any) -> None:
    of = {"label": "x", "heading": "月份", "categories": ["2025-01"]}
    assert Chart(**of, series=[Series("率", [Decimal("98.70")])], unit="%").rows == [
        ("2025-01", None, [("98.70", "98.70")])
    ]
    assert Chart(**of, series=[Series("张", [12345])], unit="张").rows == [
        ("2025-01", None, [("12345", "12,345")])
    ]


def test_the_administrator_is_led_to_operators_and_told_what_they_lack(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    """A3: operators without a role, refused logins of today; each count leads to its rows."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.add(
            User(username="wujuese", first_name="", last_name="无角", email="w@x.invalid", active=True)
        )
    app.test_client().post("/login/", data={"username": "shoufei", "password": "wrong"})
    browser = client_of("guanliyuan")
    head = browser.get("/").text
    assert all(f'href="{url}"' in head for url in ("/user/add", "/role/list/", "/menu/"))
    duties = re.findall(
        r'href="([^"]+)".*?<span>(.*?)</span><span[^>]*>(\d+)<', browser.get("/home/duties").text
    )
    found = {text: (url.replace("&amp;", "&"), int(count)) for url, text, count in duties}
    assert set(found) >= {"没有角色的操作员", "今天没有成功的登录"}
    for url, count in found.values():
        assert re.search(rf'class="page-count"[^>]*>\s*{count}\s*<', browser.get(url).text), url


def test_who_only_reads_and_who_repairs_is_told_nothing_that_others_do(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    """A3: a late complaint is for those who answer it."""
    for role in ("只读", "维修工"):
        assert "投诉已超时" not in client_of(role).get("/home/duties").text
