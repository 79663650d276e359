"""A browser without a window, and the cast at their work."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode import clock

PASSWORD = "Kuai-le-9"


def alone(call: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """Call in a context of its own, at the time that the test's clock shows."""
    moment = clock.now()

    def then() -> Any:
        with clock.clock_at(moment):
            return call(*given, **options)

    return Context().run(then)


class Browser:
    """A person at a page: remembers cookies, sends the token that the page carries.

    Each request runs in a context of its own: under an app context that a fixture holds, all would share one `g`.
    """

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, url: str, **options: Any) -> Any:
        return alone(self.client.get, url, **options)

    def token(self) -> str:
        page = self.get("/password").text or ""
        found = re.search(r'name="csrf-token" content="([^"]+)"', page) or re.search(
            r'name="csrf-token" content="([^"]+)"', self.get("/login/").text
        )
        assert found is not None
        return found[1]

    def post(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        given = {"csrf_token": self.token(), **(data or {})}
        return alone(self.client.post, url, data=given, **options)

    def log_in(self, username: str, password: str = PASSWORD) -> Any:
        return self.post("/login/", {"username": username, "password": password})

    def form(self, url: str) -> dict[str, Any]:
        """What the form at `url` would send if it were submitted as it stands."""
        page = self.get(url).text
        found: dict[str, Any] = {}
        body = page[page.index("doc-form") :]
        for tag in re.findall(r"<input\b[^>]*>", body):
            given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            name, kind = given.get("name"), given.get("type", "text")
            if not name or (kind == "checkbox" and not re.search(r"\bchecked\b", tag)):
                continue
            value = given.get("value", "y" if kind == "checkbox" else "")
            if kind == "checkbox" and name in ("rights", "roles", "companies", "communities"):
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        found.pop("csrf_token", None)
        return found


@contextmanager
def working_as(office: Flask, username: str) -> Iterator[Session]:
    """A unit of work done by this operator, as a view would do it."""
    from app.lowcode.actors import Actor, acting_as, reach_of
    from app.lowcode.db import db
    from app.lowcode.unit import unit_of_work

    with office.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        actor = Actor(user.id, username, reach_of(user.id))
        with acting_as(actor), unit_of_work() as unit:
            yield unit
