"""Pictures on a repair order: who may see and send them, what is refused, and that nothing is left behind."""

import base64
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.lowcode import attachments
from app.lowcode.attachments import (
    MOST_BYTES,
    MOST_OF_A_ROW,
    Attachment,
    AttachmentKind,
    FileTooLarge,
    attach,
)
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.service.models import RepairOrder
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import RepairOffice
from tests.pictures import jpeg, png

Client = Callable[[str], FlaskClient]
SMALL = 4096  # the test client leaves larger bodies in files of its own


def send(client: FlaskClient, pk: int, *files: tuple[bytes, str], kind: str = "before") -> Any:
    data = {"kind": kind, "file": [(BytesIO(content), name) for content, name in files]}
    return client.post(f"/repair_order/attach/{pk}", data=data, content_type="multipart/form-data")


def hanging() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def files(app: Flask) -> list[Path]:
    return [
        path
        for path in (Path(app.config["INSTANCE_DIR"]) / "files" / "attachments").rglob("*")
        if path.is_file()
    ]


@pytest.fixture
def pk(app: Flask, repairs: RepairOffice) -> int:
    # The offices of a session share their folder; the rows of the test before are gone, its files are not.
    shutil.rmtree(Path(app.config["INSTANCE_DIR"]) / "files" / "attachments", ignore_errors=True)
    return repairs.order_in(RepairState.WORKING)


