"""What may be done to a login, what its person leaves undone, and whose it is."""

from collections.abc import Callable
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.estate.models import Department, Employee
from app.kernel.errors import N_
from app.lowcode.db import db
from app.lowcode.jobs import OPEN, Job
from app.lowcode.manifest import Action, OpenWork
from app.lowcode.pages import Button, Cell, Fact
from app.lowcode.permissions import may
from app.system.operations.accounts import enable_user, end_user_sessions, force_password
from app.system.operations.employment import employee_words
from app.system.rights import manifests


def _doing(operation: Callable[..., Any]) -> Callable[..., str | None]:
    def run(*, row_id: int) -> str | None:
        operation(session=db.session(), user_id=row_id)
        return None

    return run


def _is_active(user: User) -> bool:
    return bool(user.active)


ACTIONS = (
    Action(
        "end_sessions",
        N_("结束会话"),
        _doing(end_user_sessions),
        icon="logout",
        confirm=N_("这名操作员在所有电脑和手机上的登录都会结束，需要重新登录。"),
        allowed=_is_active,
        done=N_("已结束全部会话。"),
    ),
    Action(
        "force_password",
        N_("要求修改密码"),
        _doing(force_password),
        icon="key",
        confirm=N_("这名操作员必须先设置新密码，才能继续使用系统。"),
        allowed=_is_active,
        done=N_("下一次打开页面时须修改密码。"),
    ),
    Action(
        "enable",
        N_("启用"),
        _doing(enable_user),
        icon="circle-check",
        allowed=lambda user: not user.active,
        done=N_("已启用。"),
    ),
)


def disabling(user: User) -> list[Button]:
    """Return the way to the page that tells what is undone, and then takes the person out of use."""
    if not user.active or not may("disable", "User"):
        return []
    return [Button("disable", _("停用"), f"/user/disable/{user.id}", "ban", tone="danger")]


def open_work_of(user_id: int) -> list[OpenWork]:
    """Return what a person leaves undone, of every module that knows of something."""
    return [
        one
        for manifest in manifests()
        for tell in manifest.open_work
        for one in tell(user_id)
        if one.count > 0
    ]


def open_jobs(user_id: int) -> list[OpenWork]:
    """Jobs of a person that have not come to their end; their pages are the person's own."""
    count = db.session.scalar(select(func.count(Job.id)).where(Job.user_id == user_id, Job.state.in_(OPEN)))
    return [OpenWork(N_("进行中的任务"), count or 0)]


def employment_facts(*, session: Session, employee: Employee) -> list[Fact]:
    """Who a login belongs to, on the operator's page."""
    url = f"/employee/show/{employee.id}" if may("read", "Employee") else None
    found = [Fact(_("员工"), Cell(employee_words(employee), "link", href=url))]
    if employee.department_id is not None:
        name = session.scalar(select(Department.name).where(Department.id == employee.department_id))
        found.append(Fact(_("部门"), Cell(name or "")))
    return found
