"""What was read of a file between the steps of its import: encrypted, open to who sent it and to nobody else.

The file itself is not kept. What nobody imports is removed after a day, by the ticker.
"""

import json
import re
import secrets
import shutil
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import current_app

from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.headings import SheetKind
from app.lowcode import clock
from app.lowcode.secrets import decrypt_bytes, encrypt_bytes
from app.lowcode.workbook import Sheet, dump_sheets, load_sheets

KEPT_SECONDS: Final = 24 * 3600
SALES: Final = "sales"
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


@dataclass
class Upload:
    """One uploaded file and what its owner chose for it; `layouts` None: as guessed. `purpose`: whose import it is."""

    folder: Path
    user_id: int
    filename: str
    community: str = ""
    layouts: tuple[SheetLayout, ...] | None = None
    job_id: int | None = None
    check_id: int | None = None
    """The job of the last dry run."""
    purpose: str = SALES

    @property
    def token(self) -> str:
        """The unguessable name under which its owner finds it."""
        return self.folder.name

    @property
    def sheets(self) -> tuple[Sheet, ...] | None:
        """The file's sheets; None once it was imported."""
        kept = self._read("sheets")
        return None if kept is None else load_sheets(zlib.decompress(kept))

    @property
    def check(self) -> dict[str, Any] | None:
        """What the last dry run found, as `keep_check` was given it."""
        kept = self._read("check")
        return None if kept is None else json.loads(kept)

    def keep_check(self, found: dict[str, Any]) -> None:
        """Keep what a dry run found, so that looking at it again does not read the file again."""
        self.write("check", json.dumps(found, ensure_ascii=False, default=str).encode())

    def save(self) -> None:
        """Keep what its owner chose."""
        chosen = {
            "user_id": self.user_id,
            "filename": self.filename,
            "community": self.community,
            "layouts": layouts_to_json(self.layouts),
            "job_id": self.job_id,
            "check_id": self.check_id,
            "purpose": self.purpose,
        }
        write_json(path=self.folder / "upload.json", value=chosen)

    def spend(self) -> None:
        """Remove the sheets after their import; only which job did it is still known."""
        for name in ("sheets", "check"):
            (self.folder / name).unlink(missing_ok=True)

    def write(self, name: str, content: bytes) -> None:
        """Keep bytes encrypted, whole or not at all."""
        part = self.folder / f"{name}.{secrets.token_hex(4)}"
        part.write_bytes(encrypt_bytes(content))
        part.replace(self.folder / name)

    def _read(self, name: str) -> bytes | None:
        path = self.folder / name
        return decrypt_bytes(path.read_bytes()) if path.is_file() else None

    def remove(self) -> None:
        """Remove it whole."""
        shutil.rmtree(self.folder, ignore_errors=True)


def keep_upload(
    *, sheets: Sequence[Sheet], filename: str, community: str, user_id: int, purpose: str = SALES
) -> Upload:
    """Keep the sheets of a file under a random name."""
    root = _root()
    root.mkdir(parents=True, exist_ok=True)
    upload = Upload(root / secrets.token_hex(16), user_id, filename, community, purpose=purpose)
    upload.folder.mkdir(mode=0o700)
    upload.write("sheets", zlib.compress(dump_sheets(sheets), 1))
    upload.save()
    return upload


def find_upload(*, token: str, user_id: int | None, purpose: str = SALES) -> Upload | None:
    """Return the upload of this name if it is this user's and for this import; None for any other, and for what is gone."""
    path = _root() / token / "upload.json"
    if not _TOKEN.fullmatch(token) or not path.is_file():
        return None
    chosen = json.loads(path.read_text(encoding="utf-8"))
    if user_id is None or (chosen["user_id"], chosen.setdefault("purpose", SALES)) != (user_id, purpose):
        return None
    layouts = layouts_from(chosen.pop("layouts"))
    return Upload(path.parent, **chosen, layouts=layouts)


def write_json(*, path: Path, value: Any) -> None:
    """Write a whole file or none: who reads it meanwhile sees the one before."""
    part = path.with_suffix(f".{secrets.token_hex(4)}")
    part.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")
    part.replace(path)


def _root() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "files" / "imports"


def remove_old_uploads() -> None:
    """Remove what was left behind more than a day ago."""
    oldest = clock.now().timestamp() - KEPT_SECONDS
    for folder in _folders(_root()):
        with suppress(FileNotFoundError):  # another process may be removing it as well
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _folders(root: Path) -> Sequence[Path]:
    if not root.is_dir():
        return []
    return [folder for folder in root.iterdir() if folder.is_dir() and _TOKEN.fullmatch(folder.name)]


def layouts_to_json(layouts: Sequence[SheetLayout] | None) -> list[dict[str, Any]] | None:
    """Layouts as JSON keeps them; None (as guessed) stays None."""
    return None if layouts is None else [_to_json(layout) for layout in layouts]


def layouts_from(told: Sequence[dict[str, Any]] | None) -> tuple[SheetLayout, ...] | None:
    """Reverse of layouts_to_json."""
    return None if told is None else tuple(_layout(layout) for layout in told)


def _to_json(layout: SheetLayout) -> dict[str, Any]:
    return {
        "sheet": layout.sheet,
        "kind": layout.kind.value,
        "header_row": layout.header_row,
        "columns": dict(layout.columns),
        "headings": list(layout.headings),
    }


def _layout(told: dict[str, Any]) -> SheetLayout:
    return SheetLayout(
        told["sheet"], SheetKind(told["kind"]), told["header_row"], told["columns"], tuple(told["headings"])
    )
