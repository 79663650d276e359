"""Starts the office on this machine: web server and job workers in one process. `make run` installs first.

Brings the database up to date, makes the first administrator, loads the demo into an empty house, prints where the
office is found, and serves until it is told to stop (SIGTERM or Ctrl-C); running jobs end or are done again next time.
"""

import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click import ClickException
from flask import Flask
from flask_migrate import upgrade
from huey.consumer import Consumer
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from waitress.server import create_server

from app import create_app
from app.kernel.errors import DomainError
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.commands import ADMINISTRATOR, first_administrator
from app.lowcode.data_key import adopt_data_key
from app.lowcode.db import count_anew, db
from app.lowcode.engine import engine_of
from app.lowcode.jobs import requeue_orphans, try_queue
from app.lowcode.storage import storage_fault
from app.lowcode.sync import synchronise
from app.lowcode.ticker import Ticker
from app.lowcode.unit import unit_of_work
from config import BadSetting, whole_number

WEB_THREADS = 8
JOB_THREADS = 2
# A job reports its progress several times a second; one that does not end by then is queued again at the next start.
JOBS_MAY_TAKE = 10.0


class Workers(Consumer):
    """The job workers as threads of this process, which handles the signals itself."""

    def _set_signal_handlers(self) -> None:
        """Huey would take the process's signals, and from a thread it may not."""

    def end(self) -> None:
        """Let the running jobs end (for a while), take no new ones."""
        self.shutdown_timeout = JOBS_MAY_TAKE
        self.stop(graceful=True)


def main() -> int:
    """Prepare, serve, stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # The workers' own start and stop are no news; a job that fails is logged by the engine.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        host = os.environ.get("HOST") or "127.0.0.1"
        port = whole_number("PORT", os.environ.get("PORT") or "8080", most=65535)
        app = create_app()
        with app.app_context():
            password = prepare(app)
    except ClickException as error:
        print(error.format_message(), file=sys.stderr)
        return 1
    except (OSError, DBAPIError) as error:
        if (sentence := storage_fault(error)) is None:
            raise
        print(f"{sentence}（{error}）", file=sys.stderr)
        return 1
    try:
        server = create_server(app, host=host, port=port, threads=WEB_THREADS, ident=None)
    except (OSError, ValueError) as error:
        print(f"无法使用 {host}：{port}({error})。可用 PORT=… 换一个端口，HOST=… 换地址。", file=sys.stderr)
        return 1
    workers = Workers(engine_of(app).queue, workers=JOB_THREADS, periodic=False, max_delay=1.0)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    workers.start()
    ticker = Ticker(app)
    ticker.start()
    try:
        announce(host=host, port=port, password=password)
        server.run()  # ends on SystemExit, after the requests in hand
    finally:
        server.close()
        ticker.end()
        workers.end()
    return 0


def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Asked to stop: leave the server's loop. A second time: leave at once, jobs are taken up again at the next start."""
    raise SystemExit(0)


def prepare(app: Flask) -> str | None:
    """Bring database, permissions and first person in order; returns a new administrator's password.

    Everything asks the database itself whether there is anything to do: another database, or one put back from a
    backup, is brought up to date as well. Raises BadSetting for a database, queue or password that will not do.
    """
    reach(app)
    try:
        # Before the upgrade: a database that another key belongs to may be another office's.
        engine_of(app).data_key.in_use()
        bring_up_to_date(app)
        adopt_data_key()
    except DomainError as error:
        raise BadSetting(error.text()) from error
    with acting_as(SYSTEM), unit_of_work() as session:
        synchronise(session=session, app=app)
    try:
        password = first_administrator()
    except DomainError as error:
        raise BadSetting(f"ADMIN_PASSWORD 不合要求：{error.text()}") from error
    # Only a house that nobody has ever entered: an office that began with DEMO=0 never finds strangers in its books.
    if password is not None and os.environ.get("DEMO", "1") != "0":
        load_demo(app)
    with unit_of_work() as session:
        count_anew(session)
    requeue_orphans()
    db.session.remove()
    return password


def reach(app: Flask) -> None:
    """Find out at once whether the database and the queue answer, and take what is written. Raises BadSetting."""
    try:
        with unit_of_work():
            pass
    except (SQLAlchemyError, ImportError) as error:
        where = db.engine.url.render_as_string(hide_password=True)
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        if (sentence := storage_fault(error)) is not None:
            raise BadSetting(f"无法使用数据库 {where}：{why}。{sentence}") from error
        raise BadSetting(
            f"无法使用数据库 {where}：{why}。请检查 DATABASE_URL，并确认数据库已启动。"
        ) from error
    try:
        try_queue(app)
    except (RedisError, ValueError) as error:
        raise BadSetting(f"无法连接 Redis:{error}。请检查 REDIS_URL，并确认 Redis 已启动。") from error


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that the database has not seen."""
    if not is_up_to_date(app):
        print("正在升级数据库 …", flush=True)
        upgrade()


def is_up_to_date(app: Flask) -> bool:
    """Whether the database stands at the newest migration."""
    newest = ScriptDirectory(str(Path(app.root_path).parent / "migrations")).get_heads()
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def load_demo(app: Flask) -> None:
    """Fill the empty house with the small demo; a demo that fails is no reason not to start."""
    command = app.cli.commands.get("demo")
    if command is None:
        return
    print("正在生成演示数据（DEMO=0 可跳过）…", flush=True)
    try:
        command.main(args=[], standalone_mode=False)
    except ClickException as error:
        print(error.format_message(), flush=True)
    except Exception:
        logging.getLogger(__name__).exception("the demo could not be loaded; `make demo` tries again")
        db.session.rollback()


def announce(*, host: str, port: int, password: str | None) -> None:
    """Print, once, how to log in, and last of all the address."""
    everywhere = ("0.0.0.0", "::", "")  # noqa: S104 (compared with what the person asked for, bound to by nobody here)
    shown = "127.0.0.1" if host in everywhere else host
    if password is not None and not os.environ.get("ADMIN_PASSWORD"):
        print(f"管理员：{ADMINISTRATOR} 一次性密码：{password}（仅显示这一次，登录后请修改）")
    elif password is not None:
        print(f"管理员：{ADMINISTRATOR} 密码：取自 ADMIN_PASSWORD")
    print(f"物业管理已启动：http://{shown}:{port}/ （停止：Ctrl-C）", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
