"""`flask demo`: an empty database becomes an office with communities, people and a history."""

import os
import sys
import time
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import inspect

from app.demo.bulk_insert import wide_cache
from app.demo.generate import make_demo
from app.demo.staff import CAST
from app.kernel.errors import DomainError
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.errors import message_of
from app.lowcode.unit import unit_of_work

ROOMS, MONTHS = 300, 15
LEAST_ROOMS, MOST_ROOMS, MOST_MONTHS = 2, 200_000, 60


class Refused(click.ClickException):
    """The command's refusal: one Chinese sentence, exit code 1."""

    def show(self, file: Any = None) -> None:
        """Print the sentence alone: click's own word before it is English."""
        click.echo(self.format_message(), file=file or sys.stderr)


@click.command("demo")
@click.option("--rooms", default=str(ROOMS), help=f"房间总数，{LEAST_ROOMS} 到 {MOST_ROOMS}，默认 {ROOMS}。")
@click.option(
    "--months", default=str(MONTHS), help=f"历史月数（含本月），1 到 {MOST_MONTHS}，默认 {MONTHS}。"
)
@with_appcontext
def demo(rooms: str, months: str) -> None:
    """在空数据库里生成演示小区、人员和收费历史（密码取自 DEMO_PASSWORD）。"""
    wanted = _number("--rooms", "房间数", rooms, LEAST_ROOMS, MOST_ROOMS)
    history = _number("--months", "月数", months, 1, MOST_MONTHS)
    password = os.environ.get("DEMO_PASSWORD") or None
    if not inspect(db.engine).has_table("community"):
        raise Refused("数据库还没有建好。请先运行 flask --app app db upgrade 和 flask --app app sync。")
    started = time.monotonic()
    try:
        with acting_as(SYSTEM), unit_of_work() as session, wide_cache(session):
            made = make_demo(
                session=session,
                rooms=wanted,
                months=history,
                password=password,
                say=lambda line: click.echo(f"{line}，{time.monotonic() - started:.0f} 秒"),
            )
    except DomainError as error:
        raise Refused(f"{message_of(error)}没有写入任何数据。") from error
    click.echo(f"已生成 {wanted} 套房间、{made.charges} 笔应收、{made.receipts} 张收据。")
    logins = " ".join(one.login for one in CAST)
    if password is None:
        click.echo(
            f"演示人员 {logins} 没有密码，不能登录。设 DEMO_PASSWORD 后在空数据库里重新生成，或由管理员设密码。"
        )
    else:
        click.echo(f"演示人员：{logins}（密码取自 DEMO_PASSWORD）")


def _number(option: str, label: str, typed: str, least: int, most: int) -> int:
    """Return a whole number of an option. Raises Refused."""
    text = typed.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most:
        return int(text)
    raise Refused(f"{option} 应为 {least} 到 {most} 的整数（{label}），不能是“{typed[:20]}”。")
