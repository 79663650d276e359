"""The named cast: who stands in the tests, in which role and over which community."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.estate.models import Building, Community, Company, Room, ScopeGrant

PASSWORD = "Xiaoqu-2025"
# The cheapest hash that the check accepts: a real one costs a tenth of a second a person.
_HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")


@dataclass(frozen=True)
class Person:
    """One of the cast. `ours`: works in our community; otherwise in the neighbouring one."""

    name: str
    login: str
    role: str
    ours: bool = True


CAST = (
    Person("管理员", "guanliyuan", "系统管理员"),
    Person("物业经理", "jingli", "物业经理"),
    Person("收费员", "shoufei", "收费员"),
    Person("财务", "caiwu", "财务"),
    Person("客服", "kefu", "客服"),
    Person("工程主管", "gongcheng", "工程主管"),
    Person("维修工", "weixiu", "维修工"),
    Person("秩序维护", "zhixu", "秩序维护"),
    Person("只读", "zhidu", "只读"),
    Person("邻区收费员", "linqu", "收费员", ours=False),
)


@dataclass(frozen=True)
class Place:
    """A community with one building and two rooms, by their ids."""

    company_id: int
    community_id: int
    building_id: int
    room_ids: tuple[int, int]


@dataclass(frozen=True)
class Cast(Mapping[str, str]):
    """Name in the house (收费员) → login name (shoufei), with the two communities they work in."""

    logins: Mapping[str, str]
    ours: Place
    neighbour: Place

    def __getitem__(self, name: str) -> str:
        return self.logins[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.logins)

    def __len__(self) -> int:
        return len(self.logins)


def settle(*, session: Session) -> Cast:
    """Add 锦绣园 (ours) and 邻里苑 (the neighbour's) under one company, and the cast with their reach."""
    company = Company(name="锦东置业")
    session.add(company)
    session.flush()
    ours = _place(session, company_id=company.id, name="锦绣园")
    neighbour = _place(session, company_id=company.id, name="邻里苑")
    roles = {role.name: role for role in session.scalars(select(Role))}
    for person in CAST:
        user = User(
            first_name="",
            last_name=person.name,
            username=person.login,
            active=True,
            password=_HASH,
            email=f"{person.login}@office.invalid",
            roles=[roles[person.role]],
        )
        session.add(user)
        session.flush()
        place = ours if person.ours else neighbour
        session.add(ScopeGrant(user_id=user.id, community_id=place.community_id))
    session.flush()
    return Cast({person.name: person.login for person in CAST}, ours, neighbour)


def _place(session: Session, *, company_id: int, name: str) -> Place:
    community = Community(company_id=company_id, name=name)
    session.add(community)
    session.flush()
    building = Building(community_id=community.id, name="1号楼")
    session.add(building)
    session.flush()
    rooms = [
        Room(
            community_id=community.id,
            building_id=building.id,
            unit="1",
            number=number,
            code=f"1-1-{number}",
            floor=int(number[0]),
            area=Decimal("89.67"),
        )
        for number in ("101", "201")
    ]
    session.add_all(rooms)
    session.flush()
    return Place(company_id, community.id, building.id, (rooms[0].id, rooms[1].id))


def reach_whole_office(*, session: Session, login: str) -> None:
    """Let one of the cast reach the whole office, whose rows nobody else may change."""
    user_id = session.scalars(select(User.id).where(User.username == login)).one()
    for grant in session.scalars(select(ScopeGrant).where(ScopeGrant.user_id == user_id)):
        grant.community_id = grant.company_id = None
    session.flush()
