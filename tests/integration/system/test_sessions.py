"""A login is a row: logout ends it on the server, and a person sees and ends their own logins."""

import re
import stat
from datetime import timedelta
from pathlib import Path

from flask import Flask

from app.lowcode import clock
from app.lowcode.sessions import LONGEST

from .cast import PASSWORD, Browser


def cookie_of(browser: Browser) -> str:
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    return str(cookie.value)


def with_cookie(office: Flask, value: str) -> Browser:
    copy = Browser(office)
    copy.client.set_cookie("session", value)
    return copy


def test_a_copied_cookie_is_worth_nothing_after_logout(office: Flask) -> None:
    """X8: the session ends on the server."""
    browser = Browser(office)
    browser.log_in("shoufei")
    copied = cookie_of(browser)
    assert with_cookie(office, copied).get("/password").status_code == 200
    assert browser.post("/logout/").status_code == 302
    assert with_cookie(office, copied).get("/password").status_code == 302


def test_a_person_sees_and_ends_their_other_logins_and_nobody_elses(office: Flask) -> None:
    """X8: one by one, or all at once; this one goes on."""
    here, phone, cafe, stranger = (Browser(office) for _ in range(4))
    for browser in (here, phone, cafe):
        browser.log_in("shoufei")
    stranger.log_in("linqu")
    page = here.get("/sessions/").text
    keys = re.findall(r"/sessions/(\d+)/end\"", page)
    assert (len(keys), page.count("本次登录")) == (2, 1)
    assert stranger.post(f"/sessions/{keys[0]}/end").status_code == 404
    assert here.post(f"/sessions/{keys[0]}/end").status_code == 302
    assert cafe.get("/password").status_code == 302
    assert [one.get("/password").status_code for one in (here, phone, stranger)] == [200, 200, 200]
    assert here.post("/sessions/end-others").status_code == 302
    assert [one.get("/password").status_code for one in (here, phone, stranger)] == [200, 302, 200]


def test_a_new_password_ends_the_copies_of_this_session_too(office: Flask) -> None:
    """X8: the cookie that changed the password gets a new session, the old cookie none."""
    browser = Browser(office)
    browser.log_in("shoufei")
    copied = cookie_of(browser)
    new = {"old": PASSWORD, "password": "Ni-hao-22", "again": "Ni-hao-22"}
    assert browser.post("/password", new).status_code == 302
    assert browser.get("/password").status_code == 200
    assert with_cookie(office, copied).get("/password").status_code == 302


def test_no_session_outlives_a_month(office: Flask) -> None:
    """X8: however often it is used."""
    browser = Browser(office)
    browser.log_in("shoufei")
    later = clock.now() + LONGEST + timedelta(minutes=1)
    office.config["PERMANENT_SESSION_LIFETIME"], kept = (
        timedelta(days=60),
        office.config["PERMANENT_SESSION_LIFETIME"],
    )
    try:
        with clock.clock_at(later):
            assert browser.get("/password").status_code == 302
    finally:
        office.config["PERMANENT_SESSION_LIFETIME"] = kept


def test_wrong_old_passwords_lock_like_wrong_logins(office: Flask) -> None:
    """X15: five wrong ones, then not even the right one is looked at for a quarter of an hour."""
    browser = Browser(office)
    browser.log_in("shoufei")
    new = {"password": "Ni-hao-22", "again": "Ni-hao-22"}
    for _press in range(5):
        assert "原密码不正确" in browser.post("/password", {**new, "old": "wrong"}).text
    refused = browser.post("/password", {**new, "old": PASSWORD})
    assert (refused.status_code, "密码错误次数过多" in refused.text) == (422, True)
    with clock.clock_at(clock.now() + timedelta(minutes=16)):
        assert browser.post("/password", {**new, "old": PASSWORD}).status_code == 302


def test_files_of_the_office_are_its_own(office: Flask, tmp_path: Path) -> None:
    """X15: databases 0600, files/ 0700, one that stood open is closed at the next start."""
    from app import create_app

    environ = {"INSTANCE_DIR": str(tmp_path)}
    (tmp_path / "files").mkdir(mode=0o755)
    (tmp_path / "office.db").touch(mode=0o644)
    create_app({"ENVIRON": environ, "TESTING": True})
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["files"] == 0o700
    assert {name: mode for name, mode in modes.items() if name.endswith((".db", ".key"))} == {
        "office.db": 0o600,
        "jobs.db": 0o600,
        "secret.key": 0o600,
    }
