"""抄表 by Excel: the template filled in, everything wrong told at once, kept whole or not at all, and once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import ScopeGrant
from app.kernel.sentences import parts_of
from app.lowcode import clock
from app.lowcode.jobs import Job, JobState

from .meters import add_meter, read, readings
from .town import Town

URL = "/billing/readings/"


@pytest.fixture
def town(app: Flask, cast: Any) -> Any:
    """The town on 2025-03-31 with three meters, where the cast of our community works too."""
    town = Town(app)

    def give(session: Session) -> None:
        for grant in session.scalars(
            select(ScopeGrant).where(ScopeGrant.community_id == cast.ours.community_id)
        ):
            session.add(ScopeGrant(user_id=grant.user_id, community_id=town.community_id))

    town.do(give)
    for number in range(3):
        add_meter(town, f"水-{number}", room=number)
    with clock.clock_at(datetime(2025, 3, 31, 4, tzinfo=UTC)):
        yield town


@pytest.fixture
def manager(town: Town, client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("物业经理")


def template(client: FlaskClient, town: Town) -> Any:
    answer = client.get(f"{URL}template?community_id={town.community_id}&period=2025-03")
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.data))


def uploaded(client: FlaskClient, town: Town, book: Any, name: str = "三月.xlsx") -> Any:
    data = BytesIO()
    if isinstance(book, bytes):
        data.write(book)
    else:
        book.save(data)
    data.seek(0)
    return client.post(f"{URL}import", data={"community_id": str(town.community_id), "file": (data, name)})


def checked(client: FlaskClient, answer: Any) -> tuple[str, str]:
    """The dry run's address and page."""
    assert answer.status_code == 302, answer.get_data(as_text=True)
    url = answer.headers["Location"]
    return url, client.get(url).get_data(as_text=True)


def counts(page: str) -> list[str]:
    return re.findall(r"<dd[^>]*>([\d,]+)</dd>", page)


def last_job(town: Town) -> Job:
    found: Job = town.ask(lambda session: session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one())
    return found


def test_the_template_is_filled_in_and_kept(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    read(town, 1, "2025-02-28", "110.5")
    book = template(manager, town)
    sheet = book.active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][-3:] == ["抄表日期", "本次读数", "回零"]
    assert [line[:1] + line[3:6] for line in lines[1:]] == [
        ["水-0", "2025-02-28", 110.5, "2025-03-31"],
        ["水-1", "", 100, "2025-03-31"],
        ["水-2", "", 100, "2025-03-31"],
    ]
    sheet["G2"], sheet["G3"], sheet["H3"] = 120.25, 5, "是"
    url, page = checked(manager, uploaded(manager, town, book))
    assert counts(page) == ["2", "0", "1", "0"]
    assert readings(town)[1:] == []  # nothing is written by looking
    assert manager.post(f"{url}/start").status_code == 302
    assert run_jobs() == 1
    assert last_job(town).state is JobState.DONE and parts_of(last_job(town).message or "")[1] == {"count": 2}
    assert [row[2:] for row in readings(town)] == [
        ("100", "110.5", "10.5"),
        ("110.5", "120.25", "9.75"),
        ("100", "5", "99905"),
    ]
    # The same file again is nothing new, by the page and by the job.
    url, page = checked(manager, uploaded(manager, town, book))
    assert counts(page) == ["0", "2", "1", "0"] and "没有可以导入的读数" in page
    assert manager.post(f"{url}/start").status_code == 302
    assert run_jobs() == 1
    assert len(readings(town)) == 3


def test_everything_wrong_is_told_at_once_and_nothing_is_kept(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    book = Workbook()
    sheet = book.active
    for line in (
        ["三月抄表"],
        ["表号", "抄表日期", "本次读数", "回零"],
        ["水-0", "2025-03-31", 120],
        ["水-1", "2025-03-31", 99],
        ["没有", "2025-03-31", 120],
        ["水-2", "2025-04-01", 120],
        ["水-2", None, 120],
        ["水-2", "2025-03-31", "读不清"],
        ["水-0", "2025-03-31", 121],
        ["水-2", "2025-03-31", None],
    ):
        sheet.append(line)
    url, page = checked(manager, uploaded(manager, town, book))
    assert counts(page) == ["1", "0", "1", "6"]
    for word in (
        "小于上次读数",
        "没有表号“没有”",
        "不能晚于今天",
        "请填写抄表日期",
        "“读不清”不是数字",
        "出现了两次",
    ):
        assert word in page
    assert manager.post(f"{url}/start").status_code == 302
    assert run_jobs() == 1
    assert last_job(town).state is JobState.FAILED and "没有保存任何一行" in str(last_job(town).message)
    assert readings(town) == []


def test_what_was_read_meanwhile_stops_the_whole_sheet(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    book = template(manager, town)
    book.active["G2"], book.active["G3"] = 120, 130
    url, page = checked(manager, uploaded(manager, town, book))
    assert counts(page) == ["2", "0", "1", "0"]
    read(town, 2, "2025-03-31", "131")
    manager.post(f"{url}/start")
    run_jobs()
    assert last_job(town).state is JobState.FAILED
    assert [row[3] for row in readings(town)] == ["131"]


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"", "空.xlsx", "invalid-feedback"),
        (b"not a workbook", "假.xlsx", "读不出"),
        ("表号,读数\n水-0,120\n".encode(), "别的.csv", "没有找到"),
        (b"x", "图.png", "请选择填好的抄表模板"),
    ],
)
def test_what_is_no_sheet_of_readings_is_refused(
    town: Town, manager: FlaskClient, content: bytes, name: str, word: str
) -> None:
    answer = uploaded(manager, town, content, name)
    assert answer.status_code == 422
    assert word in answer.get_data(as_text=True)


def test_a_sheet_is_its_senders_alone(
    town: Town, manager: FlaskClient, client_of: Callable[[str], FlaskClient]
) -> None:
    book = template(manager, town)
    book.active["G2"] = 120
    url, _page = checked(manager, uploaded(manager, town, book))
    administrator, cashier = client_of("管理员"), client_of("收费员")
    for stranger in (administrator, cashier):
        assert stranger.get(url).status_code in (403, 404)
        assert stranger.post(f"{url}/start").status_code in (403, 404)
    # Nor does another import take it.
    assert manager.get(url.replace("/billing/readings/import/", "/import_sales/check/")).status_code == 404
    assert manager.get(f"{URL}import/{'0' * 32}").status_code == 404
