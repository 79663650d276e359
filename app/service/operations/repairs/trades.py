"""Which employee knows which trade."""

from typing import Any

from sqlalchemy.orm import Session

from app.estate.models import Employee
from app.lowcode.save import save_row, set_values
from app.lowcode.scope import OutOfScope, find
from app.service.models import TechnicianTrade


def save_trade(*, session: Session, row: TechnicianTrade, **values: Any) -> TechnicianTrade:
    """Say that an employee knows a trade; it belongs to the employee's company. Raises OutOfScope, AlreadyThere."""
    with session.no_autoflush:
        set_values(row, values)
        employee: Employee | None = find(session, Employee, row.employee_id)
        if employee is None:
            raise OutOfScope(field="employee_id")
        row.company_id = employee.company_id
    return save_row(session=session, row=row)
