"""How the pictures of repair orders and the technician's pages are visited."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode.attachments import Attachment
from app.service.models import RepairMaterial
from tests.journeys.visits import Visit
from tests.pictures import jpeg


def pictures(session: Session, world: Any, url: str) -> tuple[int, Attachment]:
    """An order of ours with a picture on it."""
    pk = world.repairs["listed"]
    hanging = select(Attachment).where(Attachment.row_id == pk).limit(1)
    return pk, session.scalars(hanging).one()


def looks(session: Session, world: Any, view: Any) -> Iterator[Visit]:
    """A picture itself."""
    pk, one = pictures(session, world, view.spec.url)
    yield Visit(f"{view.spec.url}/attachment/{pk}/{one.id}", told=True)


def shows(session: Session, world: Any, view: Any) -> Iterator[Visit]:
    """The tab of an order's pictures."""
    pk, _one = pictures(session, world, view.spec.url)
    yield Visit(f"{view.spec.url}/attachments/{pk}", told=True)


def sends(session: Session, world: Any, view: Any) -> Iterator[Visit]:
    """Another picture for it."""
    pk, _one = pictures(session, world, view.spec.url)
    data = lambda: {"kind": "before", "file": (BytesIO(jpeg()), "新.jpg")}  # noqa: E731 (a body is read once)
    yield Visit(f"{view.spec.url}/attach/{pk}", "POST", data=data)


def takes_off(session: Session, world: Any, view: Any) -> Iterator[Visit]:
    """That picture off it."""
    pk, one = pictures(session, world, view.spec.url)
    yield Visit(f"{view.spec.url}/detach/{pk}/{one.id}", "POST")


def material(session: Session, world: Any) -> list[Visit]:
    """A line more on the phone's page."""
    given = {"name": "新角阀", "quantity": "1"}
    return [Visit(f"/repairs/mine/{world.repairs['listed']}/material", "POST", data=given)]


def no_material(session: Session, world: Any) -> list[Visit]:
    """A line less."""
    pk = world.repairs["listed"]
    line = session.scalars(select(RepairMaterial.id).where(RepairMaterial.order_id == pk)).one()
    return [Visit(f"/repairs/mine/{pk}/material/{line}/remove", "POST")]
