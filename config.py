"""Settings of an installation: each is an environment variable with a default and a meaning (see README)."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click import ClickException
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.lowcode.secrets import UnusableKey, kept_key, key_from

ROOT = Path(__file__).resolve().parent
# The servers that the office runs on, each with the one driver that is installed.
DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}


class BadSetting(ClickException):
    """An environment variable with which the office cannot start; commands and run.py show its sentence."""


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Read the settings; the secret key is made in `INSTANCE_DIR` when it is not given.

    The data key is only read here: whether one may be made is the database's to say (`app/lowcode/data_key.py`).
    Raises BadSetting for what cannot be used.
    """
    instance = Path(environ.get("INSTANCE_DIR") or ROOT / "instance").resolve()
    try:
        # What is kept there is nobody else's: names, telephones, keys.
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret_key = key_from(given=environ.get("SECRET_KEY"), path=instance / "secret.key")
        data_key = environ.get("DATA_KEY") or kept_key(instance / "data.key")
    except UnusableKey as error:
        raise BadSetting(
            f"密钥文件 {error} 是空的或已损坏，里面没有密钥。请从备份恢复；全新安装则删除它后重新启动。"
        ) from error
    except OSError as error:
        where = error.filename or instance
        raise BadSetting(
            f"不能写入 INSTANCE_DIR:{instance}（{where}:{error.strerror}）。请换一个可写的文件夹，或修正权限、清理磁盘后重新启动。"
        ) from error
    return {
        # Where the office keeps its SQLite database, keys, files and job queue.
        "INSTANCE_DIR": str(instance),
        # SQLAlchemy URL: sqlite, postgresql+psycopg, mysql+pymysql (utf8mb4_bin).
        "SQLALCHEMY_DATABASE_URI": database_url(
            environ.get("DATABASE_URL") or f"sqlite:///{instance / 'office.db'}"
        ),
        # Job queue in Redis instead of a SQLite file in the instance folder.
        "REDIS_URL": redis_url(environ.get("REDIS_URL", "")),
        # Signs sessions and forms.
        "SECRET_KEY": secret_key,
        # Encrypts identity numbers; lost with it they cannot be read again: back it up apart from the database.
        # None: not made yet.
        "DATA_KEY": data_key,
        # Business dates are days of this zone.
        "TIMEZONE": timezone(environ.get("TIMEZONE") or "Asia/Shanghai"),
        # Behind https: cookies are then sent over https only.
        "SESSION_COOKIE_SECURE": environ.get("HTTPS", "0") == "1",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        # Minutes without a click after which a person is logged out.
        "PERMANENT_SESSION_LIFETIME": timedelta(
            minutes=whole_number("IDLE_MINUTES", environ.get("IDLE_MINUTES") or "120", most=7 * 24 * 60)
        ),
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "APP_NAME": "物业管理",
        "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        # Flask-AppBuilder: tables come from the migrations, permissions from `sync`, pages from the engine.
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_VIEWS": False,
        "FAB_ADD_OPENAPI_VIEWS": False,
        "FAB_ADD_MENU_API": False,
        "AUTH_ROLE_ADMIN": "系统管理员",
        "AUTH_ROLE_PUBLIC": "",
    }


def database_url(given: str) -> str:
    """Return the URL with the driver that is installed. Raises BadSetting."""
    try:
        url = make_url(given)
        kind = DRIVERS[url.drivername.partition("+")[0]]
    except (ArgumentError, KeyError, ValueError) as error:
        raise BadSetting(
            "DATABASE_URL 不正确。例如 sqlite:////data/office.db、postgresql+psycopg://用户：密码@主机/数据库、"
            "mysql+pymysql://用户：密码@主机/数据库。"
        ) from error
    return url.set(drivername=kind).render_as_string(hide_password=False)


def redis_url(given: str) -> str:
    """Return the URL, or nothing. Raises BadSetting."""
    if given and not given.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting("REDIS_URL 不正确。例如 redis://127.0.0.1:6379/0。")
    return given


def timezone(given: str) -> str:
    """Return the name of a zone. Raises BadSetting."""
    try:
        ZoneInfo(given)
    except (ValueError, OSError, KeyError) as error:
        raise BadSetting(f"TIMEZONE 不正确：没有名为“{given}”的时区。例如 Asia/Shanghai。") from error
    return given


def whole_number(name: str, given: str, *, most: int) -> int:
    """Return a number from 1 to `most`. Raises BadSetting."""
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= most:
        raise BadSetting(f"{name} 应为 1 至 {most} 之间的整数，现在是“{given}”。")
    return int(given)
