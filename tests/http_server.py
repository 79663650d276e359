"""The test's own app behind the real web server, with threads as in the office."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from flask import Flask
from waitress.server import create_server

PATIENCE = 30  # seconds; what takes longer hangs


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The app on a port of its own; its browsers hang up before it ends."""
    server = create_server(app, host="127.0.0.1", port=0, threads=6, map={})
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        # Closed by its own loop, which then ends with its last connection. When the loop is awake it may have closed,
        # its pipe too, before this comes to wake it.
        with suppress(OSError):
            server.trigger.pull_trigger(server.close)
        thread.join(PATIENCE)
        server.task_dispatcher.shutdown()
        assert not thread.is_alive()
