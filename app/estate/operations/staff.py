"""Departments and employees: added and changed by those who are given the company."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import descendants
from app.estate.models import Department, Employee
from app.estate.operations.places import check_company_held
from app.kernel.errors import N_, DomainError
from app.kernel.phones import read_phone
from app.lowcode.save import save_row
from app.lowcode.scope import OutOfScope, find


class DepartmentCycle(DomainError):
    code = "department_cycle"
    message = N_("上级部门不能是本部门或它的下级部门。")


class OtherCompany(DomainError):
    code = "other_company"
    message = N_("所选的部门不属于这家公司。")


class LoginGiven(DomainError):
    code = "login_given"
    message = N_("“%(name)s”有登录名，不能删除。请先在操作员里解除，或改为不在职。")


def save_department(*, session: Session, row: Department, **values: Any) -> Department:
    """Add or change a department. Raises DepartmentCycle, OtherCompany, CompanyNotHeld, OutOfScope, AlreadyThere."""
    with session.no_autoflush:
        company_id = values.get("company_id", row.company_id)
        check_company_held(session=session, company_id=company_id, field=None)
        parent_id = values.get("parent_id", row.parent_id)
        _check_of_company(session, department_id=parent_id, company_id=company_id, field="parent_id")
        if row.id is not None and parent_id is not None:
            parents = session.execute(
                select(Department.id, Department.parent_id).where(Department.company_id == company_id)
            )
            if parent_id in descendants(parents=dict(parents.all()), roots=[row.id]):
                raise DepartmentCycle(field="parent_id")
    return save_row(session=session, row=row, values=values)


def save_employee(*, session: Session, row: Employee, **values: Any) -> Employee:
    """Add or change an employee; the login (`user_id`) is given on the operator's page.

    Raises OtherCompany, CompanyNotHeld, OutOfScope, AlreadyThere.
    """
    with session.no_autoflush:
        company_id = values.get("company_id", row.company_id)
        check_company_held(session=session, company_id=company_id, field=None)
        _check_of_company(
            session,
            department_id=values.get("department_id", row.department_id),
            company_id=company_id,
            field="department_id",
        )
        if values.get("phone"):
            values["phone"] = read_phone(text=values["phone"], stands=row.phone)
    return save_row(session=session, row=row, values=values)


def remove_staff(*, session: Session, row: Department | Employee) -> None:
    """Delete a department or an employee that nothing refers to. Raises CompanyNotHeld, LoginGiven."""
    check_company_held(session=session, company_id=row.company_id, field=None)
    if isinstance(row, Employee) and row.user_id is not None:
        raise LoginGiven(name=row.name)
    session.delete(row)
    session.flush()


def _check_of_company(
    session: Session, *, department_id: int | None, company_id: int | None, field: str
) -> None:
    if department_id is None:
        return
    department: Department | None = find(session, Department, department_id)
    if department is None:
        raise OutOfScope(field=field)
    if department.company_id != company_id:
        raise OtherCompany(field=field)
