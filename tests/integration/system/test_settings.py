"""参数: one page for all that is declared, for the office and for each community; checked by what is declared."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.estate.models import ScopeGrant
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.engine import engine_of
from app.lowcode.history import History
from app.lowcode.settings import Setting, SettingDeclaration, setting, setting_flag, setting_number
from app.lowcode.unit import unit_of_work
from app.system.manifest import MANIFEST

PRORATION = "billing.proration"
DECLARED = (
    SettingDeclaration("test.hours", "处理时限", "24", low=Decimal(1), high=Decimal(72), unit="小时"),
    SettingDeclaration("test.rate", "费率", "0.5", low=Decimal(0), high=Decimal(1), places=2),
    SettingDeclaration("test.strict", "严格核对", "no", flag=True),
    SettingDeclaration("test.words", "单据抬头", "", per_community=False),
)


@pytest.fixture
def session(app: Any) -> Any:
    from app.lowcode.db import db

    with app.app_context(), acting_as(SYSTEM):
        yield db.session()
        db.session.rollback()


@pytest.fixture
def page(app: Any, cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """管理员 of the whole office, with more settings than the product has."""
    for one in DECLARED:
        monkeypatch.setitem(engine_of(app).settings, one.key, one)
    whole = [one if one.name != MANIFEST.name else _with(one, DECLARED) for one in engine_of(app).manifests]
    monkeypatch.setattr(engine_of(app), "manifests", whole)
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        grant = unit.scalars(select(ScopeGrant).order_by(ScopeGrant.id)).first()
        assert grant is not None
        grant.community_id = None
    return client_of("管理员")


def _with(manifest: Any, declared: Any) -> Any:
    from dataclasses import replace

    return replace(manifest, settings=declared)


def save(client: Any, community: int | str = "office", **values: str) -> Any:
    """Send values by key (dots as underscores twice), as if the page had shown nothing set."""
    given = {f"value.{key.replace('__', '.')}": value for key, value in values.items()}
    return client.post(f"/setting/?community={community}", data=given)


def value(session: Any, key: str, community: int | None = None) -> str:
    session.rollback()
    return setting(session=session, key=key, community_id=community)


def test_the_communitys_value_goes_before_the_offices_and_that_before_the_default(page, session, cast):
    ours, theirs = cast.ours.community_id, cast.neighbour.community_id
    assert value(session, PRORATION, ours) == "actual"
    assert save(page, billing__proration="thirty").status_code == 302
    assert (value(session, PRORATION, ours), value(session, PRORATION)) == ("thirty", "thirty")
    assert save(page, ours, billing__proration="actual").status_code == 302
    assert (value(session, PRORATION, ours), value(session, PRORATION, theirs)) == ("actual", "thirty")
    shown = page.get(f"/setting/?community={ours}").get_data(as_text=True)
    assert "全公司：按三十天" in shown and '<option value="actual" selected>' in shown
    back = page.post(f"/setting/?community={ours}", data={"reset": PRORATION, f"seen.{PRORATION}": "actual"})
    assert back.status_code == 302
    assert value(session, PRORATION, ours) == "thirty"
    lines = session.scalars(select(History).where(History.document == "Setting").order_by(History.id)).all()
    assert [(one.row_title, one.community_id) for one in lines] == [
        ("不足月折算", None),
        ("不足月折算", ours),
        ("不足月折算", ours),
    ]


def test_each_kind_is_kept_as_what_it_is(page, session, cast):
    answer = save(page, test__hours=" 48 ", test__rate="0.25", test__strict="yes", test__words="和顺物业")
    assert answer.status_code == 302
    session.rollback()
    assert setting_number(session=session, key="test.hours") == 48
    assert setting_number(session=session, key="test.rate") == Decimal("0.25")
    assert setting_flag(session=session, key="test.strict") is True
    assert value(session, "test.words", cast.ours.community_id) == "和顺物业"
    shown = page.get("/setting/").get_data(as_text=True)
    assert "默认：24小时" in shown and "默认：否" in shown


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"test__hours": "0"}, "应在 1 到 72 之间"),
        ({"test__hours": "73"}, "应在 1 到 72 之间"),
        ({"test__hours": "-1"}, "应在 1 到 72 之间"),
        ({"test__hours": "1.5"}, "最多 0 位小数"),
        ({"test__hours": "一天"}, "请填写数字"),
        ({"test__hours": "9" * 400}, "请填写数字"),
        ({"test__rate": "0.123"}, "最多 2 位小数"),
        ({"test__strict": "maybe"}, "只能是：是、否"),
        ({"billing__proration": "weekly"}, "只能是：按当月实际天数、按三十天"),
        ({"test__words": "长" * 201}, "最多 200 个字"),
    ],
)
def test_what_is_not_declared_so_is_refused_and_kept_as_typed(page, session, given, sentence):
    answer = save(page, test__strict="yes") if "test__strict" not in given else None
    assert answer is None or answer.status_code == 302
    refused = save(page, **{"test__rate": "0.75", **given})
    assert refused.status_code == 422 and sentence in refused.get_data(as_text=True)
    assert value(session, "test.rate") == "0.5"  # all or nothing


def test_what_another_has_changed_meanwhile_is_not_overwritten(page, session):
    assert save(page, test__hours="30").status_code == 302
    stale = save(page, test__hours="40")  # the page showed nothing set
    assert stale.status_code == 422 and "别人刚刚修改了" in stale.get_data(as_text=True)
    assert value(session, "test.hours") == "30"


def test_what_is_the_offices_alone_is_no_communitys(page, session, cast):
    ours = cast.ours.community_id
    assert "单据抬头" not in page.get(f"/setting/?community={ours}").get_data(as_text=True)
    assert save(page, ours, test__words="本小区").status_code == 422
    assert session.scalars(select(Setting)).all() == []


def test_a_part_of_the_office_sets_for_its_own_alone(page, client_of, session, cast, app):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        grant = unit.scalars(select(ScopeGrant).order_by(ScopeGrant.id)).first()
        assert grant is not None
        grant.community_id = cast.ours.community_id
    assert save(page, test__hours="30").status_code == 422
    assert save(page, cast.neighbour.community_id, test__hours="30").status_code == 404
    assert save(page, "1e9", test__hours="30").status_code == 404
    assert save(page, cast.ours.community_id, test__hours="30").status_code == 302
    assert [value(session, "test.hours", one) for one in (None, cast.ours.community_id)] == ["24", "30"]
    assert client_of("收费员").get("/setting/").status_code == 403
    assert save(client_of("物业经理"), test__hours="1").status_code == 403


def test_the_page_asks_few_things(page, count_queries):
    with count_queries() as queries:
        assert page.get("/setting/").status_code == 200
    assert len(queries) < 10
