"""A file that our owner uploaded, and an import that ran: what the wizard keeps beside the database."""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask

from app.estate.checking import check
from app.estate.import_job import KIND
from app.estate.sales.sheets import open_workbook
from app.estate.upload import keep_upload, write_json
from app.lowcode.jobs import Job, JobState
from tests.journeys.world import World, marked

NAME = f"{marked('房源')}.csv"
CONTENT = f"小区,楼栋,房号,建筑面积\n{marked('小区')},9号楼,901,88.5\n".encode()
NOTHING = {"building": 0, "room": 0, "customer": 0, "occupancy": 0, "parking_space": 0}


def add_uploads(*, app: Flask, session: Any, world: World, owner_id: int) -> None:
    """Keep a checked upload of the owner's, and the result of an import of theirs."""
    upload = keep_upload(content=CONTENT, filename=NAME, community="", user_id=owner_id)
    check(upload=upload, sheets=open_workbook(content=CONTENT, filename=NAME))
    job = Job(kind=KIND, label=NAME, params={}, user_id=owner_id, state=JobState.DONE)
    session.add(job)
    session.flush()
    told = {
        "rows": 1, "imported": 0, "created": NOTHING, "updated": 0, "skipped": 0, "rejected": [], "warnings": [],
        "filename": NAME,
    }  # fmt: skip
    folder = Path(app.config["INSTANCE_DIR"]) / "files" / "jobs" / str(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path=folder / "result.json", value=told)
    world.upload, world.imported_job_id = upload.token, job.id


def sent() -> dict[str, Any]:
    """The form of a fresh upload; a file can be sent once only."""
    return {
        "file": (BytesIO("小区,楼栋,房号,建筑面积\n某园,9号楼,901,88.5\n".encode()), "房源.csv"),
        "community": "",
    }