def test_a_photo_is_sent_looked_at_and_taken_off(app: Flask, pk: int, client_of: Client) -> None:
    client = client_of("维修工")
    assert send(client, pk, (png(), "漏水.png"), (jpeg(), "IMG_1.JPG")).status_code == 302
    first, second = hanging()
    assert (first.name, first.content_type, second.content_type) == ("漏水.png", "image/png", "image/jpeg")
    answer = client.get(f"/repair_order/attachment/{pk}/{first.id}")
    assert (answer.data, answer.content_type) == (png(), "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "漏水.png" in client.get(f"/repair_order/attachments/{pk}").get_data(as_text=True)
    assert client.post(f"/repair_order/detach/{pk}/{first.id}").status_code == 302
    assert [one.id for one in hanging()] == [second.id]
    assert [path.name for path in files(app)] == [second.stored]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "..\\..\\boot.ini",
        "/etc/shadow",
        "a\x1b[31m.png",
        "长" * 300 + ".png",
        "\u202egnp.exe",
    ],
)
def test_a_file_name_decides_nothing(app: Flask, pk: int, client_of: Client, name: str) -> None:
    client = client_of("维修工")
    assert send(client, pk, (png(), name)).status_code == 302
    (one,) = hanging()
    assert "/" not in one.name and "\\" not in one.name and len(one.name) <= 100 and one.name.isprintable()
    root = Path(app.config["INSTANCE_DIR"]) / "files" / "attachments"
    assert [path.relative_to(root).as_posix() for path in files(app)] == [f"{one.stored[:2]}/{one.stored}"]
    answer = client.get(f"/repair_order/attachment/{pk}/{one.id}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.4",
        b"PK\x03\x04",
        b"<svg/>",
        png()[:-4],
        jpeg()[:-2],
        b"\0" * (SMALL + 1),
        png() + b"\0" * SMALL,
    ],
)
def test_what_is_no_picture_is_refused_whole(
    app: Flask, pk: int, client_of: Client, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", SMALL)
    answer = send(client_of("维修工"), pk, (png(), "good.png"), (content, "evil.png"))
    assert answer.status_code == 302
    assert hanging() == []
    assert files(app) == []


def test_ten_megabytes_are_enough(app: Flask, pk: int) -> None:
    with pytest.raises(FileTooLarge), unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        attach(
            session=session,
            row=row,
            kind=AttachmentKind("before", ""),
            content=b"\0" * (MOST_BYTES + 1),
            name="x",
        )
    assert files(app) == []


def test_what_travels_behind_a_picture_is_not_kept(pk: int, client_of: Client) -> None:
    client = client_of("维修工")
    send(client, pk, (jpeg() + b"<script>alert(1)</script>PK\x03\x04", "two.jpg"))
    (one,) = hanging()
    assert client.get(f"/repair_order/attachment/{pk}/{one.id}").data == jpeg()


def test_the_same_picture_twice_hangs_once(app: Flask, pk: int, client_of: Client) -> None:
    client = client_of("维修工")
    for _press in range(2):
        send(client, pk, (png(), "a.png"))
    assert len(hanging()) == len(files(app)) == 1
    send(client, pk, (png(), "a.png"), kind="after")
    assert [one.kind for one in hanging()] == ["before", "after"]


def test_there_is_an_end_of_pictures(pk: int, client_of: Client) -> None:
    with unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        for shade in range(MOST_OF_A_ROW):
            attach(
                session=session,
                row=row,
                kind=AttachmentKind("before", ""),
                content=png(shade=shade),
                name="x",
            )
    send(client_of("维修工"), pk, (png(9, 9), "one more.png"))
    assert len(hanging()) == MOST_OF_A_ROW


def test_what_is_rolled_back_leaves_no_file(app: Flask, pk: int) -> None:
    class Stop(Exception):
        pass

    with pytest.raises(Stop), unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        attach(session=session, row=row, kind=AttachmentKind("before", ""), content=png(), name="x.png")
        assert len(files(app)) == 1
        raise Stop
    assert files(app) == []


def test_nobody_else_may_send_look_or_take_off(
    app: Flask, repairs: RepairOffice, pk: int, client_of: Client, login: Any
) -> None:
    send(client_of("维修工"), pk, (png(), "a.png"))
    (one,) = hanging()
    url = f"/repair_order/attachment/{pk}/{one.id}"
    neighbour, stranger, other = (
        login(app.test_client(), "linqugc"),
        app.test_client(),
        login(app.test_client(), "weixiu2"),
    )
    for client, look, change in (
        (neighbour, 404, 404),
        (stranger, 302, 401),
        (client_of("管理员"), 403, 403),
        (client_of("只读"), 200, 403),
        (client_of("收费员"), 200, 403),
        (other, 200, 403),
    ):
        assert client.get(url).status_code == look
        assert send(client, pk, (jpeg(), "b.jpg")).status_code == change
        assert client.post(f"/repair_order/detach/{pk}/{one.id}").status_code == change
    # another's picture: who may edit the order may take it off, a supervisor who cannot edit may not
    assert client_of("工程主管").post(f"/repair_order/detach/{pk}/{one.id}").status_code == 403
    assert client_of("客服").post(f"/repair_order/detach/{pk}/{one.id}").status_code == 302
    assert hanging() == []


def test_an_attachment_is_found_under_its_own_row_only(
    repairs: RepairOffice, pk: int, client_of: Client
) -> None:
    second, client = repairs.order_in(RepairState.WORKING), client_of("维修工")
    send(client, pk, (png(), "a.png"))
    (one,) = hanging()
    for url in (f"{second}/{one.id}", f"{pk}/{one.id + 1}", f"{pk}/{2**70}", f"{2**70}/{one.id}"):
        assert client.get(f"/repair_order/attachment/{url}").status_code == 404
        assert client.post(f"/repair_order/detach/{url}").status_code == 404
    assert send(client, pk, (png(), "a.png"), kind="signature").status_code == 404
    assert send(client, pk).status_code == 302
    assert len(hanging()) == 1


def test_a_closed_order_keeps_its_pictures_and_its_signature(
    repairs: RepairOffice, client_of: Client
) -> None:
    closed = repairs.order_in(RepairState.CLOSED)
    (signature,) = hanging()
    client = client_of("客服")
    assert send(client, closed, (png(), "late.png")).status_code == 403
    assert client.post(f"/repair_order/detach/{closed}/{signature.id}").status_code == 403
    open_order = repairs.order_in(RepairState.TO_CHECK)
    drawn = hanging()[-1]
    assert client.post(f"/repair_order/detach/{open_order}/{drawn.id}").status_code == 403
    assert len(hanging()) == 2


@pytest.mark.parametrize(
    "drawn",
    [
        "x",
        "data:image/png;base64,",
        "data:image/png;base64,!!!!",
        "data:text/html;base64,PGI+",
        "data:image/jpeg;base64,/9j/",
        "data:image/png;base64," + base64.b64encode(jpeg()).decode(),
        "data:image/png;base64," + base64.b64encode(b"<b>").decode(),
        "data:image/png;base64," + "A" * 400_000,
    ],
)
def test_a_signature_is_a_drawn_picture(repairs: RepairOffice, client_of: Client, drawn: str) -> None:
    pk = repairs.order_in(RepairState.TO_SIGN)
    answer = client_of("维修工").post(
        f"/repair_order/do/sign/{pk}", data={"signature": drawn, "signed_by": "王"}
    )
    assert answer.status_code == 422
    assert hanging() == []
    assert db.session.get_one(RepairOrder, pk).state is RepairState.TO_SIGN
