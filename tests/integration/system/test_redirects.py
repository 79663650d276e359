"""What a parameter of the URL names as the way on is a path of this site, read as browsers read it."""

import ast
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.lowcode.redirects import is_path_of_this_site
from tests.people import PASSWORD

ROOT = Path(__file__).resolve().parents[3]
AWAY = [
    "//other.example",
    "/\t/other.example",
    "/\n/other.example",
    "/\r/other.example",
    "\t//other.example",
    "/\\other.example",
    "\\\\other.example",
    "/\t\\other.example",
    " //other.example",
    "/\x0b/other.example",
    "https://other.example",
    "https:other.example",
    "javascript:alert(1)",
    "other.example",
    "///other.example",
    "/ /other.example",
    "/\x7f/other.example",
    "http://[",
    "",
]
HERE = ["/room/list/?q=1-1&f.area.from=2#tab-a", "/desk/", "/room/list/?q=张 三", "/a?u=http://x", "/客户/1"]


@pytest.mark.parametrize("target", AWAY)
def test_what_a_browser_reads_as_another_site_is_not_followed(client: FlaskClient, target: str) -> None:
    """X4: on the language switch, which is open to everybody."""
    answer = client.get(f"/language/en?next={quote(target)}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("target", AWAY)
def test_login_leads_to_this_site_only(
    client: FlaskClient, cast: dict[str, str], login: Callable[..., FlaskClient], target: str
) -> None:
    """X4: after a login, and for somebody who is logged in already."""
    data = {"username": cast["收费员"], "password": PASSWORD}
    first = client.post(f"/login/?next={quote(target)}", data=data)
    again = client.get(f"/login/?next={quote(target)}")
    assert [first.headers["Location"], again.headers["Location"]] == ["/", "/"]


@pytest.mark.parametrize("target", HERE)
def test_a_path_of_this_site_is_followed(client: FlaskClient, target: str) -> None:
    """X4: nothing is lost of an honest one."""
    assert is_path_of_this_site(target)
    assert client.get(f"/language/en?next={quote(target)}").headers["Location"] != "/"


def test_no_redirect_takes_its_target_from_the_request_by_itself() -> None:
    """X4: `redirect(…)` of what a request says stands behind `safe_next` alone (the path that answered is our own)."""
    wrong = []
    for path in sorted(ROOT.glob("app/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("redirect"):
                target = ast.unparse(node.args[0]) if node.args else ""
                if any(
                    word in target for word in ("args", "form[", "values", "referrer", "headers", "cookies")
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {target}")
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in ("request.referrer", "Referer")):
            wrong.append(f"{path.relative_to(ROOT)} reads the referrer")
    assert wrong == []
