"""Static files: kept by the browser for good, at an address that changes with their content."""

from pathlib import Path

import pytest
from flask import Flask

from app.lowcode import static_files
from app.lowcode.static_files import static_address


def test_a_file_is_kept_and_carries_no_session(app: Flask, client_of) -> None:
    client = client_of("收费员")
    page = client.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    answer = client.get(f"{static_address()}/js/main.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Vary" not in answer.headers and "Set-Cookie" not in answer.headers


def test_a_missing_file_is_not_kept(client) -> None:
    answer = client.get(f"{static_address()}/js/no-such.js")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_file_of_a_page_has_the_address(client) -> None:
    page = client.get("/login/").text
    assert page.count("/static/") == page.count(f"{static_address()}/") > 5


@pytest.mark.parametrize("change", [("a.js", b"2"), ("b.js", b"1"), ("sub/a.js", b"1")])
def test_another_content_is_another_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, bytes]
) -> None:
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.js").write_bytes(b"1")
    before = static_address.__wrapped__()
    assert static_address.__wrapped__() == before
    (tmp_path / change[0]).write_bytes(change[1])
    assert static_address.__wrapped__() != before
