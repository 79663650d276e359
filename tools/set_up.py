"""Installs what the office needs beside this checkout: packages, front-end files, message catalogs.

Run by any Python 3.11 or newer, without packages: `python3 tools/set_up.py [--dev]`. Each step leaves a stamp (a hash of
what it was made from) in .venv and is skipped while that still holds, so that a second start costs nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
VENDOR = ROOT / "app" / "static" / "vendor"
CHECKER = ROOT / "node_modules" / "@biomejs" / "biome"
TRANSLATIONS = ROOT / "translations"


class SetUpFailed(Exception):
    """A step that this program cannot do; says what the person can."""


def main(arguments: list[str]) -> int:
    """Return the command: 0 when everything is in place."""
    try:
        make_environment()
        install(ROOT / "requirements.txt")
        dev = "--dev" in arguments
        if dev:
            install(ROOT / "requirements-dev.txt", ROOT / "requirements.txt")
        install_front_end(dev=dev)
        compile_catalogs()
    except SetUpFailed as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"failed ({error.returncode}): {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    return 0


def make_environment() -> None:
    """Make a virtual environment of our own: the system's Python is left alone (PEP 668)."""
    if sys.version_info < (3, 11):  # noqa: UP036 (run by whatever Python is there)
        raise SetUpFailed(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    # Without pip it is half made: a first try on a machine without the venv package leaves such a one.
    if PYTHON.exists() and next(VENV.glob("**/site-packages/pip"), None) is not None:
        return
    print("making .venv …")
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except subprocess.CalledProcessError as error:
        raise SetUpFailed(
            "This Python has no ensurepip. On Debian or Ubuntu: apt-get install python3-venv"
        ) from error


def install(requirements: Path, *included: Path) -> None:
    """Install a file of pinned requirements."""
    print_ = stamp_of([requirements, *included], VENV.resolve(), sys.version)
    if is_current(requirements.name, print_):
        return
    print(f"installing {requirements.name} …")
    run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-r", requirements)
    set_current(requirements.name, print_)


def install_front_end(*, dev: bool) -> None:
    """Install the front-end packages of package-lock.json and copy what the pages load.

    An office gets only what its pages load; what checks the scripts is added by `--dev`, and left there afterwards.
    """
    print_ = stamp_of([ROOT / "package-lock.json", ROOT / "tools" / "frontend.py"])
    whole = is_current("frontend-dev", print_) and CHECKER.is_dir()
    if VENDOR.is_dir() and (whole or (not dev and is_current("frontend", print_))):
        return
    print("installing front-end packages …")
    npm = shutil.which("npm")
    if npm is None or not succeeds(npm, "--version"):
        run(
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--quiet",
            "-r",
            ROOT / "requirements-node.txt",
        )
        npm = str(shutil.which("npm", path=str(BIN)))
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run(npm, "ci", *quietly, *(() if dev else ("--omit=dev",)), path_last=BIN)
    run(PYTHON, ROOT / "tools" / "frontend.py")
    set_current("frontend-dev" if dev else "frontend", print_)


def compile_catalogs() -> None:
    """Compile the message catalogs; only the pages need them, no command does."""
    sources = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    if not sources:
        return
    print_ = stamp_of(sources)
    if is_current("catalogs", print_) and all(source.with_suffix(".mo").is_file() for source in sources):
        return
    run(PYTHON, ROOT / "tools" / "translations.py", "compile")
    set_current("catalogs", print_)


def stamp_of(files: Iterable[Path], *more: object) -> str:
    """Return a hash of the files' names and contents and of whatever else a step depends on."""
    digest = hashlib.sha256(repr(more).encode())
    for file in files:
        digest.update(f"\n{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def is_current(step: str, stamp: str) -> bool:
    """Whether the step was done for just this."""
    file = VENV / f"stamp-{step}"
    return file.is_file() and file.read_text() == stamp


def set_current(step: str, stamp: str) -> None:
    """Remember that the step is done."""
    (VENV / f"stamp-{step}").write_text(stamp)


def succeeds(*command: object) -> bool:
    """Whether a command exists and ends well."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, cwd=ROOT, check=False)
    except OSError:
        return False
    return done.returncode == 0


def run(*command: object, path_last: Path | None = None) -> None:
    """Run a command in the project's folder. Raises CalledProcessError."""
    environment = dict(os.environ)
    if path_last is not None:
        # npm of the environment finds its own node there; a machine's npm finds the machine's.
        environment["PATH"] = os.pathsep.join([environment.get("PATH", ""), str(path_last)])
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=environment)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
