"""The office with our community in full, built once for all who walk through it, and put back for each."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.journeys.ours import World
from tests.journeys.world import found
from tests.offices import Offices, PreparedOffice
from tests.people import Cast


@dataclass(frozen=True)
class FullOffice:
    """The prepared office on SQLite, the people and rows that were put into it, and the database as it then stood."""

    office: PreparedOffice
    cast: Cast
    world: World
    kept: Path
    files: Path  # what was uploaded, as it then was

    def open(self) -> PreparedOffice:
        """Put database and files back, whatever other tests have made of them, with no job waiting."""
        self.office.reset()
        self.office.put_back(self.kept)
        shutil.rmtree(_files(self.office), ignore_errors=True)
        shutil.copytree(self.files, _files(self.office))
        return self.office


def _files(office: PreparedOffice) -> Path:
    return Path(office.app.config["INSTANCE_DIR"]) / "files"


def build(*, offices: Offices, folder: Path) -> FullOffice:
    """Build it; its database is kept in `folder`."""
    office = offices.on("sqlite")
    cast = office.settled()
    with office.app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        world = found(session=session, cast=cast, app=office.app)
    office.keep(folder / "full.db")
    shutil.copytree(_files(office), folder / "files")
    return FullOffice(office, cast, world, folder / "full.db", folder / "files")
