"""Columns that many reports have."""

from app.kernel.errors import N_
from app.lowcode.fields import Field


def money(name: str, label: str, width: int = 14) -> Field:
    """Return an amount that is added up."""
    return Field(label, "money", name=name, width=width, totalled=True, scale=2)


def words(name: str, label: str, width: int = 14) -> Field:
    """Return a text."""
    return Field(label, "text", name=name, width=width)


def day(name: str, label: str) -> Field:
    """Return a date."""
    return Field(label, "date", name=name, width=12)


COMMUNITY = words("community", N_("小区"), 16)
BUILDING = words("building", N_("楼宇"), 12)
PLACE = words("place", N_("房号"), 14)
CUSTOMER = words("customer", N_("客户"), 14)
FEE = words("fee", N_("收费项目"), 14)
PHONE = Field(N_("电话"), "phone", name="phone", width=14)
PERIOD = Field(N_("所属期"), "period", name="period", width=10)
