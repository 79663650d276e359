"""导入销售数据 in the browser's words: upload, look, correct how it is read, import as a job, see what came of it."""

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import Context
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.estate.models import Community, Customer, Room, ScopeGrant
from app.estate.sales_import.labels import COLUMN_LABELS
from app.estate.sales_import.parser.headings import COLUMNS
from app.lowcode.engine import engine_of
from app.lowcode.jobs import Job, JobContext, JobState, requeue_orphans
from app.lowcode.ticker import tick
from app.lowcode.unit import unit_of_work
from tests.people import CAST, Cast
from tests.queries import Queries
from tests.workbooks import far_workbook

FILE = Path(__file__).resolve().parents[2] / "data" / "sales-export-jinxiu.xlsx"
URL = "/import_sales/"
HEADS = "小区,楼栋,单元,房号,建筑面积,销售状态,客户姓名,证件号码"
GOOD = "锦绣园,9号楼,1,101,88.5,已售,周一,"
BAD = "锦绣园,9号楼,1,102,,未售,,"


@pytest.fixture
def manager(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("物业经理")


def send(client: FlaskClient, content: bytes, name: str = "房源.csv", community: str = "") -> Any:
    return client.post(URL, data={"file": (BytesIO(content), name), "community": community})


def send_huge(client: FlaskClient) -> Any:
    """What claims to be larger than anything that is taken; nobody reads it."""
    return client.post(
        URL,
        input_stream=BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(30 * 1024**2)},
    )


def lines(*rows: str) -> bytes:
    return "\n".join((HEADS, *rows)).encode()


def uploaded(client: FlaskClient, content: bytes, name: str = "房源.csv", community: str = "") -> str:
    """Upload a readable file; returns the address of its check page."""
    answer = send(client, content, name, community)
    assert answer.status_code == 302, page_text(answer)
    address: str = answer.headers["Location"]
    assert re.fullmatch(r"/import_sales/check/[0-9a-f]{32}", address)
    do_jobs(client)
    return address


def do_jobs(client: FlaskClient) -> None:
    """Do the jobs that wait, the dry run among them."""
    queue = engine_of(client.application).queue
    while (task := queue.dequeue()) is not None:
        Context().run(queue.execute, task)


def check_again(client: FlaskClient, address: str, form: dict[str, str]) -> None:
    """Send other choices and wait for the dry run that they start."""
    assert client.post(address, data=form).status_code == 302
    do_jobs(client)


def page_text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def start(client: FlaskClient, address: str, *, good_rows: bool = False) -> int:
    """Press the button; returns the job's id."""
    answer = client.post(f"{address}/start", data={"good_rows": "1"} if good_rows else {})
    assert answer.status_code == 302, page_text(answer)
    return int(answer.headers["Location"].removeprefix("/jobs/"))


def typed(client: FlaskClient, address: str) -> dict[str, str]:
    """The form of a check page as a browser would send it back."""
    page = client.get(address).get_data(as_text=True)
    form: dict[str, str] = {"community": ""}
    form |= dict(re.findall(r'<input[^>]* name="(row-\d+)" value="(\d+)"', page))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        form[name] = next(iter(re.findall(r'value="(\w*)" selected', options)), "")
    return form


