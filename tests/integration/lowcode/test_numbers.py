"""编号规则: how numbers read is the office's to say; none is ever missing or double, whatever it says."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.estate.models import ScopeGrant
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.engine import engine_of
from app.lowcode.numbers import NumberDeclaration, NumberRule, next_number, seed
from app.lowcode.unit import unit_of_work

DAY = date(2025, 3, 31)


@pytest.fixture
def orders(app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """A second kind of number, 巡查单 XC; returns our community."""
    monkeypatch.setitem(engine_of(app).numbers, "round", NumberDeclaration("round", "巡查单", "XC"))
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        seed(session=session)
        grant = session.scalars(select(ScopeGrant).order_by(ScopeGrant.id)).first()
        assert grant is not None  # 管理员, the first of the cast: the office's rules are the whole office's
        grant.community_id = None
    community: int = cast.ours.community_id
    return community


def taken(app: Any, kind: str, community: int, day: date = DAY) -> str:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        return next_number(session=session, kind=kind, community_id=community, day=day).number


def rule_of(session: Any, kind: str) -> NumberRule:
    session.rollback()
    return session.scalars(
        select(NumberRule).where(NumberRule.kind == kind, NumberRule.community_id.is_(None))
    ).one()


def change(client: Any, session: Any, kind: str, **changes: Any) -> Any:
    row = rule_of(session, kind)
    given = {"prefix": row.prefix, "width": row.width, "row_version": row.row_version, **changes}
    return client.post(f"/number_rule/edit/{row.id}", data=given)


@pytest.mark.all_databases
def test_numbers_go_on_when_the_rule_changes(backend, app, orders, client_of, session):
    client = client_of("管理员")
    assert [taken(app, "round", orders) for _ in range(2)] == ["XC2025000001", "XC2025000002"]
    assert change(client, session, "round", month="y", width="4").status_code == 302
    assert taken(app, "round", orders) == "XC202503-0003"
    assert change(client, session, "round", prefix="xd").status_code == 302
    assert taken(app, "round", orders) == "XD20250004"
    assert taken(app, "round", orders, date(2026, 1, 1)) == "XD20260001"


def test_a_community_has_its_own_rule_and_its_own_counter(app, cast, orders, client_of, session):
    client = client_of("管理员")
    own = {"kind": "round", "community_id": orders, "prefix": "JXXC", "width": "6"}
    assert client.post("/number_rule/add", data=own).status_code == 302
    assert taken(app, "round", orders) == "JXXC2025000001"
    assert taken(app, "round", cast.neighbour.community_id) == "XC2025000001"
    session.rollback()
    row = session.scalars(select(NumberRule).where(NumberRule.community_id == orders)).one()
    assert "JXXC2" in client.get(f"/number_rule/show/{row.id}").get_data(as_text=True)
    assert client.post("/number_rule/add", data=own).status_code == 422
    assert client.post(f"/number_rule/delete/{row.id}").location == "/number_rule/list/"
    assert taken(app, "round", orders) == "XC2025000002"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prefix": "SJ"}, "属于“收据”"),
        ({"prefix": "sj"}, "属于“收据”"),
        ({"prefix": "X1"}, "1 至 6 个英文字母"),
        ({"prefix": "ABCDEFG"}, "最多 6 个字"),
        ({"prefix": ""}, "必填"),
        ({"width": "3"}, "4 至 10"),
        ({"width": "11"}, "4 至 10"),
        ({"width": "-6"}, "4 至 10"),
        ({"width": "x"}, "请填写数字"),
    ],
)
def test_a_rule_that_would_not_do_is_refused(orders, client_of, session, changes, sentence):
    answer = change(client_of("管理员"), session, "round", **changes)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert rule_of(session, "round").prefix == "XC"


def test_a_prefix_stays_with_the_kind_that_had_it(app, orders, client_of, session):
    client = client_of("管理员")
    assert change(client, session, "receipt", prefix="SK").status_code == 302
    assert change(client, session, "round", prefix="SJ").status_code == 422
    assert change(client, session, "receipt", prefix="SJ").status_code == 302


def test_a_kind_that_comes_later_finds_its_prefix_given_away(app, orders, client_of, session, monkeypatch):
    assert change(client_of("管理员"), session, "round", prefix="ZZ").status_code == 302
    monkeypatch.setitem(engine_of(app).numbers, "word", NumberDeclaration("word", "信访单", "ZZ"))
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        assert (seed(session=unit), seed(session=unit)) == (1, 0)
    assert rule_of(session, "word").prefix == "ZZA"


def test_the_offices_own_rule_stays(orders, client_of, session):
    client = client_of("管理员")
    row = rule_of(session, "round")
    refused = client.post(f"/number_rule/delete/{row.id}")
    assert refused.status_code == 303
    assert "不能删除，可以修改" in client.get(refused.location).get_data(as_text=True)
    again = {"kind": "round", "community_id": "", "prefix": "XE", "width": "6"}
    assert client.post("/number_rule/add", data=again).status_code == 422
    unknown = {"kind": "nothing", "community_id": "", "prefix": "XE", "width": "6"}
    assert client.post("/number_rule/add", data=unknown).status_code == 422
    assert rule_of(session, "round").id == row.id


def test_a_part_of_the_office_has_a_rule_of_its_own_alone(app, cast, orders, client_of, session):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        grant = unit.scalars(select(ScopeGrant).order_by(ScopeGrant.id)).first()
        assert grant is not None
        grant.community_id = orders
    client = client_of("管理员")
    assert change(client, session, "round", prefix="XE").status_code == 422
    own = {"kind": "round", "community_id": orders, "prefix": "XE", "width": "6"}
    assert client.post("/number_rule/add", data=own).status_code == 302
    assert rule_of(session, "round").prefix == "XC"


def test_who_may_not_is_refused(orders, client_of, session):
    client = client_of("收费员")
    assert client.get("/number_rule/list/").status_code == 403
    assert change(client, session, "round", prefix="XE").status_code == 403
