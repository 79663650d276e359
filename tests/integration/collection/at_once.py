"""Several people at the same moment: each in a thread, a session and a unit of their own, as different requests are."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.kernel.errors import DomainError
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work
from tests.http_server import PATIENCE

Operation = Callable[[Session], Any]


def as_one(name: str) -> Any:
    """Act as somebody who reaches everything; without an id, so that roles are not asked."""
    return acting_as(Actor(None, name, EVERYTHING))


def at_once(app: Flask, operations: Sequence[Operation]) -> list[str]:
    """Do them at the same moment; of each "" or the code of its refusal. Anything else fails the test."""
    barrier = Barrier(len(operations))
    answers: list[Any] = ["nothing came back"] * len(operations)

    def work(place: int) -> None:
        with app.app_context(), as_one("甲乙丙丁"[place]):
            try:
                barrier.wait(PATIENCE)
                in_unit_of_work(lambda: operations[place](db.session()))
                answers[place] = ""
            except DomainError as error:
                answers[place] = error.code
            except Exception as error:  # noqa: BLE001 - told to the test, which fails by it
                answers[place] = repr(error)
            finally:
                db.session.remove()

    threads = [Thread(target=work, args=(place,)) for place in range(len(operations))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return answers
