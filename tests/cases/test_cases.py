"""Every case, the project's own and those in the folder of `CASES`, on every supported database.

M8: case 18 pays twice with one key, the second time for an amount: the request as asked is what repeats.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import databases, office
from .language import parse_case
from .protocol import NotBuilt
from .runner import Runner
from .snapshot import Baseline

HERE = Path(__file__).parent


def case_files(folder: Path) -> list[Path]:
    """The case files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))


def not_built() -> list[str]:
    """The names in not_built.txt."""
    lines = (HERE / "not_built.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def all_cases() -> list[object]:
    """Own cases, excused where not built, and the others, never excused."""
    excuse = pytest.mark.xfail(strict=True, raises=NotBuilt, reason="not built")
    excused = not_built()
    found: list[object] = [
        pytest.param(path, id=path.stem, marks=[excuse] if path.name in excused else [])
        for path in case_files(HERE)
    ]
    if folder := os.environ.get("CASES"):
        others = case_files(Path(folder))
        if not others:
            raise RuntimeError(f"CASES={folder} holds no case")
        found += [pytest.param(path.resolve(), id=f"CASES:{path.stem}") for path in others]
    return found


@pytest.fixture(scope="session", params=databases.KINDS)
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[object, Baseline]]:
    """The product on a database of its own, and the rows to go back to before each case."""
    try:
        with databases.fresh_database(kind=request.param, folder=tmp_path_factory.mktemp("cases")) as url:
            app = office.prepare(url=url)
            try:
                yield app, Baseline.of(url=url)
            finally:
                office.release(app=app)
    except databases.NoServer as error:
        databases.without_server(error)


@pytest.mark.parametrize("path", all_cases())
def test_case(path: Path, prepared: tuple[object, Baseline]) -> None:
    app, baseline = prepared
    case = parse_case(path)
    baseline.restore()
    Runner(office=office.ProductOffice(app=app)).run(case=case)


def test_the_list_of_what_is_not_built_names_own_cases_once() -> None:
    names, own = not_built(), [path.name for path in case_files(HERE)]
    assert sorted(set(names)) == sorted(names)
    assert set(names) <= set(own)
