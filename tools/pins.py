"""Writes requirements.txt and requirements-dev.txt: the exact versions of what is installed in this environment.

pyproject.toml names what the product asks for; everything that those need is found from the installed packages and
pinned too, so that two machines never differ. `--check` writes nothing and fails when the files are out of date.
"""

import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
# Windows has no time zone database of its own; nothing here installs it elsewhere, so its pin is written by hand.
WINDOWS = 'tzdata==2026.6 ; sys_platform == "win32"'


def closure(asked_for: list[str]) -> dict[str, str]:
    """Name → version of every distribution that the given requirements need on this platform, extras included."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(text) for text in asked_for]
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        distribution = metadata.distribution(wanted.name)
        found[distribution.metadata["Name"]] = distribution.version
        for text in distribution.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in (*wanted.extras, "")
            ):
                waiting.append(needed)
    return dict(sorted(found.items(), key=lambda pair: canonicalize_name(pair[0])))


def files() -> dict[Path, str]:
    """Return what the two files should hold."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = closure(project["dependencies"])
    dev = closure(project["optional-dependencies"]["dev"])
    head = "# Made by `make pins` from pyproject.toml and the installed packages; not edited by hand.\n"
    lines = [f"{name}=={version}" for name, version in runtime.items()]
    return {
        ROOT / "requirements.txt": head + "\n".join([*lines, WINDOWS]) + "\n",
        ROOT / "requirements-dev.txt": head
        + "-r requirements.txt\n"
        + "".join(f"{name}=={version}\n" for name, version in dev.items() if name not in runtime),
    }


def main() -> int:
    """Return the command: 0 when the files are right, 1 when `--check` finds them out of date."""
    stale = {
        path: text for path, text in files().items() if not path.is_file() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if "--check" in sys.argv:
            print(f"{path.name} is out of date: run `make pins`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path.name} written")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
