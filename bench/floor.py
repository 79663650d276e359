"""The floor: a bare Flask app under the same server, whose one view sends the same SQL and shows the rows."""

import pickle
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask, render_template_string
from waitress import serve

from bench.statements import Sent
from tests.office_process import free_port

PAGE = """<!doctype html><title>floor</title>{% for rows in found %}<table>{% for row in rows %}<tr>
{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}"""
STARTS_WITHIN = 20


@contextmanager
def bare_server(*, database: Path, pages: Mapping[str, Sent], folder: Path) -> Iterator[int]:
    """Return the bare server on a free port; `/0` is the first of the pages, and so on."""
    kept = folder / "floor.pickle"
    kept.write_bytes(pickle.dumps(list(pages.values())))
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.floor", str(database), str(kept), str(port)])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        line = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/ready")
            line.getresponse().read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
        finally:
            line.close()


def main(database: str, kept: str, port: int) -> None:
    """Serve until told to stop."""
    pages: list[Sent] = pickle.loads(Path(kept).read_bytes())  # noqa: S301 (written by bare_server above)
    app = Flask(__name__)
    mine = threading.local()

    @app.get("/ready")
    def ready() -> str:
        return "ready"

    @app.get("/<int:number>")
    def show(number: int) -> str:
        if not hasattr(mine, "connection"):
            mine.connection = sqlite3.connect(database)
        found = [mine.connection.execute(statement, values).fetchall() for statement, values in pages[number]]
        return render_template_string(PAGE, found=found)

    serve(app, host="127.0.0.1", port=port, threads=8)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
