"""Files of the installation: for nobody else of the machine, and a sentence where one is full, read-only or broken."""

import errno
import os
import sqlite3
from pathlib import Path

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import N_

FULL = N_("磁盘已满，不能保存；已有的资料仍可查看。请联系管理员清理磁盘空间，然后重试。")
READ_ONLY = N_(
    "数据不能写入（文件只读或没有权限），不能保存；已有的资料仍可查看。请联系管理员检查数据文件夹的权限，然后重试。"
)
BROKEN = N_("数据库文件已损坏。请不要继续录入，并联系管理员停止系统、从备份恢复。")
QUEUE_ERRORS = (sqlite3.Error, RedisError, OSError)
"""What the job queue raises where its file or server does not answer."""

_BY_NUMBER = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
}
_BY_WORDS = (
    (("disk is full", "no space left", "disk full", "is full"), FULL),
    (("readonly", "read-only", "read only"), READ_ONLY),
    (("malformed", "not a database", "disk i/o error"), BROKEN),
)


def storage_fault(error: BaseException) -> str | None:
    """Return the sentence for a fault of disk or files, None for any other error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError) and cause.errno in _BY_NUMBER:
        return _BY_NUMBER[cause.errno]
    words = str(cause).lower()
    return next((sentence for signs, sentence in _BY_WORDS if any(sign in words for sign in signs)), None)


def private_file(path: Path) -> None:
    """Make a file for its owner alone (0600), empty where there is none yet; what cannot be is left to who opens it."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError:
        return


def private_folder(path: Path) -> None:
    """Make a folder for its owner alone (0700), and close one that others may enter."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError:
        return