def count(session: Session, model: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_real_file_from_upload_to_result(
    manager: FlaskClient, cast: Cast, session: Session, run_jobs: Callable[[], int]
) -> None:
    rooms = count(session, Room)
    with unit_of_work() as unit:  # the file's community, in the manager's reach
        unit.execute(update(Community).where(Community.id == cast.ours.community_id).values(name="锦绣花园"))
    address = uploaded(manager, FILE.read_bytes(), FILE.name)
    text = page_text(manager.get(address))
    assert "数据行 1,884 可导入 1,857 被拒绝 27" in text
    assert "有 27 行被拒绝，不能全部导入" in text
    refused = manager.post(f"{address}/start")
    assert refused.status_code == 400
    assert "没有导入任何数据" in page_text(refused)
    job = start(manager, address, good_rows=True)
    assert manager.get(f"/import_sales/result/{job}").headers["Location"] == f"/jobs/{job}"
    assert run_jobs() == 1
    told = manager.get(f"/jobs/{job}.json").json
    assert (told["state"], told["go_url"]) == ("done", f"/import_sales/result/{job}"), told
    text = page_text(manager.get(told["go_url"]))
    assert "数据 1,884 行，已导入 1,857 行。" in text
    made = int(re.findall(r"楼宇 [\d,]+ 房间 ([\d,]+)", text)[-1].replace(",", ""))
    assert made == count(session, Room) - rooms > 1300
    sheet = openpyxl.load_workbook(BytesIO(manager.get(told["result_url"]).get_data())).active
    found = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    assert sum(row[0] == "拒绝" for row in found) == 27
    # What was imported is not imported again: the check page leads to its result.
    assert manager.get(address).headers["Location"] == told["go_url"]
    assert start(manager, address, good_rows=True) == job
    assert run_jobs() == 0


def test_the_same_file_again_creates_nothing(
    manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    for expected in ("新建 楼宇 1 房间 1 客户 1", "新建 楼宇 0 房间 0 客户 0"):
        job = start(manager, uploaded(manager, lines(GOOD)))
        run_jobs()
        assert expected in page_text(manager.get(f"/import_sales/result/{job}"))
    assert count(session, Customer) == 1


def test_everything_wrong_is_listed_and_downloaded(manager: FlaskClient, cast: Cast) -> None:
    rows = [f"锦绣园,9号楼,1,{number},0,未售,," for number in range(1000, 1600)]
    address = uploaded(manager, lines("锦绣园,9号楼,1,=101,=1+1,未售,,", *rows))
    page = manager.get(address).get_data(as_text=True)
    assert page.count("<tr><td>") == 500
    assert "这里列出前 500 条，共 601 条" in page
    sheet = openpyxl.load_workbook(BytesIO(manager.get(f"{address}/problems").get_data())).active
    found = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [row[:4] for row in found[1:3]] == [
        ("拒绝", "房源", 3, "建筑面积"),
        ("拒绝", "房源", 4, "建筑面积"),
    ]
    assert len(found) == 601
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert "没有可以导入的行。" in page_text(manager.get(address))


def test_a_column_read_as_another(
    manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    # 甲 and 乙 mean nothing to anybody but the person at the page.
    content = "小区,楼栋,单元,房号,甲,乙\n锦绣园,9号楼,1,101,66.6,77.7\n".encode()
    address = uploaded(manager, content)
    assert "被拒绝 1" in page_text(manager.get(address))
    form = typed(manager, address)
    assert (form["kind-0"], form["row-0"], form["column-0-3"], form["column-0-4"]) == (
        "room",
        "1",
        "number",
        "",
    )
    twice = manager.post(
        address, data=form | {"column-0-4": "built_area", "column-0-5": "built_area", "row-0": "1"}
    )
    assert twice.status_code == 422
    assert "“建筑面积”选了两次" in page_text(twice)
    check_again(manager, address, form | {"column-0-5": "built_area"})
    assert "被拒绝 0" in page_text(manager.get(address))
    start(manager, address)
    run_jobs()
    room = session.scalars(select(Room).where(Room.number == "101").order_by(Room.id.desc())).first()
    assert room is not None and str(room.area.normalize()) == "77.7"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"row-0": "9"}, "标题行应是 1 到 2 之间的整数。"),
        ({"row-0": "x"}, "标题行应是 1 到 2 之间的整数。"),
        ({"row-0": "-1"}, "标题行应是 1 到 2 之间的整数。"),
        ({"column-0-3": ""}, "至少要有其中一列：房号"),
        ({"kind-0": "space"}, "至少要有其中一列：车位号"),
        ({"kind-0": "rocket"}, "认得出的工作表"),
        ({"kind-0": ""}, "认得出的工作表"),
        ({"community": "园" * 81}, "最多 80 个字。"),
    ],
)
def test_a_choice_that_cannot_be(manager: FlaskClient, change: dict[str, str], sentence: str) -> None:
    address = uploaded(manager, lines(GOOD))
    answer = manager.post(address, data=typed(manager, address) | change)
    if answer.status_code == 302:  # a choice that can be, of which nothing comes
        do_jobs(manager)
        answer = manager.get(address)
        assert manager.post(f"{address}/start").status_code == 400
    else:
        assert answer.status_code == 422
    assert sentence in page_text(answer)


