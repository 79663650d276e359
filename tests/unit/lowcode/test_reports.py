"""The reports' engine without a database: what a URL asks for, subtotals, and pages over what is kept and what is not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from app.kernel.errors import DomainError
from app.lowcode.engine import current_engine, init_engine
from app.lowcode.fields import Field
from app.lowcode.reports import parameters
from app.lowcode.reports.declaration import APART, By, Equation, Pick, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.reader import every_line, read, stream

D = Decimal
TODAY = date(2026, 3, 20)
SESSION: Any = None

FIELDS = (
    Field("小区", "text", name="community"),
    Field("房间", "text", name="room"),
    Field("户数", "integer", name="homes", totalled=True),
    Field("金额", "money", name="amount", totalled=True),
)


@pytest.fixture(autouse=True)
def speaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Subtotals are words: something must say in which language. Nothing is kept unless a test says so."""
    app = Flask(__name__)
    init_engine(app)
    Babel(app, default_locale="zh")
    with app.test_request_context():
        yield


def line(community: int, room: str, amount: str, homes: int = 1, **more: Any) -> ReportLine:
    values = {"community": f"小区{community}", "room": room, "homes": homes, "amount": D(amount)}
    return ReportLine(values=values, keys={"community_id": community}, **more)


LEAVES = [line(1, "101", "1.10"), line(1, "102", "2.20"), line(2, "201", "3.30")]


def grouped(*leaves: ReportLine, **more: Any) -> Report:
    return Report(
        name="Some",
        label="某表",
        url="/some",
        fields=FIELDS,
        groups=(("community", "community_id"),),
        lines=lambda session, scope: [one for one in leaves if one.keys["community_id"] not in scope.without],
        **more,
    )


def detail(*leaves: ReportLine, **more: Any) -> Report:
    def mine(scope: ReportQuery) -> list[ReportLine]:
        return [one for one in leaves if one.keys["community_id"] not in scope.without]

    def total(_session: Any, scope: ReportQuery) -> Total:
        found = mine(scope)
        values = {name: sum(one.values[name] for one in found) for name in ("homes", "amount")}
        return Total(count=len(found), values=values)

    def page(_session: Any, scope: ReportQuery, limit: int, offset: int) -> list[ReportLine]:
        return mine(scope)[offset : offset + limit]

    return Report(name="Some", label="某表", url="/some", fields=FIELDS, total=total, page=page, **more)


MONTH = ReportQuery(by=By.PERIOD, first=date(2026, 2, 1), last=date(2026, 2, 28))


def rooms(lines: Any) -> list[str]:
    return [one.values["room"] for one in lines]


@pytest.mark.parametrize(
    ("by", "given", "first", "last"),
    [
        (By.PERIOD, {}, "2026-03-01", "2026-03-31"),
        (By.PERIOD, {"period": "2024-02"}, "2024-02-01", "2024-02-29"),
        (By.DAY, {}, "2026-03-20", "2026-03-20"),
        (By.AS_OF, {"day": "2025-12-31"}, "2025-12-31", "2025-12-31"),
        (By.YEAR, {}, "2026-01-01", "2026-12-31"),
        (By.DAYS, {}, "2026-03-01", "2026-03-20"),
        (By.DAYS, {"from": "2026-01-05", "to": "2026-02-04"}, "2026-01-05", "2026-02-04"),
        (By.DAYS, {"to": "2026-02-04"}, "2026-02-01", "2026-02-04"),
    ],
)
def test_what_a_url_asks_for(by: By, given: Mapping[str, str], first: str, last: str) -> None:
    scope = parameters.query_of(session=SESSION, report=detail(by=by), given=given, today=TODAY)
    assert (scope.first.isoformat(), scope.last.isoformat()) == (first, last)
    again = parameters.query_of(
        session=SESSION,
        report=detail(by=by),
        given=dict(parameters.parameters(scope)),
        today=date(1999, 1, 1),
    )
    assert again == scope


