"""docs/how-to/add-a-document.md, read by a machine, and a copy of the project to follow it in."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "add-a-document.md"
ENGLISH = "translations/en/LC_MESSAGES/messages.po"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The sentence before a block of code says where it goes.
PLACE = re.compile(
    r"[iI]n `([^`]+)`, (at the end|after the line `([^`]+)`|instead of the line `([^`]+)`):\s*$"
)
TRANSLATION = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)


@dataclass(frozen=True)
class Edit:
    """Lines to write into a file: at its end, after a line, or instead of one."""

    path: str
    lines: str
    after: str | None = None
    instead: str | None = None

    def apply(self, project: Path) -> None:
        """Do as the page says. The line that it names stands in the file exactly once."""
        file = project / self.path
        text = file.read_text(encoding="utf-8")
        at = self.after or self.instead
        if at is None:
            file.write_text(f"{text}\n\n{self.lines}", encoding="utf-8")
            return
        assert f"\n{text}".count(f"\n{at}\n") == 1, f"{self.path} has not one line “{at}”"
        kept = f"{at}\n" if self.after else ""
        file.write_text(f"\n{text}".replace(f"\n{at}\n", f"\n{kept}{self.lines}")[1:], encoding="utf-8")


@dataclass(frozen=True)
class HowTo:
    """What the page tells to do."""

    edits: tuple[Edit, ...]
    message: str  # of the migration
    english: dict[str, str]

    @property
    def lines_by_hand(self) -> int:
        """The lines that a person writes, blank ones aside; an English text is one."""
        written = [line for edit in self.edits for line in edit.lines.splitlines() if line.strip()]
        return len(written) + len(self.english)


def read() -> HowTo:
    """Read the page; a block that it cannot place is a mistake of the page."""
    text = HOW_TO.read_text(encoding="utf-8")
    edits: list[Edit] = []
    messages: list[str] = []
    english: dict[str, str] = {}
    for block in BLOCK.finditer(text):
        language, body = block.groups()
        if language == "python":
            place = PLACE.search(text[: block.start()].rstrip())
            assert place is not None, f"nobody knows where this goes:\n{body}"
            path, _where, after, instead = place.groups()
            edits.append(Edit(path, body, after, instead))
        elif language == "sh":
            messages += re.findall(r'^make migration m="(.+)"$', body, re.MULTILINE)
        else:
            assert language == "po", f"a block of {language}"
            english |= dict(TRANSLATION.findall(body))
    (message,) = messages
    return HowTo(tuple(edits), message, english)


def copy_project(to: Path) -> Path:
    """The project as it stands here, without what it makes; the front-end packages are those installed here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)
    (to / "app" / "static" / "vendor").symlink_to(ROOT / "app" / "static" / "vendor")
    return to


def files_of(project: Path) -> dict[str, bytes]:
    """Every source of a project with what is in it."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix != ".mo"
        and not path.relative_to(project).as_posix().startswith(("app/static/vendor", "."))
    }


def run(project: Path, *command: str, **environ: str) -> str:
    """Run Python in the copy, as its user would; returns what it says. A command that fails fails the test."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**kept, "PYTHONUTF8": "1", **environ},
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout


def messages_of(project: Path) -> dict[str, str]:
    """The English catalog: message id → text, empty where nobody has translated it."""
    with (project / ENGLISH).open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}


def fill_in(project: Path, english: dict[str, str]) -> None:
    """Write the English beside the message ids that `make translations` has collected."""
    file = project / ENGLISH
    text = file.read_text(encoding="utf-8")
    for message, said in english.items():
        empty = f'msgid "{message}"\nmsgstr ""\n'
        assert text.count(empty) == 1, message
        text = text.replace(empty, f'msgid "{message}"\nmsgstr "{said}"\n')
    file.write_text(text, encoding="utf-8")
