"""What a request may bring: its kind, its length, blanks; wherever it is sent, a sentence in Chinese comes back."""

import ast
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.lowcode.db import db

ROOT = Path(__file__).resolve().parents[3]
HAN = re.compile(r"[\u4e00-\u9fff]{2}")


def writing_urls(app: Flask) -> list[tuple[str, str, bool]]:
    """(method, URL, whether it takes JSON) of every rule that writes."""
    urls = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}):
            values = {name: _value(converter) for name, converter in rule._converters.items()}
            view: Any = app.view_functions[rule.endpoint]
            takes_json = getattr(getattr(view, "__func__", view), "takes_json", False)
            found.append((method, urls.build(rule.endpoint, values, method=method), takes_json))
    return found


def _value(converter: Any) -> Any:
    if hasattr(converter, "items"):
        return next(iter(converter.items))
    return 1 if type(converter).__name__ == "IntegerConverter" else "x"


def test_every_writing_url_refuses_the_wrong_kind_of_body(app: Flask, client: FlaskClient) -> None:
    """X9: JSON to a form and a form to a JSON endpoint are 415 with a sentence, on the whole URL map."""
    wrong = []
    urls = writing_urls(app)
    assert len(urls) > 100
    assert sum(takes_json for _method, _url, takes_json in urls) >= 4
    for method, url, takes_json in urls:
        if takes_json:
            bodies: list[dict[str, Any]] = [
                {"data": {"a": "1"}},
                {"data": "[]", "content_type": "text/plain"},
                {},
            ]
        else:
            bodies = [{"json": {"a": "1"}}, {"json": [[]]}, {"data": "a", "content_type": "text/plain"}]
        for body in bodies:
            answer = client.open(url, method=method, **body)
            if answer.status_code != 415 or not HAN.search(
                answer.get_json()["error"] if answer.is_json else answer.text
            ):
                wrong.append(f"{method} {url} {body}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("body", [{"a": "x\0"}, {"a\0": 1}, [["deep", {"b": ["\0"]}]], "\0"])
def test_a_null_byte_in_json_is_refused_like_one_in_a_form(client: FlaskClient, body: Any) -> None:
    """X9: no text holds it, whichever way it comes."""
    answer = client.post("/desk/pay", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unreadable_text")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("order=" + ",".join(["code"] * 2500), "too_many_orders"),
        ("&".join(["f.code.has=1"] * 1200), "too_many_filters"),
        ("f.code.has=" + "房" * 2000, "filter_too_long"),
        ("q=" + "a" * 60_000, "url_too_long"),
        ("&".join(f"x{n}=" for n in range(2000)), "url_too_long"),
    ],
)
def test_too_much_in_an_address_is_refused_with_a_sentence(
    client_of: Callable[[str], FlaskClient], arguments: str, code: str
) -> None:
    """X13: the list, its export and its select alike."""
    client = client_of("物业经理")
    for page in ("list/", "export", "print"):
        answer = client.get(f"/room/{page}?{arguments}", headers={"Accept": "application/json"})
        assert answer.status_code in (400, 414), page
        assert (answer.get_json()["code"], bool(HAN.search(answer.get_json()["error"]))) == (code, True)


def test_a_long_text_is_refused_beside_its_field(client_of: Callable[[str], FlaskClient], cast: Any) -> None:
    """X13: a remark has an end too."""
    answer = client_of("物业经理").post(
        "/parking_lot/add",
        data={"community_id": cast.ours.community_id, "name": "9号场", "remark": "长" * 60_000},
    )
    assert answer.status_code == 422
    assert "最多 4000 个字" in answer.text


@pytest.mark.parametrize(
    ("name", "url", "fields"),
    [
        ("物业经理", "/billing/start/", ("community_id", "period")),
        ("物业经理", "/billing/exempt/", ("community_id", "period")),
        ("管理员", "/user/add", ("username", "name")),
        ("管理员", "/role/add", ("name",)),
    ],
)
def test_blanks_in_a_required_field_are_nothing(
    app: Flask, client_of: Callable[[str], FlaskClient], name: str, url: str, fields: tuple[str, ...]
) -> None:
    """X10: three blanks and a full-width one, in every required field of a form of its own."""
    client = client_of(name)
    if client.get(url).status_code == 404:
        pytest.fail(f"{url} has moved")
    for blank in ("   ", "\u3000"):
        answer = client.post(url, data=dict.fromkeys(fields, blank))
        assert answer.status_code in (405, 422), (url, answer.status_code)


def test_no_form_asks_for_input_by_the_bare_validator() -> None:
    """X10: `Given` refuses blanks; a plain InputRequired stands for passwords alone, whose blanks are letters."""
    wrong = []
    for path in sorted(ROOT.glob("app/**/*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("InputRequired", "DataRequired"):
                line = lines[node.lineno - 1]
                if "PasswordField" not in line and path.name != "security.py":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_the_log_of_a_failed_statement_names_no_values(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """X11: neither the error's text nor the log holds what was bound."""
    secret = f"scrypt-{32768}-secret"
    with app.app_context():
        with pytest.raises(DBAPIError) as error:
            db.session.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": secret})
        db.session.rollback()
    logging.getLogger("test").error("failed", exc_info=error.value)
    assert secret not in str(error.value) + caplog.text


@pytest.mark.parametrize("url", ["/user/add", "/role/add"])
def test_a_choice_that_is_none_is_refused_in_chinese(
    client_of: Callable[[str], FlaskClient], url: str
) -> None:
    """X15: what WTForms says by itself reaches nobody in English."""
    data = {
        "username": "xin",
        "name": "新",
        "roles": ["4711"],
        "communities": ["x"],
        "companies": ["99"],
        "rights": ["no.such"],
    }
    answer = client_of("管理员").post(url, data=data)
    assert answer.status_code == 422
    assert not re.search(r"valid choice|coerced|Invalid|field is required", answer.text)
    assert "请从列表中选择" in answer.text


def test_every_message_of_wtforms_has_a_sentence(app: Flask) -> None:
    """X15: a message that the table does not name gets the general sentence."""
    from app.lowcode.form_words import FormWords

    with app.test_request_context("/"):
        for message in ("This field is required.", "Not a valid choice.", "Something new in English."):
            assert (
                HAN.search(FormWords().gettext(message) + "，" * 6) or len(FormWords().gettext(message)) < 6
            )
            assert not FormWords().gettext(message).isascii()
        assert not FormWords().ngettext("'%(value)s' is not a valid choice for this field.", "x", 1).isascii()


def test_files_that_are_sent_are_not_stored(client_of: Callable[[str], FlaskClient], cast: Any) -> None:
    """X15: Excel files, like pages, are `no-store`."""
    client = client_of("物业经理")
    for url in ("/room/export", "/room/list/", "/fee_item/list/"):
        assert client.get(url).headers["Cache-Control"] == "no-store", url
