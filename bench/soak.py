"""`make soak`: several people work on a running office for long; then its books are looked through.

First eight desks, a process each, contest the same customers for a minute at most, and once more while some are
killed. Then desks take money and take it back, a manager bills month after month, others list, search and
export, all at once on one running office. A JSON object a line; exit code 1 when anything failed.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from app.lowcode.db import db
from bench.books import wrong_in_books
from bench.desks import contest
from bench.figures import tell
from bench.office import app_of, furnish
from bench.workers import WORKERS, Findings, work
from tests.cases.databases import KINDS, NoServer, fresh_database
from tests.office_process import office

ROOMS, MONTHS, SECONDS = 120, 3, 600
CONTESTED = 60  # seconds at most
LOOKS_EVERY = 1.0
# The process grows while its caches fill, and by what a report needs; what it grows by without end is a leak.
# Before it is warm everybody logs in at once, and each password takes 32 MB to check: that peak is no growth.
GROWTH_ALLOWED = 150  # MB
WARM_UP = 0.2  # of the time


def main() -> int:
    """Work, then look through the books; exit code 1 on a breach."""
    parser = argparse.ArgumentParser(description="多人同时操作一段时间，然后核对账目，每行一个 JSON。")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"操作多少秒，默认 {SECONDS}")
    parser.add_argument("--on", choices=KINDS, default="postgresql", help="在哪种数据库上，默认 postgresql")
    given = parser.parse_args()
    seconds = max(1, given.seconds)
    try:
        wrong, memory, findings = _soak(given.on, seconds)
    except NoServer as error:
        print(f"not there: {error}", file=sys.stderr)
        return 1
    for name, count in sorted(findings.done.items()):
        tell(f"soak.{name}", count, "times")
    warm = memory[int(len(memory) * WARM_UP) :]
    grown = max(warm) - warm[0]
    tell("soak.memory", max(memory), "MB")
    tell("soak.memory_grown", grown, "MB")
    if grown > GROWTH_ALLOWED:
        wrong.append(f"memory grew by {grown:.0f} MB")
    if not findings.done["paid"] or not (findings.done["billed"] or findings.done["cancelled"]):
        wrong.append("nothing was paid or billed")
    tell("soak.wrong", len(wrong), "times")
    for one in wrong[:50]:
        print(f"failed: {one}", file=sys.stderr)
    return 1 if wrong else 0


def _soak(kind: str, seconds: int) -> tuple[list[str], list[float], Findings]:
    """Contest, then work on a running office; what went wrong, the office's memory, and what was done."""
    wrong = _contest(kind, min(seconds, CONTESTED))
    findings = Findings(Counter(), [])
    with (
        tempfile.TemporaryDirectory(prefix="soak") as made,
        fresh_database(kind=kind, folder=Path(made)) as url,
    ):
        folder = Path(made)
        app = app_of(folder=folder, url=url)
        furnish(app, rooms=ROOMS, months=MONTHS)
        with office(folder, DATABASE_URL=url) as started:
            memory = _work(started.port, started.process.pid, seconds, findings)
            started.stop(signal.SIGTERM)  # and read what it logged
        said = [line for line in started.said.splitlines() if "ERROR" in line or "Traceback" in line]
        wrong += [*findings.wrong, *said, *wrong_in_books(app)]
        with app.app_context():
            db.engine.dispose()
    return wrong, memory, findings


def _contest(kind: str, seconds: int) -> list[str]:
    """Let eight desks contest the same customers, then once more with killing; what went wrong. Raises NoServer."""
    wrong = []
    for killing in (False, True):
        with tempfile.TemporaryDirectory(prefix="desks") as made:
            wrong += contest(kind=kind, seconds=seconds, killing=killing, folder=Path(made))
    return wrong


def _work(port: int, pid: int, seconds: int, findings: Findings) -> list[float]:
    """Let everybody work at once; returns the office's memory (MB) as it was seen."""
    until = time.monotonic() + seconds
    people = [
        threading.Thread(target=work, args=(port, worker, number, until, findings))
        for number, worker in enumerate(WORKERS)
    ]
    for one in people:
        one.start()
    memory = [_resident(pid)]
    while any(one.is_alive() for one in people):
        time.sleep(LOOKS_EVERY)
        memory.append(_resident(pid))
    return memory


def _resident(pid: int) -> float:
    """Return the memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
