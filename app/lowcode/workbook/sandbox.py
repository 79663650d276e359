"""Parses an untrusted workbook in a process of its own that may end itself, and nothing else, with a bad file.

The process gets no setting and no key, a limit of memory and of computing time where the system has them (POSIX), and
is killed when its time is over everywhere.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

from app.kernel.errors import DomainError
from app.lowcode.workbook.child import REFUSED
from app.lowcode.workbook.errors import (
    KINDS,
    MOST_MEGABYTES,
    MOST_MEMORY,
    MOST_SECONDS,
    EmptyWorkbook,
    OversizedWorkbook,
    TooMuchMemory,
    TooMuchTime,
    UnreadableWorkbook,
)
from app.lowcode.workbook.sheets import Sheet, load_sheets

_ROOT: Final = Path(__file__).resolve().parents[3]
_ABORTED: Final = {-getattr(signal, name) for name in ("SIGABRT", "SIGKILL") if hasattr(signal, name)}
_OVERTIME: Final = {-getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)}


def read_workbook(*, content: bytes, filename: str = "", headings: Collection[str] = ()) -> tuple[Sheet, ...]:
    """Read every filled sheet of a workbook (xlsx, xlsm, xlsb, xls, ods by content; csv by its name).

    A block of cells merged downwards counts as filled in each of its rows. `headings` are the names, folded, by which a
    text's delimiter is told. Raises `UnreadableWorkbook` or one of its kinds.
    """
    if not content:
        raise EmptyWorkbook
    if len(content) > MOST_MEGABYTES * 1024**2:
        raise OversizedWorkbook(most=MOST_MEGABYTES)
    asked = {
        "filename": filename,
        "headings": sorted(headings),
        "memory": MOST_MEMORY,
        "seconds": MOST_SECONDS,
    }
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "app.lowcode.workbook.child"],
            input=json.dumps(asked).encode() + b"\n" + content,
            capture_output=True,
            check=False,
            timeout=MOST_SECONDS,
            cwd=_ROOT,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        raise TooMuchTime(most=MOST_SECONDS) from None
    if ended.returncode == 0:
        return load_sheets(ended.stdout)
    raise _refusal(ended)


def _environment() -> dict[str, str]:
    """Return what an interpreter needs, and neither keys nor settings."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    return kept | {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _refusal(ended: subprocess.CompletedProcess[bytes]) -> DomainError:
    if ended.returncode == REFUSED:
        told = json.loads(ended.stdout)
        return KINDS[told["kind"]](**told["params"])
    if ended.returncode in _OVERTIME:
        return TooMuchTime(most=MOST_SECONDS)
    # Native code ends its process when it is given no memory.
    if ended.returncode in _ABORTED or b"memory allocation" in ended.stderr:
        return TooMuchMemory(most=MOST_MEMORY)
    return UnreadableWorkbook()
