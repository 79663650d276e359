"""How the pages of the meters are visited."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Meter
from app.billing.operations.jobs import READINGS
from app.estate.sales_import.upload import keep_upload
from app.lowcode.workbook import read_workbook
from tests.journeys.visits import Visit

URL = "/billing/readings/"
SHEET = "表号,抄表日期,本次读数\n"


def _meter(session: Session, world: Any) -> Meter:
    return session.get_one(Meter, world.free["Meter"])


def _grids(session: Session, world: Any) -> list[Visit]:
    asked = {"community_id": world.community_id, "period": "2025-05"}
    return [
        Visit(f"{URL}?{urlencode(asked)}", told=True),
        Visit(
            f"{URL}?{urlencode(asked | {'building_id': world.building_id, 'unread': 'y', 'kind': 'water'})}",
            told=True,
        ),
    ]


def _saves(session: Session, world: Any) -> list[Visit]:
    rows = [{"meter": world.free["Meter"], "value": "140", "rollover": False}]
    return [
        Visit(
            f"{URL}save",
            "POST",
            json={"community_id": world.community_id, "day": "2025-05-31", "rows": rows},
        )
    ]


def _templates(session: Session, world: Any) -> list[Visit]:
    query = urlencode({"community_id": world.community_id, "period": "2025-05"})
    return [Visit(f"{URL}template?{query}", told=True)]


def _uploads(session: Session, world: Any) -> list[Visit]:
    content = f"{SHEET}{_meter(session, world).number},2025-05-31,140\n".encode()

    def sent() -> dict[str, Any]:
        return {"community_id": world.community_id, "file": (BytesIO(content), "读数.csv")}

    return [Visit(f"{URL}import", "POST", data=sent, writes=False)]


def _kept(path: str, **more: Any) -> Callable[[Session, Any], list[Visit]]:
    def visits(session: Session, world: Any) -> list[Visit]:
        number = _meter(session, world).number
        content = f"{SHEET}{number},2025-05-31,1\n{number},2025-06-30,150\n".encode()
        upload = keep_upload(
            sheets=read_workbook(content=content, filename="读数.csv"),
            filename=f"{number}.csv",
            community=str(world.community_id),
            purpose=READINGS,
            user_id=session.scalars(select(User.id).where(User.username == "owner")).one(),
        )
        return [Visit(f"{URL}import/{upload.token}{path}", **more)]

    return visits


OWN: dict[tuple[str, str], Callable[[Session, Any], list[Visit]]] = {
    ("ReadingGridView.grid", "GET"): _grids,
    ("ReadingGridView.save", "POST"): _saves,
    ("ReadingSheetView.template", "GET"): _templates,
    ("ReadingSheetView.upload", "GET"): lambda session, world: [
        Visit(f"{URL}import?community_id={world.community_id}")
    ],
    ("ReadingSheetView.upload", "POST"): _uploads,
    ("ReadingSheetView.check", "GET"): _kept("", told=True),
    ("ReadingSheetView.start", "POST"): _kept("/start", method="POST"),
}
