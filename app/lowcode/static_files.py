"""Styles, scripts and fonts: their address changes with what is in them, so a browser keeps them and never asks again.

Without that a page would ask about each of some 25 files whether it is still the same one.
"""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

FOLDER = Path(__file__).parents[1] / "static"
KEEP = 365 * 24 * 3600  # seconds


@cache
def static_address() -> str:
    """Return the path of the static files: `/static/` and a digest of every file's name and content."""
    digest = blake2b(digest_size=6)
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(FOLDER)}\0{len(content)}\0".encode())
        digest.update(content)
    return f"/static/{digest.hexdigest()}"


class Sessions(SecureCookieSessionInterface):
    """The session in the signed cookie; a static file neither reads nor renews it, and so may be kept."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, but not with a file."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def keep_static(response: Response) -> bool:
    """Let the browser keep a file that was found for a year; False when nothing was found."""
    if response.status_code not in (200, 206, 304):
        return False
    response.headers["Cache-Control"] = f"public, max-age={KEEP}, immutable"
    return True
