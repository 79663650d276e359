"""Which employee a login belongs to: found by company and number, or made; one login an employee, and the reverse."""

from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Employee
from app.estate.operations.staff import save_employee
from app.kernel.errors import N_, DomainError
from app.lowcode.scope import UNSCOPED

UNTOUCHED: Any = object()
"""Given for an employment that the form did not ask for."""


@dataclass(frozen=True, slots=True)
class Employment:
    """What the operator's form says of the employee; the name is the operator's."""

    company_id: int
    number: str
    department_id: int | None = None
    position: str | None = None
    phone: str | None = None


class CompanyNeeded(DomainError):
    code = "company_needed"
    message = N_("填写工号时，请选择公司。")


class OtherPerson(DomainError):
    code = "other_person"
    message = N_("工号 %(number)s 是“%(name)s”的，与操作员的姓名不同。请核对。")


class LoginTaken(DomainError):
    code = "login_taken"
    message = N_("员工“%(name)s”已有登录名“%(username)s”。")


def employee_of(*, session: Session, user_id: int) -> Employee | None:
    """Return the employee that a login belongs to, within reach or not."""
    return session.scalar(
        select(Employee).where(Employee.user_id == user_id), execution_options={UNSCOPED: True}
    )


def employ(*, session: Session, user: User, wanted: Employment | None) -> tuple[str | None, str | None]:
    """Give a login its employee (None: none); returns (before, now) in words.

    An employee of that company and number is taken, when they bear the operator's name, else made. Who goes on
    under another number keeps being employed. Raises OtherPerson, LoginTaken, CompanyNotHeld, OtherCompany.
    """
    before = employee_of(session=session, user_id=user.id)
    told = None if before is None else employee_words(before)
    name = f"{user.last_name}{user.first_name}"
    if wanted is None:
        if before is not None:
            before.user_id = None
        session.flush()
        return told, None
    row = session.scalar(
        select(Employee).where(Employee.company_id == wanted.company_id, Employee.number == wanted.number)
    )
    if row is not None and row is not before:
        if row.name != name:
            raise OtherPerson(field="number", number=row.number, name=row.name)
        if row.user_id is not None:
            raise LoginTaken(field="number", name=row.name, username=row.login)
    if row is None and before is not None and before.company_id == wanted.company_id:
        row = before  # another number of the same person
    if before is not None and before is not row:
        before.user_id = None
        session.flush()
    row = save_employee(
        session=session,
        row=row or Employee(company_id=wanted.company_id, active=True),
        name=name,
        company_id=wanted.company_id,
        number=wanted.number,
        department_id=wanted.department_id,
        position=wanted.position,
        phone=wanted.phone,
    )
    row.user_id = user.id
    session.flush()
    return told, employee_words(row)


def employee_words(row: Employee) -> str:
    """Return how an employee is told apart: name and number."""
    return f"{row.name}（{row.number}）"
