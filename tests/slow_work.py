"""What takes long while a unit of work is open: hashing of passwords, writing of files, network, templates.

Measured at the place itself: Python's audit events for files and sockets, Flask's signal for templates, the hash
function of Werkzeug. Only what a request does counts: a command holds nobody up.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import werkzeug.security
from flask import before_render_template, has_request_context, request

from app.lowcode.db import writing

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_watching: list[list[str]] = []
_hooked: list[bool] = []


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect what is done inside a unit of work that belongs outside of it: "POST /url: what"."""
    if not _hooked:
        sys.addaudithook(_audit)  # it cannot be taken off again
        _hooked.append(True)
    caught: list[str] = []
    _watching.append(caught)
    hashing = werkzeug.security._hash_internal

    def hashed(*given: Any) -> Any:
        _note("hashes a password")
        return hashing(*given)

    def rendered(_app: Any, template: Any, **_more: Any) -> None:
        _note(f"renders {template.name}")

    try:
        with (
            patch.object(werkzeug.security, "_hash_internal", hashed),
            before_render_template.connected_to(rendered),
        ):
            yield caught
    finally:
        _watching.remove(caught)


def _audit(event: str, given: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open" and isinstance(given[2], int) and given[2] & _WRITES and isinstance(given[0], str):
        _note(f"writes {given[0]}")
    elif event == "socket.connect":
        _note("uses the network")


def _note(what: str) -> None:
    if writing.get() and has_request_context():
        for caught in _watching:
            caught.append(f"{request.method} {request.path}: {what}")