def test_a_community_that_no_sheet_names(manager: FlaskClient, run_jobs: Callable[[], int]) -> None:
    content = "楼栋,单元,房号,建筑面积\n9号楼,1,101,66.6\n".encode()
    address = uploaded(manager, content)
    assert "工作表“房源”没有写小区" in page_text(manager.get(address))
    assert manager.post(f"{address}/start", data={"good_rows": "1"}).status_code == 400
    check_again(manager, address, typed(manager, address) | {"community": "锦绣园"})
    assert "可导入 1 被拒绝 0" in page_text(manager.get(address))
    assert "可导入 1 被拒绝 0" in page_text(manager.get(uploaded(manager, content, community="锦绣园")))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.xlsx", "这个文件是空的"),
        (b"not a workbook at all", "a.xlsx", "读不出这个文件"),
        (FILE.read_bytes()[:5000], "a.xlsx", "读不出这个文件"),
        (b"\x89PNG\r\n", "a.png", "请选择 Excel 表格文件。"),
        (b"x", "", "请选择文件。"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "请取消密码后再导入"),
    ],
    ids=["empty", "text", "cut off", "picture", "none", "password"],
)
def test_a_file_that_cannot_be_read(
    app: Flask, manager: FlaskClient, content: bytes, name: str, sentence: str
) -> None:
    folder = Path(app.config["INSTANCE_DIR"]) / "files" / "imports"
    before = set(folder.glob("*"))
    answer = send(manager, content, name)
    assert answer.status_code == 422
    assert sentence in page_text(answer)
    assert 'id="file-error"' in answer.get_data(as_text=True)
    assert set(folder.glob("*")) == before


def test_a_file_larger_than_anything(manager: FlaskClient) -> None:
    answer = send_huge(manager)
    assert answer.status_code == 422
    assert "文件太大，最多 20 MB。" in page_text(answer)
    assert 'id="file-error"' in answer.get_data(as_text=True)


