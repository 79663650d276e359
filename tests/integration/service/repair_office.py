"""An office that repairs: technicians with trades, a resident with a telephone, and orders in any state."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.billing.states import FeeKind
from app.estate.models import Customer, Employee, Occupancy, ScopeGrant
from app.lowcode import clock
from app.lowcode.actors import Actor, acting_as, reach_of
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import move
from app.service.models import RepairMaterial, RepairOrder, TechnicianTrade
from app.service.operations.repairs import save_material, save_repair, save_trade
from app.service.states.repairs import RepairState, Stars
from tests.people import _HASH, CAST, Cast
from tests.pictures import png

OTHER, NEIGHBOUR = "另一维修工", "邻区工程主管"
PHONE = "13977712345"

ROADS: Mapping[RepairState, tuple[str, ...]] = {
    RepairState.REGISTERED: (),
    RepairState.PASSED: ("pass_on",),
    RepairState.DISPATCHED: ("pass_on", "dispatch"),
    RepairState.WORKING: ("pass_on", "dispatch", "take"),
    RepairState.WAITING: ("pass_on", "dispatch", "take", "material", "ask_material"),
    RepairState.DELAYED: ("pass_on", "dispatch", "take", "delay"),
    RepairState.TO_SIGN: ("pass_on", "dispatch", "take", "complete"),
    RepairState.TO_CHECK: ("pass_on", "dispatch", "take", "complete", "sign"),
    RepairState.CLOSED: ("pass_on", "dispatch", "take", "complete", "sign", "check"),
    RepairState.CANCELLED: ("cancel",),
}
"""How an order comes into each state."""


@dataclass
class RepairOffice:
    """Ids of what the tests talk about; `logins` of those beside the cast."""

    cast: Cast
    technician_id: int
    other_id: int
    customer_id: int
    fee_item_id: int

    def user_id(self, name: str) -> int:
        """The user of one of the cast, or of the two beside it."""
        login = {OTHER: "weixiu2", NEIGHBOUR: "linqugc"}.get(name) or self.cast[name]
        return db.session.scalars(select(User.id).where(User.username == login)).one()

    @contextmanager
    def acting(self, name: str) -> Iterator[Actor]:
        """Act as one of them."""
        user_id = self.user_id(name)
        with acting_as(Actor(user_id, name, reach_of(user_id))) as actor:
            yield actor

    def inputs(self, action: str) -> dict[str, Any]:
        """What an action asks for, filled in rightly."""
        return {key: value() for key, value in self._inputs().get(action, {}).items()}

    def _inputs(self) -> Mapping[str, Mapping[str, Callable[[], Any]]]:
        why = {"reason": lambda: "说明原因"}
        send = {"trade": lambda: "水电", "technician_id": lambda: self.technician_id}
        promise = {"promised_day": lambda: clock.today() + timedelta(days=2)}
        return {
            "rush": send,
            "dispatch": send,
            "reassign": {**send, "technician_id": lambda: self.other_id, **why},
            "send_back": why,
            "decline": why,
            "delay": {**promise, **why},
            "pause": {"promised_day": lambda: None, **why},
            "complete": {
                "finished_at": clock.now,
                "work_done": lambda: "换了软管",
                "labour": lambda: Decimal("50.00"),
                "chargeable": lambda: False,
                "charge_amount": lambda: None,
            },
            "sign": {
                "signature": lambda: png(300, 100),
                "signed_by": lambda: "王先生",
                "proxy_reason": lambda: None,
            },
            "rework": why,
            "check": {"check_opinion": lambda: "合格", "fee_item_id": lambda: None},
            "redo": why,
            "cancel": why,
            "rate": {"rating": lambda: Stars.FIVE, "rating_words": lambda: "很快"},
        }

    def register(self, session: Session, **values: Any) -> RepairOrder:
        """A leak called in."""
        given: dict[str, Any] = {
            "community_id": self.cast.ours.community_id,
            "room_id": self.cast.ours.room_ids[0],
            "customer_id": self.customer_id,
            "reporter": "王先生",
            "phone": PHONE,
            "source": "电话",
            "trade": "水电",
            "content": "厨房水管漏水",
            "urgent": False,
        }
        return save_repair(session=session, row=RepairOrder(), **{**given, **values})

    def lead(self, session: Session, row: RepairOrder, *actions: str, **inputs: Any) -> RepairOrder:
        """Lead an order along some actions; `inputs` go to the last of them."""
        for place, action in enumerate(actions):
            if action == "material":
                self.material(session, row)
                continue
            given = self.inputs(action) | (inputs if place == len(actions) - 1 else {})
            row = move(session=session, row=row, action=action, **given)
        return row

    def material(self, session: Session, row: RepairOrder, **values: Any) -> RepairMaterial:
        """A line of material that nobody has confirmed."""
        given = {"name": "角阀", "unit": "个", "quantity": Decimal(2), "price": Decimal("12.50")} | values
        with self.acting("维修工"):
            return save_material(session=session, row=RepairMaterial(), order_id=row.id, **given)

    def order_in(self, state: RepairState, **values: Any) -> int:
        """An order in a state, in a unit of its own, as the system."""
        with unit_of_work() as session:
            row = self.lead(session, self.register(session, **values), *ROADS[state])
            assert row.state is state
            return row.id


def settle_repairs(*, cast: Cast) -> RepairOffice:
    """Add what repairs need to the two communities of the cast."""
    with unit_of_work() as session:
        ours = cast.ours
        customer = Customer(community_id=ours.community_id, name="王先生", phone=PHONE)
        fee = FeeItem(name="有偿维修费", kind=FeeKind.SERVICE)
        session.add_all([customer, fee])
        session.flush()
        session.add(
            Occupancy(community_id=ours.community_id, room_id=ours.room_ids[0], customer_id=customer.id)
        )
        _user(session, OTHER, "weixiu2", "维修工", ours.community_id)
        _user(session, NEIGHBOUR, "linqugc", "工程主管", cast.neighbour.community_id)
        staff = [
            Employee(company_id=ours.company_id, number=number, name=name, user_id=_id(session, login))
            for number, name, login in (("E1", "张师傅", "weixiu"), ("E2", "李师傅", "weixiu2"))
        ]
        session.add_all(staff)
        session.flush()
        for one, trade in zip(staff, ("水电", "门窗五金"), strict=True):
            save_trade(session=session, row=TechnicianTrade(), employee_id=one.id, trade=trade)
        return RepairOffice(cast, staff[0].id, staff[1].id, customer.id, fee.id)


def _user(session: Session, name: str, login: str, role: str, community_id: int) -> None:
    user = User(
        first_name="",
        last_name=name,
        username=login,
        active=True,
        password=_HASH,
        email=f"{login}@office.invalid",
        roles=list(session.scalars(select(Role).where(Role.name == role))),
    )
    session.add(user)
    session.flush()
    session.add(ScopeGrant(user_id=user.id, community_id=community_id))


def _id(session: Session, login: str) -> int:
    return session.scalars(select(User.id).where(User.username == login)).one()


PEOPLE = (*(person.name for person in CAST if person.ours), OTHER, NEIGHBOUR)
"""Everybody whom the table of repairs speaks of."""

TODAY = date(2026, 3, 10)


def at(hour: int, minute: int = 0, *, day: int = 10) -> datetime:
    """A moment of March 2026 as the office's clock shows it."""
    return datetime(2026, 3, day, hour, minute, tzinfo=clock.timezone())
