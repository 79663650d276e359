"""What the running office does by itself every minute: no job, for nobody waits for it, and none may pile up."""

import logging
from threading import Event, Thread

from flask import Flask

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.engine import engine_of

log = logging.getLogger(__name__)

SECONDS = 60.0


def tick(app: Flask) -> None:
    """Do each of the app's ticks once as the system; log one that fails and go on.

    Each opens its own units of work and is safe to be done by several processes at once, or again.
    """
    for work in engine_of(app).ticks:
        with app.app_context(), acting_as(SYSTEM):
            try:
                work()
            except Exception:
                log.exception("%s failed, and is done again in a minute", work.__name__)
            finally:
                db.session.remove()


class Ticker(Thread):
    """Ticks at once and then every minute until it is told to stop; what it is doing then is done again after the next start."""

    def __init__(self, app: Flask, *, seconds: float = SECONDS) -> None:
        super().__init__(name="ticker", daemon=True)
        self._app, self._seconds, self._stop_now = app, seconds, Event()

    def run(self) -> None:
        tick(self._app)
        while not self._stop_now.wait(self._seconds):
            tick(self._app)

    def end(self) -> None:
        """Tick no more."""
        self._stop_now.set()
        self.join(timeout=self._seconds)
