"""Writes a migration from the documents as declared now (`make migration m="…"`), or checks that none is missing.

Both compare with a database of their own that the existing migrations have just built, never with the office's.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools.schema_changes import VARIABLE, Unanswered, pairs  # noqa: E402 (run by its path)

VERSIONS = ROOT / "migrations" / "versions"


def main() -> int:
    """Return the command: `check`, or the new migration's message."""
    parser = argparse.ArgumentParser(prog="tools/migration.py")
    parser.add_argument("message", help="what changes, or `check`")
    parser.add_argument("--default", action="append", default=[], metavar="TABLE.COLUMN=VALUE")
    parser.add_argument("--rename", action="append", default=[], metavar="TABLE.OLD=NEW")
    parser.add_argument("--drop", action="append", default=[], metavar="TABLE.COLUMN")
    given = parser.parse_args()
    if not given.message.strip():
        parser.error('make migration m="what changes"')
    try:
        answers = {
            "default": dict(pairs(given.default)),
            "rename": dict(pairs(given.rename)),
            "drop": given.drop,
        }
    except Unanswered as error:
        parser.error(str(error))
    os.environ[VARIABLE] = json.dumps(answers)
    with tempfile.TemporaryDirectory(prefix="migration-") as folder:
        os.environ["INSTANCE_DIR"] = folder
        os.environ.pop("DATABASE_URL", None)
        return check() if given.message == "check" else write(given.message)


def check() -> int:
    """0 when the migrations build exactly what the documents declare."""
    return flask_db("upgrade") or flask_db("check")


def write(message: str) -> int:
    """Write the migration and format it; the file still wants reading by a person."""
    before = set(VERSIONS.glob("*.py"))
    failed = flask_db("upgrade") or flask_db("migrate", "-m", message)
    if failed:
        return failed
    written = sorted(set(VERSIONS.glob("*.py")) - before)
    for path in written:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
        subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(path)], check=True)
        print(f"{path.relative_to(ROOT)}: read it before it is committed")
    if not written:
        print("nothing to migrate")
    return 0


def flask_db(*arguments: str) -> int:
    """Run `flask db …` in the project's folder and return its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", *arguments], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
