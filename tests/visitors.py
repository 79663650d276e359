"""The test client: each request starts from nothing but its cookies, as over a real connection."""

from contextlib import nullcontext
from contextvars import Context
from typing import Any

from flask.testing import FlaskClient

from app.lowcode import clock


class Visitor(FlaskClient):
    """A client whose requests see neither the app context nor the actor of the test that sends them.

    Flask would let a request share `g` with a context that the test holds open: the person of one request would then
    be remembered in the next. Only the held clock (`clock_at`) goes along.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        held = clock._frozen.get()
        # What is streamed is read inside too: its generators run in the request's own context.
        kwargs.setdefault("buffered", True)

        def send() -> Any:
            with clock.clock_at(held) if held is not None else nullcontext():
                return FlaskClient.open(self, *args, **kwargs)

        return Context().run(send)