def test_headings_that_nobody_knows_are_mapped_by_hand(
    manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    rooms = count(session, Room)
    address = uploaded(manager, "说明\n甲,乙,丙\n101,66.6,9号楼\n".encode())
    assert "文件里没有认得出的工作表" in page_text(manager.get(address))
    form = typed(manager, address) | {"kind-0": "room", "row-0": "2", "community": "锦绣园"}
    check_again(manager, address, form)
    assert "至少要有其中一列：房号" in page_text(manager.get(address))
    assert manager.post(f"{address}/start", data={"good_rows": "1"}).status_code == 400
    form = typed(manager, address) | {"community": "锦绣园"}
    assert form["column-0-0"] == ""
    form |= {"column-0-0": "number", "column-0-1": "built_area", "column-0-2": "building"}
    check_again(manager, address, form)
    start(manager, address)
    run_jobs()
    assert count(session, Room) == rooms + 1


def test_an_upload_is_its_owners(client_of: Callable[[str], FlaskClient], manager: FlaskClient) -> None:
    address = uploaded(manager, lines(GOOD, BAD))
    administrator = client_of("管理员")
    for url in (address, f"{address}/problems"):
        assert manager.get(url).status_code == 200
        assert administrator.get(url).status_code == 404
    for url in (address, f"{address}/start"):
        assert administrator.post(url, data={"good_rows": "1"}).status_code in (400, 404)
    job = start(manager, address, good_rows=True)
    for url in (
        f"/import_sales/result/{job}",
        f"/import_sales/result/{2**63}",
        f"/import_sales/check/{'0' * 32}",
    ):
        assert administrator.get(url).status_code == 404
    assert manager.get("/import_sales/check/..%2f..").status_code == 404


@pytest.mark.parametrize("who", [one.name for one in CAST if one.name not in ("管理员", "物业经理")])
def test_who_may_not_import(
    client_of: Callable[[str], FlaskClient], manager: FlaskClient, session: Session, who: str
) -> None:
    address = uploaded(manager, lines(GOOD))
    client, jobs = client_of(who), count(session, Job)
    for url in (URL, address, f"{address}/problems", "/import_sales/result/1"):
        assert client.get(url).status_code == 403
    assert send(client, lines(GOOD)).status_code == 403
    for url in (address, f"{address}/start"):
        assert client.post(url).status_code == 403
    assert count(session, Job) == jobs
    assert send_huge(client).status_code == 413
    assert "导入销售数据" not in page_text(client.get("/"))


def test_a_community_out_of_reach_stays_as_it_is(
    manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    """I11: what the job would refuse the dry run says already, and the import cannot be started."""
    rooms = count(session, Room)
    address = uploaded(manager, lines(GOOD.replace("锦绣园", "邻里苑")))
    assert "小区“邻里苑”不在您的管辖范围内" in page_text(manager.get(address))
    assert manager.post(f"{address}/start", data={"good_rows": "1"}).status_code == 400
    assert run_jobs() == 0
    assert count(session, Room) == rooms


def test_a_community_that_may_not_be_made(manager: FlaskClient, cast: Cast, session: Session) -> None:
    """I11: who holds no company is told at the dry run that a community cannot be made; the others see its name."""
    address = uploaded(manager, lines(GOOD.replace("锦绣园", "没有的苑")))
    assert "没有小区“没有的苑”，您的管辖范围里也没有公司" in page_text(manager.get(address))
    assert manager.post(f"{address}/start").status_code == 400
    with unit_of_work() as unit:
        unit.execute(
            update(ScopeGrant)
            .where(
                ScopeGrant.user_id
                == select(User.id).where(User.username == cast["物业经理"]).scalar_subquery()
            )
            .values(company_id=cast.ours.company_id, community_id=None)
        )
    address = uploaded(manager, lines(GOOD.replace("锦绣园", "没有的苑")))
    job = start(manager, address)
    do_jobs(manager)
    assert "小区 没有的苑" in page_text(manager.get(f"/import_sales/result/{job}"))


def test_the_dry_run_is_a_job_with_a_bar(
    manager: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I11: until the dry run has ended the page follows it; it reports its rows; cancelled it leaves no check."""
    reports: list[tuple[int, int]] = []
    report = JobContext.progress
    monkeypatch.setattr(
        JobContext,
        "progress",
        lambda run, done, total: (reports.append((done, total)), report(run, done, total))[1],
    )
    rows = [GOOD.replace("101", str(number)) for number in range(1000, 2200)]
    address = send(manager, lines(*rows)).headers["Location"]
    page = manager.get(address).get_data(as_text=True)
    assert "data-job=" in page and "<progress" in page
    assert manager.post(f"{address}/start").status_code == 400  # nothing is checked yet
    do_jobs(manager)
    assert reports == [(0, 1200), (500, 1200), (1000, 1200)]
    assert "可导入 1,200" in page_text(manager.get(address))
    reports.clear()
    start(manager, address)
    do_jobs(manager)
    assert len({done for done, _total in reports}) > 3 and {total for _done, total in reports} == {1200}

    address = send(manager, lines(*rows)).headers["Location"]
    job = session.scalars(select(Job.id).order_by(Job.id.desc())).first()
    manager.post(f"/jobs/{job}/cancel")
    do_jobs(manager)
    assert "已取消" in page_text(manager.get(address))
    assert manager.post(f"{address}/start").status_code == 400


def test_an_upload_lies_encrypted(app: Flask, manager: FlaskClient) -> None:
    """X12: nothing of what a file says can be read on the disk while it waits to be imported."""
    secret = "不可见的业主"
    address = uploaded(manager, lines(GOOD.replace("周一", secret), BAD.replace("未售", secret)))
    folder = Path(app.config["INSTANCE_DIR"]) / "files" / "imports" / address.rpartition("/")[2]
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert len(list(folder.iterdir())) == 3 and secret.encode() not in kept and b"88.5" not in kept
    assert secret in manager.get(address).get_data(as_text=True)


def test_a_workbook_that_claims_the_whole_sheet(manager: FlaskClient) -> None:
    """X1: a cell in the sheet's last corner is refused with the limit said, and the office serves on."""
    answer = send(manager, far_workbook("x"), "远.xlsx", "锦绣园")
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "XFD1048576" in text and "500,000" in text and 'value="锦绣园"' in text
    assert manager.get("/").status_code == 200
    rows = [HEADS.split(","), *(GOOD.replace("101", str(n)).split(",") for n in range(1000, 2500))]
    address = uploaded(manager, far_workbook(" ", rows), "空格.xlsx")
    assert "数据行 1,500 可导入 1,500" in page_text(manager.get(address))


def test_two_presses_are_one_import(
    manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    address = uploaded(manager, lines(GOOD))
    first, second = start(manager, address), start(manager, address)
    assert first == second
    assert run_jobs() == 1
    assert count(session, Job) == 2  # the dry run and the import


def test_a_killed_import_repeats_nothing(
    app: Flask, manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    job = start(manager, uploaded(manager, lines(GOOD, BAD)), good_rows=True)
    run_jobs()
    page = page_text(manager.get(f"/import_sales/result/{job}"))
    # As a kill between the commit and the end of the job leaves it.
    with unit_of_work() as unit:
        unit.execute(update(Job).where(Job.id == job).values(state=JobState.RUNNING, url=None, file=None))
    assert requeue_orphans() == 1
    assert run_jobs() == 1
    assert manager.get(f"/jobs/{job}.json").json["state"] == "done"
    assert page_text(manager.get(f"/import_sales/result/{job}")) == page
    assert manager.get(f"/jobs/{job}/result").status_code == 200


def test_a_cancelled_import_can_be_started_again(
    manager: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    address = uploaded(manager, lines(GOOD))
    job = start(manager, address)
    manager.post(f"/jobs/{job}/cancel")
    run_jobs()
    assert count(session, Customer) == 0
    again = start(manager, address)
    assert again != job
    run_jobs()
    assert count(session, Customer) == 1


def test_old_uploads_go(app: Flask, manager: FlaskClient) -> None:
    """X12: what nobody imports is removed after a day, by the ticker and not by the next upload."""
    old, kept = uploaded(manager, lines(GOOD)), uploaded(manager, lines(GOOD))
    folder = Path(app.config["INSTANCE_DIR"]) / "files" / "imports" / old.rpartition("/")[2]
    os.utime(folder, (0, 0))
    tick(app)
    assert not folder.exists()
    assert manager.get(old).status_code == 404
    assert manager.post(f"{old}/start").status_code == 404
    assert manager.get(kept).status_code == 200


def test_a_page_asks_little_of_the_database(
    manager: FlaskClient,
    run_jobs: Callable[[], int],
    count_queries: Callable[[], AbstractContextManager[Queries]],
) -> None:
    address = uploaded(manager, FILE.read_bytes(), FILE.name)
    done = start(manager, uploaded(manager, lines(GOOD)))
    run_jobs()
    for url in (URL, address, f"/import_sales/result/{done}"):
        with count_queries() as queries:
            assert manager.get(url).status_code == 200
        assert len(queries) < 10, url


def test_every_column_has_a_word_in_the_catalogs() -> None:
    assert {column.label for columns in COLUMNS.values() for column in columns} == COLUMN_LABELS
