"""A browser over a real connection: cookies, one keep-alive line, the token on every write."""

import json
import re
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
PATIENCE = 120


class Refused(Exception):
    """The office did not let somebody in."""


class Browser:
    """Somebody at a screen of the office on this machine."""

    def __init__(self, port: int) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self._token = ""

    def log_in(self, login: str, password: str) -> None:
        """Log in by the form. Raises Refused."""
        self._note_token(self.get("/login/")[1])
        status, _text = self.post("/login/", form={"username": login, "password": password})
        if status != 302:
            raise Refused(login)
        self._note_token(self.get("/")[1])

    def get(self, path: str) -> tuple[int, str]:
        """(status, text) of a page."""
        status, body = self.send("GET", path)
        return status, body.decode(errors="replace")

    def timed(self, path: str) -> tuple[int, float]:
        """(status, milliseconds until the last byte) of a page."""
        started = time.perf_counter()
        status, _body = self.send("GET", path)
        return status, (time.perf_counter() - started) * 1000

    def post(self, path: str, *, form: dict[str, Any] | None = None, body: Any = None) -> tuple[int, str]:
        """(status, text, or where it leads) of a form or of JSON."""
        headers = {"X-CSRFToken": self._token}
        if form is None:
            status, answer = self.send(
                "POST", path, json.dumps(body).encode(), {**headers, "Content-Type": "application/json"}
            )
        else:
            sent = urlencode({**form, "csrf_token": self._token}).encode()
            kind = "application/x-www-form-urlencoded"
            status, answer = self.send("POST", path, sent, {**headers, "Content-Type": kind})
        return status, self.leads_to if status == 302 else answer.decode(errors="replace")

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request and the whole answer."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._line.request(method, quote(path, safe="/?&=:%"), body, {**(headers or {}), "Cookie": cookies})
        answer = self._line.getresponse()
        read = answer.read()
        self.leads_to = answer.getheader("Location") or ""
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and (found := re.match(r"([^=]+)=([^;]*)", value)):
                self._cookies[found[1]] = found[2]
        return answer.status, read

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _note_token(self, page: str) -> None:
        if found := TOKEN.search(page):
            self._token = found[1]
