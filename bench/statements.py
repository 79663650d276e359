"""The SQL that a page sends, so that a bare view can send the same."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.lowcode.db import db
from bench.office import PASSWORD

# What every page asks about the person at it is no part of what the page itself reads.
OF_THE_PERSON = ("ab_user", "ab_role", "ab_permission", "scope_grant", "FROM job", "login_record")
Sent = list[tuple[str, Any]]


def statements_of(app: Flask, login: str, paths: Iterable[str]) -> dict[str, Sent]:
    """Return the SELECTs of each path, as the driver gets them, for somebody logged in."""
    found: dict[str, Sent] = {}
    sent: Sent = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT") and not any(name in statement for name in OF_THE_PERSON):
            sent.append((statement, tuple(parameters)))

    with app.app_context():
        engine = db.engine
    client = app.test_client()
    client.post("/login/", data={"username": login, "password": PASSWORD})
    event.listen(engine, "before_cursor_execute", note)
    try:
        for path in paths:
            sent.clear()
            client.get(path)
            found[path] = list(sent)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return found
