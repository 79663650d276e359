"""Z1: the demo's office walked by its links as each of its people, on each database: no page fails.

Pages, tabs, cards, drill-downs, papers and exports alike; of addresses that differ in their numbers only, the first.
Each of the people walks one of the databases, and another order or page of a list is no other
kind of page; `WALK=whole` (`make proof`): everybody walks all, and these too.
"""

import os
import re
from collections import deque
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.demo.staff import CAST
from app.lowcode.clock import clock_at
from tests.cases.databases import KINDS
from tests.integration.demo.demos import NOW, demo_on

WHOLE = os.environ.get("WALK") == "whole"
ALIKE = frozenset() if WHOLE else frozenset({"order", "page", "size"})
PEOPLE = [player.login for player in CAST]
WALKS = [
    (kind, person)
    for number, person in enumerate(PEOPLE)
    for place, kind in enumerate(KINDS)
    if WHOLE or number % len(KINDS) == place
]
LEADS = {"href", "data-fragment", "data-go", "src"}
APART = re.compile(r"^/(static|language|jobs/\d+/result)(/|$)")
"""Not the office's pages: its scripts, the switch of the language, files of jobs."""


class Links(HTMLParser):
    """The addresses that a page leads to by a look, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.urls += [value for name, value in attrs if name in LEADS and value and tag != "link"]


def shape(url: str) -> tuple[str, frozenset[str]]:
    """What is the same for pages of one kind: the path without its numbers, the names of what it asks."""
    parts = urlsplit(url)
    names = frozenset(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    return re.sub(r"\d+", "#", parts.path), names - ALIKE


def walk(client: FlaskClient) -> tuple[list[str], int]:
    """Follow every kind of link from the home page on; what answered wrongly, and how many were opened."""
    waiting, seen, opened = deque(["/"]), set[tuple[str, frozenset[str]]](), 0
    wrong = []
    while waiting:
        url = waiting.popleft()
        if shape(url) in seen:
            continue
        seen.add(shape(url))
        opened += 1
        answer = client.get(url)
        if answer.status_code not in (200, 302, 303, 403, 404) and not refused_in_words(answer):
            wrong.append(f"{url}: {answer.status_code}")
        if answer.location:
            waiting.append(answer.location)
        if answer.mimetype != "text/html":
            continue
        page = Links()
        page.feed(answer.text)
        for one in page.urls:
            to = urlsplit(urljoin(url, one))
            if not to.netloc and to.path.startswith("/") and not APART.match(to.path):
                waiting.append(to._replace(fragment="").geturl())
    return wrong, opened


def refused_in_words(answer: TestResponse) -> bool:
    """A 400 or 422 with a sentence is an answer, as of a paper that would be too long."""
    return answer.status_code in (400, 422) and "alert" in answer.text


@pytest.fixture(scope="module")
def demos(app_on: Callable[[str], Flask]) -> Callable[[str], Flask]:
    """`demos("mariadb")`: the demo on that database, made once."""
    return cache(lambda kind: demo_on(app_on(kind), rooms=24, months=4, dealings=True))


@pytest.mark.parametrize(("kind", "person"), sorted(WALKS))
def test_no_page_fails(
    demos: Callable[[str], Flask], login: Callable[..., FlaskClient], kind: str, person: str
) -> None:
    with clock_at(NOW):
        wrong, opened = walk(login(demos(kind).test_client(), person))
    assert wrong == []
    assert opened > 20
