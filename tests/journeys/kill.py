"""An office that is killed: its process group ends by SIGKILL at a moment, and another begins on what it left."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from tests.office_process import Started, office

PATIENCE = 60.0
LOOKS_EVERY = 0.002


class Mortal:
    """The office that runs now; `kill` and `start` as often as one likes."""

    def __init__(self, *, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url
        self._life = ExitStack()

    def start(self) -> None:
        """Start it; back when it has named its address."""
        self._running: Started = self._life.enter_context(office(self._folder, DATABASE_URL=self._url))

    def kill(self) -> None:
        """SIGKILL to the process group: nobody in it is asked."""
        os.killpg(self._running.process.pid, signal.SIGKILL)
        self._life.close()

    def close(self) -> None:
        """End it in whatever way."""
        self._life.close()


@contextmanager
def mortal(*, folder: Path, url: str) -> Iterator[Mortal]:
    """An office on a database, started; gone at the end."""
    one = Mortal(folder=folder, url=url)
    try:
        one.start()
        yield one
    finally:
        one.close()


def wait_until(is_so: Callable[[], bool], what: str) -> float:
    """Look until it is so; the moment (of the monotonic clock) at which it was seen."""
    until = time.monotonic() + PATIENCE
    looking = Event()
    while not is_so():
        assert time.monotonic() < until, f"in {PATIENCE:.0f} s not: {what}"
        looking.wait(LOOKS_EVERY)
    return time.monotonic()


def wait_for_moment(moment: float) -> None:
    """Be there at this moment of the monotonic clock."""
    Event().wait(max(0.0, moment - time.monotonic()))
