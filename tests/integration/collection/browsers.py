"""A browser over a real connection: cookies, one keep-alive line, JSON."""

import json
import re
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode


class Browser:
    """One desk's browser."""

    def __init__(self, port: int) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}

    def log_in(self, login: str, password: str) -> None:
        """Log in by the form; fails the test when it is refused."""
        status, _page = self._send(
            "POST",
            "/login/",
            urlencode({"username": login, "password": password}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert status == 302

    def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Post JSON; (status, what was answered)."""
        status, page = self._send("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        return status, json.loads(page)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._line.request(method, path, body.encode(), {**headers, "Cookie": cookies})
        answer = self._line.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and (found := re.match(r"([^=]+)=([^;]*)", value)):
                self._cookies[found[1]] = found[2]
        return answer.status, page
