"""Every list of the office, its first page and its last, every report and the home page, as somebody who may read all."""

from flask import Flask
from flask_appbuilder.security.sqla.models import PermissionView, Role
from sqlalchemy import func, select

from app.estate.grants import Grants
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.engine import engine_of
from app.lowcode.manifest import Entry
from app.lowcode.scope import UNSCOPED
from app.lowcode.unit import unit_of_work
from app.system.operations.users import add_user
from bench.office import PASSWORD

AUDITOR = "auditor"
SIZE = 25


def add_auditor(app: Flask) -> None:
    """Return a person with every right there is over everything, unless an earlier measuring made one."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        if session.scalar(select(Role.id).where(Role.name == AUDITOR)) is not None:
            return
        role = Role(name=AUDITOR, permissions=list(session.scalars(select(PermissionView))))
        session.add(role)
        session.flush()
        add_user(
            session=session,
            username=AUDITOR,
            name="审计",
            password=PASSWORD,
            role_ids=[role.id],
            grants=Grants(everything=True),
        )


def every_list(app: Flask) -> dict[str, str]:
    """Return the first and the last page of each document's list, by name."""
    found = {}
    with app.app_context(), acting_as(SYSTEM):
        for manifest in engine_of(app).manifests:
            for entry in manifest.entries:
                if not isinstance(entry, Entry):
                    continue
                spec = spec_of(entry.document)
                rows = db.session.scalar(
                    select(func.count(entry.document.id)), execution_options={UNSCOPED: True}
                )
                found[f"list.{spec.name}.first"] = f"{spec.url}/list/"
                found[f"list.{spec.name}.last"] = f"{spec.url}/list/?page={max(1, -(-(rows or 0) // SIZE))}"
        db.session.remove()
    return found


def every_report(app: Flask) -> dict[str, str]:
    """Each report's page, by name, of the present."""
    with app.app_context():
        return {f"report.{report.name}": f"{report.url}/" for report in engine_of(app).reports.values()}


def home_of(app: Flask) -> dict[str, str]:
    """Return the home page and each of its cards."""
    cards = [card for manifest in engine_of(app).manifests for card in manifest.home_cards]
    return {"home": "/", "home.duties": "/home/duties", **{f"home.{card.name}": card.url for card in cards}}
