"""A visit of the walk, and the rows of ours that it names."""

from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode.document import CommunityScoped, CompanyScoped
from app.lowcode.history import History
from app.lowcode.logins import LoginRecord
from app.lowcode.numbers import NumberRule
from tests.journeys.world import FIRST_ID


@dataclass(frozen=True)
class Visit:
    """One request. `told`: a person of ours is shown a hidden word; `twice`: sent again with the `seen` of the answer.

    `data` may be made anew for each sending (a file can be sent once only).
    """

    url: str
    method: str = "GET"
    data: Any = None
    json: Any = None
    told: bool = False
    twice: bool = False
    writes: bool = True  # False: a POST that keeps nothing in the database
    adds: str = ""  # how the line of the row begins that any sender adds for themselves
    works: bool = True  # False: a person of ours is refused too; only the stranger's answer is looked at


class Unfilled(AssertionError):
    """The walk does not know how to visit a rule."""


def is_scoped(model: Any) -> bool:
    """Whether rows of the document belong to a community or a company."""
    return issubclass(model, CommunityScoped | CompanyScoped)


def row_of_ours(session: Session, model: Any) -> Any:
    """A row of ours of a document. Raises Unfilled."""
    statement = select(model).order_by(model.id)
    if model is History:
        statement = statement.where(History.community_id >= FIRST_ID)
    elif model is LoginRecord:
        statement = statement.where(LoginRecord.username == "clerk")
    elif model is User:
        statement = statement.where(User.username == "clerk")
    elif model is Role:
        statement = statement.where(Role.name == "鸣角色")
    elif issubclass(model, CommunityScoped) and "community_id" in model.__table__.c:
        statement = statement.where(model.community_id >= FIRST_ID)
    elif model is NumberRule:  # the office's own are changed by who reaches the whole of it
        statement = statement.where(NumberRule.community_id >= FIRST_ID)
    elif is_scoped(model):
        statement = statement.where(model.id >= FIRST_ID)
    row = session.scalars(statement.limit(1)).first()
    if row is None:
        raise Unfilled(f"{model.__name__}: no row of ours; add one to tests/journeys/world.py")
    return row