@pytest.mark.parametrize(
    ("by", "given", "code"),
    [
        (By.PERIOD, {"period": "2025-13"}, "bad_period"),
        (By.PERIOD, {"period": "x" * 500}, "bad_period"),
        (By.DAY, {"day": "2025-02-30"}, "no_such_date"),
        (By.YEAR, {"year": "0000"}, "bad_year"),
        (By.YEAR, {"year": "²026"}, "bad_year"),
        (By.DAYS, {"from": "2026-02-02", "to": "2026-02-01"}, "bad_days"),
        (By.DAYS, {"from": "1999-01-01", "to": "2026-02-01"}, "bad_days"),
    ],
)
def test_what_no_url_may_ask_for(by: By, given: Mapping[str, str], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        parameters.query_of(session=SESSION, report=detail(by=by), given=given, today=TODAY)
    assert refused.value.code == code


def test_a_choice_that_is_not_offered_is_refused() -> None:
    report = detail(picks=(Pick(name="who", label="收费员", options=lambda _s: [("1", "张")]),))
    scope = parameters.query_of(session=SESSION, report=report, given={"who": "1"}, today=TODAY)
    assert scope.picks == {"who": "1"} and ("who", "1") in parameters.parameters(scope)
    assert parameters.query_of(session=SESSION, report=report, given={"who": ""}, today=TODAY).picks == {}
    with pytest.raises(parameters.BadPick):
        parameters.query_of(session=SESSION, report=report, given={"who": "2"}, today=TODAY)


def test_the_ways_to_the_months_beside() -> None:
    def ends(scope: ReportQuery | None) -> str | None:
        return None if scope is None else f"{scope.first}~{scope.last}"

    assert ends(parameters.beside(MONTH, -1)) == "2026-01-01~2026-01-31"
    state = ReportQuery(by=By.AS_OF, first=TODAY, last=TODAY)
    assert ends(parameters.beside(state, -1)) == "2026-02-28~2026-02-28"
    assert ends(parameters.beside(state, 1)) == "2026-03-31~2026-03-31"
    days = ReportQuery(by=By.DAYS, first=date(2026, 3, 1), last=date(2026, 3, 10))
    assert ends(parameters.beside(days, 1)) == "2026-03-11~2026-03-20"
    edge = ReportQuery(by=By.PERIOD, first=date(1, 1, 1), last=date(1, 1, 31))
    assert parameters.beside(edge, -1) is None
    assert parameters.beside(ReportQuery(by=By.DAY, first=date.max, last=date.max), 1) is None


def test_only_a_months_end_is_a_month() -> None:
    assert str(MONTH.month) == "2026-02"
    assert ReportQuery(by=By.AS_OF, first=date(2026, 2, 27), last=date(2026, 2, 27)).month is None
    assert str(ReportQuery(by=By.AS_OF, first=date(2026, 2, 28), last=date(2026, 2, 28)).month) == "2026-02"
    assert ReportQuery(by=By.DAYS, first=date(2026, 2, 1), last=date(2026, 2, 28)).month is None


def test_subtotals_and_what_is_added_up_apart() -> None:
    apart = ReportLine(values={"community": "小区1", "homes": 5}, keys={"community_id": 1}, level=APART)
    report = grouped(apart, *LEAVES, apart=("homes",))
    found = read(session=SESSION, report=report, scope=MONTH)
    told = [
        (one.level, *(one.values[name] for name in ("community", "room", "homes", "amount")))
        for one in found.lines
    ]
    assert told == [
        ("line", "小区1", "101", 1, D("1.10")),
        ("line", "小区1", "102", 1, D("2.20")),
        ("community", "小区1", "小计", 5, D("3.30")),
        ("line", "小区2", "201", 1, D("3.30")),
        ("community", "小区2", "小计", 0, D("3.30")),
        ("total", "合计", None, 5, D("6.60")),
    ]
    assert found.total.count == 3
    assert [one.level for one in every_line(session=SESSION, report=report, scope=MONTH)] == [
        APART,
        *["line"] * 3,
    ]


def test_equations_are_asked_of_the_total_and_of_every_line() -> None:
    def judge(total: Total, lines: Any) -> list[Equation]:
        wrong = sum(one.values["amount"] > D("3.00") for one in lines)
        return [Equation(label="金额", left=total.values["amount"], right=D("6.60"), wrong=wrong)]

    found = read(session=SESSION, report=grouped(*LEAVES, equations=judge), scope=MONTH)
    (equation,) = found.equations
    assert (equation.left, equation.wrong, equation.holds) == (D("6.60"), 1, False)


@dataclass(frozen=True)
class Kept:
    """Lines of community 1 as they were."""

    kept: tuple[ReportLine, ...]
    complete: bool
    communities: frozenset[int] = frozenset({1})
    words: str = "已结账"

    def total(self, _session: Any) -> Total:
        values = {name: sum(one.values[name] for one in self.kept) for name in ("homes", "amount")}
        return Total(count=len(self.kept), values=values)

    def lines(self, _session: Any, *, limit: int | None = None, offset: int = 0) -> Iterator[ReportLine]:
        yield from self.kept[offset : None if limit is None else offset + limit]


def keep(*lines: ReportLine, complete: bool = False) -> None:
    class Shelf:
        def find(self, _session: Any, _report: Report, _scope: ReportQuery) -> Kept:
            return Kept(lines, complete)

    current_engine().archive = Shelf()


OLD = (line(1, "旧101", "7.00"), line(1, "旧102", "8.00"), line(1, "旧103", "9.00"))


def test_what_is_kept_stands_instead_of_what_is_there_now() -> None:
    keep(*OLD)
    found = read(session=SESSION, report=grouped(*LEAVES, frozen=True), scope=MONTH)
    assert rooms(found.lines) == ["旧101", "旧102", "旧103", "小计", "201", "小计", None]
    assert found.total.values["amount"] == D("27.30")
    assert found.notes == ["已结账"]
    # What is not frozen, and what is no whole month, is read as it is now.
    assert rooms(read(session=SESSION, report=grouped(*LEAVES), scope=MONTH).lines)[0] == "101"
    day = ReportQuery(by=By.AS_OF, first=TODAY, last=TODAY)
    assert rooms(read(session=SESSION, report=grouped(*LEAVES, frozen=True), scope=day).lines)[0] == "101"
    anew = read(session=SESSION, report=grouped(*LEAVES, frozen=True), scope=MONTH, anew=True)
    assert rooms(anew.lines)[0] == "101"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
def test_pages_go_over_both_without_a_gap(size: int) -> None:
    keep(*OLD)
    report = detail(*LEAVES, line(2, "202", "1.00"), frozen=True)
    seen: list[str] = []
    for offset in range(0, 12, size):
        found = read(session=SESSION, report=report, scope=MONTH, limit=size, offset=offset)
        assert (found.total.count, found.total.values["amount"]) == (5, D("28.30"))
        assert len(found.lines) <= size
        seen += rooms(found.lines)
    assert seen == ["旧101", "旧102", "旧103", "201", "202"]
    assert rooms(stream(session=SESSION, report=report, scope=MONTH)) == seen


def test_nothing_is_read_anew_where_everything_is_kept() -> None:
    keep(*OLD, complete=True)

    def never(*_given: Any) -> Any:
        raise AssertionError("read")

    report = Report(
        name="Some", label="某表", url="/some", fields=FIELDS, total=never, page=never, frozen=True
    )
    assert rooms(read(session=SESSION, report=report, scope=MONTH, limit=9).lines) == [
        "旧101",
        "旧102",
        "旧103",
    ]
    assert len(list(stream(session=SESSION, report=report, scope=MONTH))) == 3


def test_what_cannot_be_declared() -> None:
    with pytest.raises(TypeError):
        Report(name="A", label="甲", url="/a", fields=FIELDS)
    with pytest.raises(TypeError):
        grouped(by=By.DAYS, frozen=True)
