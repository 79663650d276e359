"""What the owner card says beside what is kept of a person."""

from flask_babel import gettext as _

from app.estate.models import Customer, HouseholdMember
from app.estate.rules.people import age_on
from app.lowcode import clock
from app.lowcode.pages import Cell, Fact


def age(row: Customer | HouseholdMember) -> list[Fact]:
    """年龄: it follows from the birthday, and is kept nowhere."""
    years = None if row.born is None else age_on(born=row.born, today=clock.today())
    return [Fact(_("年龄"), Cell("" if years is None else str(years), "integer"))]
