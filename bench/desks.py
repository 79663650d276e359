"""Eight desks, a process each, on one database, contesting the same customers; some are killed in the middle.

Whatever they do, no charge is settled twice and no receipt's number is missing or there twice.
"""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.collection.models import Receipt
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from bench.books import wrong_in_books
from bench.contention import DESKS, settle, wrong_in
from bench.figures import tell
from bench.office import PASSWORD, app_of
from tests.cases.databases import fresh_database

LEAST_A_MINUTE = {"postgresql": 2_000, "mariadb": 1_000, "sqlite": 1_000}  # receipts
MONTHS = 12  # billed beforehand, of which a short contest needs fewer
KILLED_EVERY = 0.5  # seconds
# Somebody else was quicker: the desk is told so and reads the account again.
OVERTAKEN = {"already_settled", "over_balance", "tenders_differ", "too_late_to_void", "transition_refused"}
FORK = get_context("fork")  # a child has the app at once, where a new process would import it for seconds


@dataclass(slots=True)
class Desk:
    """A desk at work: its process, and what it says of each press."""

    number: int
    process: BaseProcess
    says: Connection


def contest(*, kind: str, seconds: int, killing: bool, folder: Path) -> list[str]:
    """Let the desks work for `seconds`, killing some at random or none; what does not hold afterwards, in words.

    `kind`: of database (tests/cases/databases.py). Raises NoServer where none answers.
    """
    with fresh_database(kind=kind, folder=folder) as url:
        app = app_of(folder=folder, url=url)
        customers = settle(app, months=MONTHS if seconds >= 60 else MONTHS // 4)
        # Logged in beforehand: a password's hash takes longer than a press, and killed desks go on where they were.
        browsers = [_browser(app, number) for number in range(DESKS)]
        with app.app_context():
            db.engine.dispose()
        done, pressed = _work(app, browsers, customers, seconds, killing)
        wrong = [*_repeated(app, browsers, pressed), *wrong_in(app), *wrong_in_books(app)]
        with app.app_context():
            db.engine.dispose()
    name = "desks_killed" if killing else "desks"
    for what, count in sorted(done.items()):
        tell(f"soak.{name}.{what}", count, "times")
    least = LEAST_A_MINUTE[kind] * seconds // 60 if seconds >= 60 and not killing else 1
    if done["receipts"] < least:
        wrong.append(f"{name}: {done['receipts']} receipts, {least} expected")
    if killing and not done["killed"]:
        wrong.append("nobody was killed")
    return wrong + [f"{name}: {what}" for what in done if what.startswith("refused")]


def _work(
    app: Flask, browsers: list[FlaskClient], customers: list[int], seconds: int, killing: bool
) -> tuple[Counter[str], list[dict[str, Any]]]:
    """Open the desks, kill and replace some if asked; what was done, and the last press of each killed desk."""
    until = time.monotonic() + seconds
    chance = random.Random(20261128)
    done: Counter[str] = Counter()
    pressed: list[dict[str, Any]] = []
    desks = [_open(app, browsers, number, customers, until) for number in range(DESKS)]
    born = DESKS
    next_kill = time.monotonic() + KILLED_EVERY
    while any(desk.process.is_alive() for desk in desks):
        for desk in desks:
            _listen(desk, done, pressed)
        if killing and time.monotonic() >= next_kill and time.monotonic() < until - 1:
            place = chance.randrange(DESKS)
            victim = desks[place]
            os.kill(victim.process.pid or 0, signal.SIGKILL)
            victim.process.join()
            _listen(victim, done, pressed)
            done["killed"] += 1
            desks[place] = _open(app, browsers, victim.number, customers, until, seed=born)
            born += 1
            next_kill = time.monotonic() + chance.uniform(0.2, 2 * KILLED_EVERY)
        time.sleep(0.02)
    for desk in desks:
        _listen(desk, done, pressed)
        if desk.process.exitcode:
            done[f"refused: desk {desk.number} ended with {desk.process.exitcode}"] += 1
    return done, pressed


def _open(
    app: Flask,
    browsers: list[FlaskClient],
    number: int,
    customers: list[int],
    until: float,
    *,
    seed: int | None = None,
) -> Desk:
    hears, says = FORK.Pipe(duplex=False)
    process = FORK.Process(
        target=_desk,
        args=(app, browsers[number], customers, until, number if seed is None else seed, says),
        daemon=True,
    )
    process.start()
    says.close()
    return Desk(number, process, hears)


def _listen(desk: Desk, done: Counter[str], pressed: list[dict[str, Any]]) -> None:
    """Take what a desk has said: its counts, and the press that it was about to make."""
    try:
        while desk.says.poll():
            what, body = desk.says.recv()
            done[what] += 1
            if body is not None:
                pressed.append({"desk": desk.number, "body": body})
    except EOFError:
        pass


def _desk(
    app: Flask, client: FlaskClient, customers: list[int], until: float, seed: int, says: Connection
) -> None:
    """One desk until the time is over: read an account, take some of it, now and then take it back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with app.app_context():
        db.engine.dispose(close=False)  # the parent's connections are not ours
    chance = random.Random(seed)
    while time.monotonic() < until:
        _press(client, chance, customers, says)
    says.close()
    os._exit(0)


def _browser(app: Flask, number: int) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/login/", data={"username": f"desk{number}", "password": PASSWORD})
    if answer.status_code != 302:
        raise RuntimeError(f"desk {number} could not log in")
    return client


def _press(client: FlaskClient, chance: random.Random, customers: list[int], says: Connection) -> None:
    # Few customers are asked for at a time, so that the desks meet.
    customer = chance.choice(customers)
    account = client.get(f"/desk/customer/{customer}.json").get_json()
    charges = [one["id"] for group in account["groups"] for one in group["charges"]]
    if not charges:
        says.send(("settled customers", None))
        return
    body: dict[str, Any] = {
        "customer_id": customer,
        "charge_ids": charges[: chance.randint(1, 2)],
        "key": account["idempotency_key"],
        "tenders": [{"tender": chance.choice(("cash", "wechat"))}],
    }
    if chance.random() < 0.3:
        body["amount"] = "0.01"
    says.send(("presses", body))
    answer = client.post("/desk/pay", json=body)
    told = answer.get_json()
    if answer.status_code != 200:
        overtaken = told.get("code") in OVERTAKEN
        says.send(("overtaken" if overtaken else f"refused: {answer.status_code} {told}", None))
        return
    says.send(("receipts", None))
    if chance.random() < 0.15:
        receipt = told["receipts"][0]["id"]
        client.post(f"/receipt/do/void/{receipt}", data={"reason": "收错了"})
        says.send(("taken back", None))


def _repeated(app: Flask, browsers: list[FlaskClient], pressed: list[dict[str, Any]]) -> list[str]:
    """Press again where a receipt came of it, the desk's owner killed or not: it answers with that receipt, no other."""
    wrong = []
    with app.app_context(), acting_as(SYSTEM):
        known = set(db.session().scalars(select(Receipt.key)))
        db.session.remove()
    again = [one for one in pressed if one["body"]["key"] in known]
    before = _receipts(app)
    for one in random.Random(1).sample(again, min(len(again), 100)):
        answer = browsers[one["desk"]].post("/desk/pay", json=one["body"])
        if answer.status_code != 200:
            wrong.append(f"a second press was answered with {answer.status_code}: {answer.get_json()}")
    if _receipts(app) != before:
        wrong.append("a second press made another receipt")
    return wrong


def _receipts(app: Flask) -> int:
    with app.app_context(), acting_as(SYSTEM):
        found = db.session().scalar(select(func.count(Receipt.id))) or 0
        db.session.remove()
        return found
