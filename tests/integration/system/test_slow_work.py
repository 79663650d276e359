"""Nothing slow is done while a unit of work is open: everybody who writes would wait for it."""

import base64
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.logins import LoginRecord
from app.lowcode.unit import unit_of_work
from tests.integration.system.cast import PASSWORD, Browser
from tests.pictures import png
from tests.slow_work import watched


def test_the_measure_sees_what_it_is_for(office: Flask) -> None:
    """X5: a request that hashes, writes and renders inside a unit is caught at all three."""
    from pathlib import Path

    from flask import render_template_string

    from app.lowcode.logins import hash_password

    with office.test_request_context("/"), watched() as slow:
        hash_password("Kuai-le-9")
        assert slow == []
        with unit_of_work():
            hash_password("Kuai-le-9")
            (Path(office.config["INSTANCE_DIR"]) / "slow").write_text("x")
            render_template_string("x")
    assert [line.split()[2] for line in slow] == ["hashes", "writes", "renders"]


@pytest.mark.parametrize(
    ("name", "password"), [("guanliyuan", PASSWORD), ("guanliyuan", "wrong"), ("nobody", "wrong")]
)
def test_no_unit_is_open_while_a_login_hashes(office: Flask, name: str, password: str) -> None:
    """X5: strangers who post names hold nobody's write up."""
    browser = Browser(office)
    with watched() as slow:
        answer = browser.log_in(name, password)
    assert answer.status_code == (302 if password == PASSWORD else 401)
    assert slow == []
    with office.app_context():
        assert db.session.scalars(select(LoginRecord.succeeded)).all() == [password == PASSWORD]


def test_no_unit_is_open_while_passwords_are_given(admin: Browser, session: Any) -> None:
    """X5: a new operator, another's password, one's own; right ones and weak ones."""
    key = session.scalars(select(User.id).where(User.username == "shoufei")).one()
    session.rollback()
    with watched() as slow:
        form = {**admin.form("/user/add"), "username": "xinren", "name": "新人", "password": "Ni-hao-22"}
        assert admin.post("/user/add", form).status_code == 302
        weak = admin.post("/user/add", {**form, "username": "xinren2", "password": "weak"})
        assert (weak.status_code, "密码至少 8 位" in weak.text) == (422, True)
        changed = {**admin.form(f"/user/edit/{key}"), "password": "Ni-hao-33"}
        assert admin.post(f"/user/edit/{key}", changed).status_code == 302
        own = {"old": PASSWORD, "password": "Ni-hao-44", "again": "Ni-hao-44"}
        assert admin.post("/password", {**own, "old": "wrong"}).status_code == 422
        assert admin.post("/password", own).status_code == 302
        same = {"old": "Ni-hao-44", "password": "Ni-hao-44", "again": "Ni-hao-44"}
        assert "新密码不能与原密码相同" in admin.post("/password", same).text
    assert slow == []
    assert Browser(admin.client.application).log_in("xinren", "Ni-hao-22").status_code == 302
    assert Browser(admin.client.application).log_in("shoufei", "Ni-hao-33").status_code == 302


def test_no_unit_is_open_while_pictures_are_written(full_office: Any, login: Any) -> None:
    """X5: attachments and signatures are files before the unit, and stay only with its commit."""
    from io import BytesIO

    office, world = full_office.open(), full_office.world
    client: FlaskClient = login(office.app.test_client(), "owner")
    order, signed = world.repairs["listed"], world.repairs["to_sign"]
    drawn = "data:image/png;base64," + base64.b64encode(png(300, 100)).decode()
    with watched() as slow:
        sent = client.post(
            f"/repair_order/attach/{order}",
            data={"kind": "after", "file": [(BytesIO(png(7, 7)), "a.png"), (BytesIO(b"no"), "b.png")]},
        )
        assert sent.status_code == 302
        sent = client.post(
            f"/repair_order/attach/{order}", data={"kind": "after", "file": (BytesIO(png(7, 7)), "a.png")}
        )
        assert sent.status_code == 302
        client.post(f"/repair_order/do/sign/{signed}", data={"signature": drawn, "signed_by": "王"})
    assert slow == []
