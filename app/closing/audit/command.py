"""`flask check-books`: whether the books hold; exit code 1 where they do not."""

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext
from sqlalchemy import inspect, or_, select

from app.closing.audit.runner import check_books
from app.estate.models import Community
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db


@click.command("check-books")
@click.option(
    "--community", "asked", multiple=True, help="只核对这个小区（名称或编号），可重复；不填核对全部。"
)
@click.option("--whole", is_flag=True, help="每个账期的欠费明细和账龄也重新汇总核对（较慢）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON 数组，供程序读取。")
@with_appcontext
def check_books_command(asked: tuple[str, ...], whole: bool, as_json: bool) -> None:
    """核对账目：应收、收据、预收、押金、编号、交款和账期是否平衡（只读）。"""
    if not inspect(db.engine).has_table("community"):
        raise click.ClickException("数据库还没有建好。请先运行 flask --app app db upgrade。")
    with acting_as(SYSTEM):
        session = db.session()
        communities = _communities(asked) if asked else None
        found = check_books(session=session, communities=communities, whole=whole)
        session.rollback()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            click.echo(str(one))
        click.echo(f"发现 {len(found)} 处不符。" if found else "账目核对无误。")
    if found:
        raise SystemExit(1)


def _communities(asked: tuple[str, ...]) -> set[int]:
    """Return the communities named. Raises ClickException for a name or an id that nobody has."""
    found: set[int] = set()
    for one in asked:
        keys = [Community.name == one, *([Community.id == int(one)] if _whole(one) else [])]
        key = db.session().scalar(select(Community.id).where(or_(*keys)).order_by(Community.name != one))
        if key is None:
            raise click.ClickException(f"没有小区“{one}”。")
        found.add(key)
    return found


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18
