"""The file of an import between its steps: in a folder of its own, open to who sent it and to nobody else."""

import json
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import current_app

from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.headings import SheetKind
from app.lowcode import clock

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
    purpose: str = SALES

    @property
    def token(self) -> str:
        """The unguessable name under which its owner finds it."""
        return self.folder.name

    @property
    def content(self) -> bytes | None:
        """The file's bytes; None once it was imported."""
        path = self.folder / "content"
        return path.read_bytes() if path.is_file() else None

    @property
    def check(self) -> dict[str, Any] | None:
        """What the last dry run found, as `keep_check` was given it."""
        path = self.folder / "check.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def keep_check(self, found: dict[str, Any]) -> None:
        """Keep what a dry run found, so that looking at it again does not read the file again."""
        write_json(path=self.folder / "check.json", value=found)

    def save(self) -> None:
        """Keep what its owner chose."""
        layouts = None if self.layouts is None else [_to_json(one) for one in self.layouts]
        chosen = {
            "user_id": self.user_id, "filename": self.filename, "community": self.community, "layouts": layouts,
            "job_id": self.job_id, "purpose": self.purpose,
        }  # fmt: skip
        write_json(path=self.folder / "upload.json", value=chosen)

    def spend(self) -> None:
        """Remove the file after its import; only which job did it is still known."""
        for name in ("content", "check.json"):
            (self.folder / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove it whole."""
        shutil.rmtree(self.folder, ignore_errors=True)


def keep_upload(
    *, content: bytes, filename: str, community: str, user_id: int, purpose: str = SALES
) -> Upload:
    """Keep a file under a random name; what was left behind more than a day ago is removed."""
    root = _root()
    root.mkdir(parents=True, exist_ok=True)
    _remove_old(root)
    upload = Upload(root / secrets.token_hex(16), user_id, filename, community, purpose=purpose)
    upload.folder.mkdir(mode=0o700)
    (upload.folder / "content").write_bytes(content)
    upload.save()
    return upload


def find_upload(*, token: str, user_id: int | None, purpose: str = SALES) -> Upload | None:
    """The upload of this name if it is this user's and for this import; None for any other, and for what is gone."""
    path = _root() / token / "upload.json"
    if not _TOKEN.fullmatch(token) or not path.is_file():
        return None
    chosen = json.loads(path.read_text(encoding="utf-8"))
    if user_id is None or (chosen["user_id"], chosen.setdefault("purpose", SALES)) != (user_id, purpose):
        return None
    layouts = chosen.pop("layouts")
    return Upload(
        path.parent, **chosen, layouts=None if layouts is None else tuple(_layout(one) for one in layouts)
    )


def write_json(*, path: Path, value: Any) -> None:
    """Write a whole file or none: who reads it meanwhile sees the one before."""
    part = path.with_suffix(f".{secrets.token_hex(4)}")
    part.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")
    part.replace(path)


def _root() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "files" / "imports"


def _remove_old(root: Path) -> None:
    oldest = clock.now().timestamp() - KEPT_SECONDS
    for folder in _folders(root):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _folders(root: Path) -> Sequence[Path]:
    return [folder for folder in root.iterdir() if folder.is_dir() and _TOKEN.fullmatch(folder.name)]


def _to_json(layout: SheetLayout) -> dict[str, Any]:
    return {
        "sheet": layout.sheet, "kind": layout.kind.value, "header_row": layout.header_row,
        "columns": dict(layout.columns), "headings": list(layout.headings),
    }  # fmt: skip


def _layout(told: dict[str, Any]) -> SheetLayout:
    return SheetLayout(
        told["sheet"], SheetKind(told["kind"]), told["header_row"], told["columns"], tuple(told["headings"])
    )
