"""Chinese unless asked otherwise; English when asked for, until asked again."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from app.kernel.sentences import sentence
from app.lowcode.sentences import spoken


def test_a_stranger_reads_chinese_and_may_ask_for_english(client: FlaskClient) -> None:
    assert "登录名" in client.get("/login/").text
    answer = client.get("/language/en?next=/login/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/")
    page = client.get("/login/").text
    assert "Login name" in page and "登录名" not in page
    client.get("/language/zh")
    assert "登录名" in client.get("/login/").text


def test_the_switch_on_a_page_comes_back_to_it_as_it_was(client_of: Callable[[str], FlaskClient]) -> None:
    browser = client_of("物业经理")
    page = browser.get("/room/list/?q=1-1").text
    assert 'href="/language/en?next=%2Froom%2Flist%2F%3Fq%3D1-1"' in page
    answer = browser.get("/language/en?next=%2Froom%2Flist%2F%3Fq%3D1-1")
    assert answer.headers["Location"] == "/room/list/?q=1-1"


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    client.get("/language/xx")
    assert "登录名" in client.get("/login/").text


def test_what_the_form_library_says_is_in_the_reader_s_language(
    client_of: Callable[[str], FlaskClient],
) -> None:
    browser = client_of("收费员")
    assert "必填。" in browser.post("/password").text
    browser.get("/language/en")
    assert "Required." in browser.post("/password").text


def test_who_has_chosen_english_at_the_login_page_reads_it_inside(
    client: FlaskClient, cast: Any, login: Callable[..., FlaskClient]
) -> None:
    client.get("/language/en")
    assert 'lang="en"' in login(client, "收费员").get("/").text


def test_a_kept_sentence_is_read_in_the_reader_s_language(app: Flask) -> None:
    """W1: what a job or a history line says; a person's own text that looks like one breaks no page."""
    kept = sentence("已入账 %(count)s 笔。", count=3)
    with app.test_request_context():
        assert spoken(kept) == "已入账 3 笔。"
        with force_locale("en"):
            assert spoken(kept) == "3 charges posted."
        assert spoken('欠 %(much)s\x1f{"count": 3}') == "欠 %(much)s"
        assert spoken("王一 100%") == "王一 100%"
