"""Which employee knows which trade."""

from typing import Any

from sqlalchemy.orm import Session

from app.estate.models import Employee
from app.lowcode.scope import OutOfScope, find
from app.lowcode.uniqueness import check_unique
from app.service.models import TechnicianTrade


def save_trade(*, session: Session, row: TechnicianTrade, **values: Any) -> TechnicianTrade:
    """Say that an employee knows a trade; it belongs to the employee's company. Raises OutOfScope, AlreadyThere."""
    with session.no_autoflush:
        for name, value in values.items():
            setattr(row, name, value)
        employee: Employee | None = find(session, Employee, row.employee_id)
        if employee is None:
            raise OutOfScope(field="employee_id")
        row.company_id = employee.company_id
        check_unique(session=session, row=row)
        session.add(row)
    session.flush()
    return row
