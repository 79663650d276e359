"""机构部门 and 员工: who works for a company, in which department; a login may belong to one of them."""

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ForeignKey, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from app.kernel.errors import N_
from app.lowcode.dictionary import dictionary
from app.lowcode.document import About, CompanyScoped, Document
from app.lowcode.fields import FIELD, Field, flag, link, long_text, telephone, text


class Department(CompanyScoped, Document):
    """机构部门: a company's, and a tree."""

    __about__ = About(N_("部门"), "name", icon="sitemap", order=("company_id", "name"), tabs=("Employee",))
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    company_id: Mapped[int] = link(N_("公司"), "Company", required=True, fixed=True, listed=True)
    name: Mapped[str] = text(N_("名称"), 60, required=True, listed=True, searched=True, natural=True)
    parent_id: Mapped[int | None] = link(N_("上级部门"), "Department", listed=True)
    phone: Mapped[str | None] = telephone(N_("电话"), 50, listed=True, public=True)
    remark: Mapped[str | None] = long_text(N_("说明"))


class Employee(CompanyScoped, Document):
    """员工: those who log in and those who do not; what a trade they know is the service module's."""

    __about__ = About(N_("员工"), "name", icon="id-badge-2", order=("company_id", "number"))
    __table_args__ = (UniqueConstraint("company_id", "number"),)

    company_id: Mapped[int] = link(N_("公司"), "Company", required=True, fixed=True, listed=True)
    number: Mapped[str] = text(N_("工号"), 30, required=True, listed=True, searched=True, natural=True)
    name: Mapped[str] = text(N_("姓名"), 64, required=True, listed=True, searched=True)
    department_id: Mapped[int | None] = link(N_("部门"), "Department", listed=True)
    position: Mapped[str | None] = dictionary(N_("岗位"), "employee_position", listed=True, searched=True)
    phone: Mapped[str | None] = telephone(N_("手机"), listed=True, searched=True)
    active: Mapped[bool] = flag(N_("在职"), default=True, listed=True)
    remark: Mapped[str | None] = long_text(N_("备注"))
    # Given on the operator's page. Flask-AppBuilder's keys are plain integers.
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id"), unique=True)


Employee.login = column_property(
    select(User.username).where(User.id == Employee.user_id).correlate(Employee).scalar_subquery(),
    deferred=True,
    info={FIELD: Field(N_("登录名"), "text", listed=True, written=False, tracked=False, width=16)},
)
