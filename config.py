"""Settings of an installation: each is an environment variable with a default and a meaning (see README)."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.lowcode.secrets import key_from

ROOT = Path(__file__).resolve().parent


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Read the settings; the secret and data keys are made in `INSTANCE_DIR` when they are not given."""
    instance = Path(environ.get("INSTANCE_DIR") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    return {
        # Where the office keeps its SQLite database, keys, files and job queue.
        "INSTANCE_DIR": str(instance),
        # SQLAlchemy URL: sqlite, postgresql+psycopg, mysql+pymysql (utf8mb4_bin).
        "SQLALCHEMY_DATABASE_URI": environ.get("DATABASE_URL") or f"sqlite:///{instance / 'office.db'}",
        # Job queue in Redis instead of a SQLite file in the instance folder.
        "REDIS_URL": environ.get("REDIS_URL", ""),
        # Signs sessions and forms.
        "SECRET_KEY": key_from(given=environ.get("SECRET_KEY"), path=instance / "secret.key"),
        # Encrypts identity numbers; lost with it they cannot be read again: back it up apart from the database.
        "DATA_KEY": key_from(given=environ.get("DATA_KEY"), path=instance / "data.key"),
        # Business dates are days of this zone.
        "TIMEZONE": environ.get("TIMEZONE", "Asia/Shanghai"),
        # Behind https: cookies are then sent over https only.
        "SESSION_COOKIE_SECURE": environ.get("HTTPS", "0") == "1",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        # Minutes without a click after which a person is logged out.
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=int(environ.get("IDLE_MINUTES", "120"))),
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
