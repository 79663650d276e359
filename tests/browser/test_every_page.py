"""Every page of the office, in the browser: Chinese only, nothing of the stock look, no sideways scroll, no trouble."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.dictionary import DictionaryEntry
from tests.browser.axe import axe
from tests.browser.browsers import chromium
from tests.browser.pages import BOOTSTRAP_3, LOOK, SIDEWAYS
from tests.browser.server import log_in, serving
from tests.journeys.form_values import Unfilled, fill, rules
from tests.journeys.full_office import FullOffice
from tests.journeys.ours import ASKED, HIDDEN
from tests.people import CAST

HAN = re.compile(r"[\u4e00-\u9fff]+")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff）] ?[:;,!?(]|[:;,!?)] ?[\u4e00-\u9fff（]")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Names of things that the Chinese call so themselves, the name of the other language, and what the test's people typed.
LATIN = [
    "excel",
    "english",
    "alt",
    "esc",
    "wps",
    "xlsx",
    "csv",
    "sj",
    "bx",
    "ts",
    "jk",
    "ch",
    "tk",
    "cjjy",
    "ab",
    "owner",
    "neighbour",
    "clerk",
    "colleague",
    "spare",
    "wuren",
    "kf",
]
LATIN += [person.login for person in CAST]
# Chinese on an English page: the other language's name, and what the test's people typed.
TYPED = [
    "中文",
    "锦绣园",
    "邻里苑",
    "锦东置业",
    "号楼",
    "单元",
    "物业费",
    "空费种",
    "邻家人",
    "鸣角色",
    "空角色",
    "样样都行",
    "甲师傅",
    "乙师傅",
    "有偿维修费",
    "主人",
    "我们的员",
    "停用的员",
    "同事",
    "邻人",
    "闲人",
    "云AB7",
    "系统",
    "楼盘",
    "幢号",
    "室号",
    "产权面积",
    "系统管理员 减免",  # an approval limit's name as the history keeps it
]


@dataclass
class Walk:
    """A running office full of data, and the pages to go to."""

    app: Flask
    address: str
    pages: list[str]
    parts: list[str]  # what stands in other pages: tabs and cards
    problems: list[str] = field(default_factory=list)

    def told(self, where: str, problems: list[str]) -> None:
        """Keep what was found, with the page."""
        self.problems += [f"{where}: {one}" for one in problems]


@pytest.fixture(scope="module")
def walk(full_office: FullOffice, login: Any) -> Iterator[Walk]:
    app, world = full_office.open().app, full_office.world
    with app.app_context(), acting_as(SYSTEM):
        urls: dict[str, None] = dict.fromkeys(["/", "/password", "/no/such/page"])
        for rule, method in rules(app):
            if method == "GET":
                try:
                    urls |= dict.fromkeys(
                        visit.url for visit in fill(app, db.session(), world, rule, "GET")[:1]
                    )
                except Unfilled:
                    continue  # the neighbour's walk fails for it
        db.session.rollback()
    client = login(app.test_client(), "owner")
    html = {url: answer.text for url in urls if (answer := client.get(url)).mimetype == "text/html"}
    pages = [url for url, text in html.items() if "<!doctype html>" in text[:200]]
    with serving(app) as address:
        yield Walk(app, address, pages, [url for url in html if url not in pages])


def test_every_page_in_chinese(walk: Walk) -> None:
    assert len(different(walk.pages)) > 100 and len(walk.parts) > 20
    with chromium() as browser:
        context = browser.new_context(base_url=walk.address, viewport=WIDE, locale="zh-CN")
        page = context.new_page()
        listen(walk, page)
        page.goto("/login/")
        look(walk, page, "/login/")
        log_in(page, "owner", walk.address)
        seen: set[str] = set()
        kinds: set[str] = set()
        for url in different(walk.pages):
            page.set_viewport_size(WIDE)
            page.goto(url)
            look(walk, page, url)
            tabs = page.locator("[data-tabs] [role=tab]")
            if (more := page.locator("[data-more-tabs]")).count():
                more.click()
            for at, text in enumerate(tabs.all_inner_texts()):
                label = re.sub(r"\s*\d+\+?$", "", text)  # without the count of its rows
                if at and label not in seen:  # one of a kind: what is in it is made alike for every document
                    seen.add(label)
                    tabs.nth(at).click()
                    look(walk, page, f"{url} {label}")
            page.set_viewport_size(NARROW)
            walk.told(url, page.evaluate(SIDEWAYS))
            if (
                kind_of(url) not in kinds
            ):  # what is narrow is the style sheets' doing, alike for every document
                kinds.add(kind_of(url))
                walk.told(f"{url} at {NARROW['width']}", axe(page))
        context.close()
    assert not walk.problems, "\n".join(dict.fromkeys(walk.problems))


@pytest.mark.parametrize("who", ["guanliyuan", "jingli", "shoufei"])
def test_every_link_leads_somewhere(walk: Walk, login: Any, who: str) -> None:
    client = login(walk.app.test_client(), who)
    adapter = walk.app.url_map.bind("localhost")
    waiting, seen, broken = ["/"], set(), []
    while waiting:
        url = waiting.pop()
        answer = client.get(url)
        if answer.status_code >= 400:
            broken.append(f"{answer.status_code} {url}")
        if answer.mimetype != "text/html":
            continue
        for link in links_of(answer.text):
            path = link.partition("?")[0]
            endpoint = adapter.match(path)[0] if path.startswith("/") else None
            # One of a kind: a hundred rows' pages are all alike.
            if endpoint not in (None, "static", "LoginView.language", *seen):
                seen.add(endpoint)
                waiting.append(link)
    assert not broken
    assert len(seen) > 30


def test_no_chinese_on_an_english_page(walk: Walk, login: Any) -> None:
    client = login(walk.app.test_client(), "owner")
    client.get("/language/en")
    words = {person.name for person in CAST} | {person.role for person in CAST}
    with walk.app.app_context(), acting_as(SYSTEM):
        words |= set(
            db.session.scalars(select(DictionaryEntry.label))
        )  # the office's own words for its choices
    ours = sorted({*TYPED, *words}, key=len, reverse=True)
    # The sum in words is Chinese on every receipt: the law wants it so.
    typed = re.compile("|".join([f"{ASKED}.*?{HIDDEN}价?", "人民币[^<]*整", ASKED, HIDDEN, *ours]))
    left = set()
    for url in [*walk.pages, *walk.parts]:
        answer = client.get(url)
        assert answer.status_code in (200, 404), url
        left |= {f"{url}: {text}" for text in texts_of(answer.text) if HAN.search(typed.sub("", text))}
    assert not left, "\n".join(sorted(left))


def test_chinese_is_set_with_its_own_punctuation(walk: Walk, login: Any) -> None:
    """W3: full-width colons, commas and brackets on every page and paper."""
    client = login(walk.app.test_client(), "owner")
    wrong = set()
    for url in [*walk.pages, *walk.parts]:
        wrong |= {f"{url}: {text}" for text in texts_of(client.get(url).text) if HALF_WIDTH.search(text)}
    assert not wrong, "\n".join(sorted(wrong))


def different(pages: list[str]) -> list[str]:
    """The pages without those that the engine makes alike: lists on paper but the first, forms that are also added with."""
    added = {url.partition("?")[0].rpartition("/")[0] for url in pages if re.match(r"/\w+/add\b", url)}
    printed = [url for url in pages if re.fullmatch(r"/\w+/print", url)]
    edited = [url for url in pages if re.match(r"/\w+/edit/\d+", url) and f"/{url.split('/')[1]}" in added]
    return [url for url in pages if url not in {*printed[1:], *edited[1:]}]


def kind_of(url: str) -> str:
    """What the engine makes of a document at this address (list, show, edit …); a page of its own is a kind."""
    made = re.fullmatch(r"/\w+/(list|show|add|edit|history|do/\w+)(?:/\d+)?/?", url.partition("?")[0])
    return made[1] if made else url


def listen(walk: Walk, page: Page) -> None:
    """Hear what goes wrong behind the page."""
    page.on("pageerror", lambda error: walk.told(page.url, [f"script: {error}"]))
    page.on(
        "console", lambda said: walk.told(page.url, [f"console: {said.text}"]) if is_trouble(said) else None
    )
    page.on(
        "request",
        lambda sent: (
            None if sent.url.startswith((walk.address, "data:", "blob:")) else walk.told(page.url, [sent.url])
        ),
    )
    page.on(
        "response",
        lambda got: walk.told(page.url, [f"{got.status} {got.url}"]) if is_failure(got) else None,
    )


def is_trouble(said: Any) -> bool:
    """Whether the console says something that a person would have to look after; failed loads are told by answer."""
    return said.type in ("error", "warning") and "Failed to load resource" not in said.text


def is_failure(got: Any) -> bool:
    """Whether an answer is a refusal, the page that does not exist aside."""
    return got.status >= 400 and not got.url.endswith("/no/such/page")


def look(walk: Walk, page: Page, where: str) -> None:
    """Wait until the page stands, then look at it."""
    page.locator(".tab-pane.active [aria-busy=true], .home-cards [aria-busy=true]").first.wait_for(
        state="detached"
    )
    walk.told(where, page.evaluate(LOOK, {"latin": LATIN, "old": BOOTSTRAP_3}))
    walk.told(where, page.evaluate(SIDEWAYS))
    walk.told(where, axe(page))


def links_of(page: str) -> list[str]:
    """Where the page's own links, and the parts that fetch themselves, lead."""
    found = re.findall(r'(?:<a [^>]*href|data-fragment)="(/[^"]*)"', page)
    return [link.replace("&amp;", "&") for link in found if "{key}" not in link]


class Texts(HTMLParser):
    """What a person sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        told = ("title", "placeholder", "aria-label", "alt", "data-confirm", "data-label")
        self.found += [value for name, value in attrs if name in told and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(data.strip())


def texts_of(page: str) -> list[str]:
    """The texts of a page, attributes that are shown or read out included."""
    parser = Texts()
    parser.feed(page)
    return parser.found
