"""A file that our owner uploaded, and an import that ran: what the wizard keeps beside the database."""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask

from app.estate.sales_import.dry_run import check
from app.estate.sales_import.job import KIND
from app.estate.sales_import.upload import keep_upload, write_json
from app.lowcode.jobs import Job, JobState
from app.lowcode.workbook import read_workbook

HEADS = "楼盘,幢号,室号,产权面积"
NOTHING = {"building": 0, "room": 0, "customer": 0, "occupancy": 0, "parking_space": 0}


def add_uploads(*, app: Flask, session: Any, owner_id: int, name: str) -> tuple[str, int]:
    """Keep a checked upload of the owner's, called `name`, and an import of theirs: (token, job)."""
    content, filename = f"{HEADS}\n{name},9号楼,901,88.5\n".encode(), f"{name}.csv"
    sheets = read_workbook(content=content, filename=filename)
    upload = keep_upload(sheets=sheets, filename=filename, community="", user_id=owner_id)
    check(session=session, upload=upload)
    job = Job(kind=KIND, label=filename, params={}, user_id=owner_id, state=JobState.DONE)
    session.add(job)
    session.flush()
    told = {
        "rows": 1,
        "imported": 0,
        "created": NOTHING,
        "updated": 0,
        "skipped": 0,
        "rejected": [],
        "warnings": [],
        "filename": filename,
    }
    folder = Path(app.config["INSTANCE_DIR"]) / "files" / "jobs" / str(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path=folder / "result.json", value=told)
    return upload.token, job.id


def sent() -> dict[str, Any]:
    """The form of a fresh upload; a file can be sent once only."""
    return {"file": (BytesIO(f"{HEADS}\n某园,9号楼,901,88.5\n".encode()), "房源.csv"), "community": ""}
