"""The demo's people at work: one login for each role, and a cashier who works next door."""

from dataclasses import dataclass
from typing import Final

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.estate.grants import Grants
from app.estate.models import Department
from app.estate.operations.staff import save_department
from app.kernel.errors import N_, DomainError
from app.system.operations.employment import Employment
from app.system.operations.users import add_user


class RolesMissing(DomainError):
    """The roles have not been written into this database."""

    code = "roles_missing"
    message = N_("数据库里还没有角色。请先运行 flask --app app sync。")


class NamesTaken(DomainError):
    """Somebody has a login name of the cast already."""

    code = "names_taken"
    message = N_("已有登录名为“%(names)s”的操作员，演示人员无法建立。请换一个空的数据库。")


@dataclass(frozen=True, slots=True)
class Player:
    """One of the cast; `next_door`: works in the second community."""

    login: str
    name: str
    role: str
    department: str
    position: str
    next_door: bool = False


CAST: Final = (
    Player("guanliyuan", "管理员甲", "系统管理员", "办公室", "主管"),
    Player("jingli", "王经理", "物业经理", "办公室", "经理"),
    Player("shoufei", "李收费", "收费员", "财务部", "收费员"),
    Player("caiwu", "赵财务", "财务", "财务部", "会计"),
    Player("kefu", "孙客服", "客服", "客服部", "客服"),
    Player("gongcheng", "周工程", "工程主管", "工程部", "主管"),
    Player("weixiu", "吴维修", "维修工", "工程部", "维修工"),
    Player("zhixu", "郑秩序", "秩序维护", "秩序维护部", "秩序维护员"),
    Player("zhidu", "冯只读", "只读", "办公室", "主管"),
    Player("linqu", "陈邻区", "收费员", "财务部", "收费员", next_door=True),
)


def check_cast(*, session: Session) -> None:
    """Refuse where the cast cannot be made, before anything is written. Raises RolesMissing, NamesTaken."""
    wanted = {one.role for one in CAST}
    if wanted - set(session.scalars(select(Role.name).where(Role.name.in_(wanted)))):
        raise RolesMissing
    logins = [one.login for one in CAST]
    taken = session.scalars(select(User.username).where(func.lower(User.username).in_(logins)))
    if names := "、".join(sorted(taken)):
        raise NamesTaken(names=names)


def add_cast(
    *,
    session: Session,
    company_id: int,
    here: frozenset[int],
    next_door: frozenset[int],
    password: str | None,
) -> dict[str, User]:
    """Add the users, by login name, employed by the company.

    Nobody reaches more than their communities, the administrator everything. Without a password none of them can
    log in. Raises WeakPassword.
    """
    departments: dict[str, int] = {}
    for name in dict.fromkeys(one.department for one in CAST):
        row = save_department(session=session, row=Department(), company_id=company_id, name=name)
        departments[name] = row.id
    roles = {role.name: role.id for role in session.scalars(select(Role))}
    found = {}
    for place, one in enumerate(CAST, start=1):
        grants = Grants(communities=next_door if one.next_door else here)
        if one.role == "系统管理员":
            grants = Grants(everything=True)
        found[one.login] = add_user(
            session=session,
            username=one.login,
            name=one.name,
            password=password,
            role_ids=[roles[one.role]],
            grants=grants,
            employment=Employment(company_id, f"{place:03}", departments[one.department], one.position),
        )
    return found
