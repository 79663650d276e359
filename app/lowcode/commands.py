"""Commands of the engine: permissions and roles synchronised, the administrator made."""

import os
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select

from app.kernel.errors import N_, DomainError
from app.lowcode.accounts import renew_password, require_new_password
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.data_key import adopt_data_key
from app.lowcode.db import db
from app.lowcode.document import DocumentBase
from app.lowcode.engine import current_engine
from app.lowcode.history import note
from app.lowcode.logins import hash_password, set_password
from app.lowcode.sync import synchronise
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import escalate_all

ADMINISTRATOR = "admin"


@click.command("sync")
@with_appcontext
def sync() -> None:
    """权限、角色、编号规则与代码一致（可重复执行）。"""
    with acting_as(SYSTEM), unit_of_work() as session:
        written = synchronise(session=session, app=current_app)
    click.echo(f"已同步权限、角色与编号规则，写入 {written} 项。")


@click.command("ensure-admin")
@with_appcontext
def ensure_admin() -> None:
    """没有任何用户时建立管理员，打印一次性密码（或取自 ADMIN_PASSWORD）。"""
    password = first_administrator()
    if password is not None:
        click.echo(f"管理员 {ADMINISTRATOR} 的初始密码：{password}")


@click.command("reset-password")
@click.argument("username")
@with_appcontext
def reset_password(username: str) -> None:
    """重新启用一名操作员，打印一次性密码（谁也进不去时在服务器上用）。"""
    password = one_time_password()
    hashed = hash_password(password)
    with acting_as(SYSTEM), unit_of_work() as session:
        user = session.scalars(select(User).where(User.username == username)).one_or_none()
        if user is None:
            raise click.ClickException(f"没有登录名为“{username}”的操作员。")
        user.active = True
        renew_password(session=session, user=user, password=hashed, due=True)
        note(cast(DocumentBase, user), label=N_("重置密码"))
    click.echo(f"{username} 的一次性密码：{password}")


def first_administrator() -> str | None:
    """Make the administrator when there is no user at all; returns the password, None when nothing was done."""
    if db.session.scalar(select(User.id).limit(1)) is not None:
        return None
    chosen = os.environ.get("ADMIN_PASSWORD")
    password = chosen or one_time_password()
    hashed = hash_password(password)
    with acting_as(SYSTEM), unit_of_work() as session:
        if session.scalar(select(User.id).limit(1)) is not None:
            return None
        user = User(
            first_name="",
            last_name="管理员",
            username=ADMINISTRATOR,
            email=f"{ADMINISTRATOR}@office.invalid",
            active=True,
        )
        set_password(user=user, password=hashed)
        user.roles = [
            session.scalars(select(Role).where(Role.name == current_app.config["AUTH_ROLE_ADMIN"])).one()
        ]
        session.add(user)
        session.flush()
        require_new_password(session=session, user_id=user.id, due=chosen is None)
        if (grant_everything := current_engine().grant_everything) is not None:
            grant_everything(session=session, user_id=user.id)
        return password


def one_time_password() -> str:
    """Return a random password that the rules allow."""
    return f"{secrets.token_urlsafe(9)}-A7a"


@click.command("escalate")
@with_appcontext
def escalate() -> None:
    """检查各单据的时限，标记超时并通知（可重复执行；程序运行时每分钟自动执行）。"""
    with acting_as(SYSTEM):
        done = escalate_all()
    click.echo(f"已处理 {done} 项超时。")


def register(app: Flask) -> None:
    """Add the engine's commands; every command of the office first proves the data key."""
    app.cli.add_command(sync)
    app.cli.add_command(ensure_admin)
    app.cli.add_command(reset_password)
    app.cli.add_command(escalate)
    for command in app.cli.commands.values():
        # Flask-Migrate's and Flask-AppBuilder's are groups: a database must be upgraded before it can be asked.
        if not isinstance(command, click.Group) and command.callback is not None:
            command.callback = _with_data_key(command.callback)


def _with_data_key(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a command over a database that another data key belongs to."""
    if hasattr(callback, "checks_data_key"):  # the commands are the modules', whichever app registers them
        return callback

    @wraps(callback)
    @with_appcontext
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            adopt_data_key()
        except DomainError as error:
            raise click.ClickException(error.text()) from error
        return callback(*arguments, **options)

    run.checks_data_key = True  # type: ignore[attr-defined]
    return run
