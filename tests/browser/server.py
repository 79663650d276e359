"""The test's own office at an address of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Page

from tests.http_server import served
from tests.people import PASSWORD


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app at an address of this machine."""
    with served(app) as port:
        yield f"http://127.0.0.1:{port}"


def log_in(page: Page, name: str, address: str) -> None:
    """Through the login page."""
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
