"""The gate: login, lock-out, cookies, tokens, headers; and a person without grants sees nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community
from app.lowcode.clock import clock_at
from app.lowcode.logins import FAILURES_ALLOWED, FAILURES_FROM_ANYWHERE, LoginRecord

from .cast import PASSWORD, Browser, alone

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_a_stranger_is_led_to_the_login_page(browser: Browser) -> None:
    assert browser.get("/").location == "/login/"
    assert browser.get("/room/list/").location.startswith("/login/?next=")
    page = browser.get("/login/")
    assert page.status_code == 200 and "登录" in page.text


def test_five_failures_lock_the_name_for_a_quarter_of_an_hour(office: Flask, session: Session) -> None:
    with clock_at(NOON):
        for _attempt in range(FAILURES_ALLOWED):
            assert "登录名或密码不正确" in Browser(office).log_in("shoufei", "falsch").text
        assert "账号已锁定" in Browser(office).log_in("shoufei").text
        assert Browser(office).log_in("jingli").status_code == 302
    with clock_at(NOON + timedelta(minutes=14, seconds=59)):
        assert Browser(office).log_in("shoufei").status_code == 401
    with clock_at(NOON + timedelta(minutes=15, seconds=1)):
        assert Browser(office).log_in("shoufei").status_code == 302
    session.rollback()
    records = session.scalars(select(LoginRecord.succeeded).where(LoginRecord.username == "shoufei")).all()
    assert records.count(False) == FAILURES_ALLOWED + 2 and records.count(True) == 1


def test_failures_elsewhere_lock_nobody_out_here_until_they_are_many(office: Flask) -> None:
    def attempt(address: str, password: str) -> int:
        browser = Browser(office)
        given = {"username": "shoufei", "password": password, "csrf_token": browser.token()}
        answer = alone(browser.client.post, "/login/", data=given, environ_base={"REMOTE_ADDR": address})
        return int(answer.status_code)

    for place in range(FAILURES_FROM_ANYWHERE - 1):
        assert attempt(f"10.0.0.{place // FAILURES_ALLOWED}", "falsch") == 401
    assert attempt("10.0.0.1", PASSWORD) == 401  # locked there
    assert attempt("10.0.9.9", "falsch") == 401
    assert attempt("10.0.9.8", PASSWORD) == 401  # and now everywhere


def test_an_unknown_name_gets_the_same_answer(browser: Browser) -> None:
    assert "登录名或密码不正确" in browser.log_in("niemand").text


def test_a_person_without_a_password_cannot_log_in(office: Flask, session: Session) -> None:
    from app.lowcode.unit import unit_of_work
    from app.system.operations.users import add_user

    with unit_of_work() as unit:
        add_user(session=unit, username="weixiu", name="维修工")
    assert Browser(office).log_in("weixiu", "").status_code == 401
    assert Browser(office).log_in("weixiu", "None").status_code == 401


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.log_in("shoufei").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_behind_https_the_cookie_never_travels_without_it(tmp_path: object) -> None:
    import config

    assert config.settings({"HTTPS": "1", "INSTANCE_DIR": str(tmp_path)})["SESSION_COOKIE_SECURE"] is True


def test_a_writing_request_without_the_token_is_refused(admin: Browser) -> None:
    answer = admin.client.post("/role/add", data={"name": "伪造"})
    assert answer.status_code == 400 and "页面已过期" in answer.text


def test_logging_out_is_a_post(admin: Browser) -> None:
    assert admin.get("/logout/").status_code == 405
    admin.post("/logout/")
    assert admin.get("/user/list/").status_code == 302


def test_the_old_password_is_asked_for(admin: Browser) -> None:
    given = {"old": "falsch", "password": "Xin-mi-ma-1", "again": "Xin-mi-ma-1"}
    assert "原密码不正确" in admin.post("/password", given).text
    assert "两次输入" in admin.post("/password", {**given, "old": PASSWORD, "again": "x"}).text
    assert "密码至少 8 位" in admin.post("/password", {"old": PASSWORD, "password": "x", "again": "x"}).text
    assert admin.post("/password", {**given, "old": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "url",
    [
        "/login/",
        "/",
        "/user/list/",
        "/user/add",
        "/role/list/",
        "/role/add",
        "/setting/",
        "/history/list/",
        "/login_record/list/",
        "/password",
        "/no/such/page",
    ],
)
def test_every_page_has_its_headers(admin: Browser, url: str) -> None:
    answer = admin.get(url)
    policy = answer.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src "))
    assert "unsafe" not in scripts and "nonce-" in scripts and "default-src 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("target", "goes"), [("/room/list/", "/room/list/"), ("//evil.example", "/"), ("https://x", "/")]
)
def test_after_login_one_goes_only_to_this_site(browser: Browser, target: str, goes: str) -> None:
    answer = browser.post(f"/login/?next={target}", {"username": "jingli", "password": PASSWORD})
    assert answer.location == goes


def test_without_grants_there_is_nothing(office: Flask, session: Session) -> None:
    browser = Browser(office)
    browser.log_in("wuquan")
    for name in ("company", "community", "building", "room", "customer"):
        page = browser.get(f"/{name}/list/")
        assert page.status_code == 200
        assert "锦" not in page.text and "邻里" not in page.text
    key = session.scalars(select(Community.id).where(Community.name == "锦绣花园")).one()
    assert browser.get(f"/community/show/{key}").status_code == 404


def test_each_sees_only_their_own_community(office: Flask, session: Session) -> None:
    keys = dict(session.execute(select(Community.name, Community.id)).all())
    for username, mine, other in (("shoufei", "锦绣花园", "邻里家园"), ("linqu", "邻里家园", "锦绣花园")):
        browser = Browser(office)
        browser.log_in(username)
        page = browser.get("/community/list/").text
        assert mine in page and other not in page
        assert browser.get(f"/community/show/{keys[mine]}").status_code == 200
        assert browser.get(f"/community/show/{keys[other]}").status_code == 404
