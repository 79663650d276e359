"""机构部门 and 员工: of a company, changed by who is given it, seen by who works below it."""

from typing import Any

import pytest
from sqlalchemy import select

from app.estate.models import Company, Department, Employee, ScopeGrant
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work


@pytest.fixture
def staff(app: Any, cast: Any) -> dict[str, int]:
    """锦东置业 with 工程部 and its 一班, and another company; 管理员 is given the whole office."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        other = Company(name="别家公司")
        session.add(other)
        ours = Department(company_id=cast.ours.company_id, name="工程部")
        session.add(ours)
        session.flush()
        theirs = Department(company_id=other.id, name="别家工程部")
        team = Department(company_id=cast.ours.company_id, name="一班", parent_id=ours.id)
        session.add_all([theirs, team])
        session.flush()
        grant = session.scalars(select(ScopeGrant).order_by(ScopeGrant.id)).first()
        assert grant is not None  # 管理员, the first of the cast
        grant.community_id = None
        return {
            "company": cast.ours.company_id,
            "other": other.id,
            "工程部": ours.id,
            "一班": team.id,
            "别家工程部": theirs.id,
        }


def typed(staff: dict[str, int], **changes: Any) -> dict[str, Any]:
    return {
        "company_id": staff["company"],
        "number": "GC-01",
        "name": "钱师傅",
        "active": "y",
        "department_id": staff["工程部"],
        "phone": "138 0000 0001",
        **changes,
    }


def test_an_employee_is_added_and_found(staff, client_of, session):
    client = client_of("管理员")
    answer = client.post("/employee/add", data=typed(staff))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    row = session.scalars(select(Employee)).one()
    assert (row.name, row.number, row.phone, row.active) == ("钱师傅", "GC-01", "13800000001", True)
    page = client.get("/employee/list/?q=GC-01").get_data(as_text=True)
    assert "钱师傅" in page and "工程部" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "必填"),
        ({"number": "9" * 31}, "最多 30 个字"),
        ({"company_id": "999999"}, "请从列表中选择"),
        ({"company_id": "别家"}, "请从列表中选择"),
        ({"department_id": "别家工程部"}, "所选的部门不属于这家公司"),
    ],
)
def test_a_wrong_employee_is_refused(staff, client_of, session, changes, sentence):
    given = {name: staff.get(value, value) for name, value in changes.items()}
    answer = client_of("管理员").post("/employee/add", data=typed(staff, **given))
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert session.scalars(select(Employee)).all() == []


def test_a_number_stands_once_in_a_company(staff, client_of, session):
    client = client_of("管理员")
    assert client.post("/employee/add", data=typed(staff)).status_code == 302
    again = client.post("/employee/add", data=typed(staff, name="李师傅"))
    assert again.status_code == 422 and "已有相同的工号" in again.get_data(as_text=True)


def test_departments_go_in_no_circle(staff, client_of, session):
    row = session.get_one(Department, staff["工程部"])
    answer = client_of("管理员").post(
        f"/department/edit/{row.id}",
        data={"name": row.name, "parent_id": staff["一班"], "row_version": row.row_version},
    )
    assert answer.status_code == 422 and "下级部门" in answer.get_data(as_text=True)


def test_who_merely_works_below_a_company_sees_its_staff_and_changes_none(staff, client_of, session):
    client = client_of("管理员")
    assert client.post("/employee/add", data=typed(staff)).status_code == 302
    session.rollback()
    row = session.scalars(select(Employee)).one()
    manager = client_of("物业经理")  # given one community, not its company
    assert "钱师傅" in manager.get("/employee/list/").get_data(as_text=True)
    assert "别家工程部" not in manager.get("/department/list/").get_data(as_text=True)
    assert manager.post("/employee/add", data=typed(staff, number="GC-02")).status_code == 422
    changed = {**typed(staff, name="改名"), "row_version": row.row_version}
    assert manager.post(f"/employee/edit/{row.id}", data=changed).status_code == 422
    assert manager.post(f"/employee/delete/{row.id}").status_code == 303
    session.rollback()
    assert [one.name for one in session.scalars(select(Employee))] == ["钱师傅"]


def test_who_may_not_is_refused(staff, client_of):
    client = client_of("收费员")
    assert client.get("/employee/list/").status_code == 403
    assert client.post("/department/add", data={"name": "x"}).status_code == 403
