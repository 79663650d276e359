"""How long the pages that everybody waits for take, over HTTP, as a cashier who reaches the whole community."""

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app.billing.models import Charge
from app.estate.models import Building, Community, Customer, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from bench.browser import Browser
from bench.figures import p95, tell
from bench.floor import bare_server
from bench.lists import AUDITOR, add_auditor, every_list, every_report, home_of
from bench.office import PASSWORD
from bench.statements import statements_of

CASHIER = "shoufei"
SIZE = 25


@dataclass(frozen=True, slots=True)
class Place:
    """What is looked for: things of the biggest community."""

    community: int
    building: int
    code: str
    name: str
    phone: str
    customer: int
    rooms: int
    charges: int


def pages_of(place: Place) -> dict[str, str]:
    """Return the pages by name."""
    return {
        "tree_top": "/tree/nodes",
        "tree_community": f"/tree/nodes?key=community:{place.community}",
        "tree_building": f"/tree/nodes?key=building:{place.building}",
        "tree_search": f"/tree/nodes?q={place.code}",
        "room_list_first": "/room/list/",
        "room_list_last": f"/room/list/?page={_last(place.rooms)}",
        "room_list_search": f"/room/list/?q={place.code[:-1]}",
        "customer_list_name": f"/customer/list/?q={place.name}",
        "customer_list_phone": f"/customer/list/?q={place.phone}",
        "charge_list_first": "/charge/list/",
        "charge_list_last": f"/charge/list/?page={_last(place.charges)}",
        "search_code": f"/search/?q={place.code[:-1]}",
        "search_name": f"/search/?q={place.name[:1]}",
        "search_phone": f"/search/?q={place.phone[-6:]}",
        "suggest": f"/search/suggest?q={place.code[:-1]}",
        "desk_find_code": f"/desk/find?q={place.code}",
        "desk_find_part": f"/desk/find?q={place.code[:-1]}",
        "desk_find_name": f"/desk/find?q={place.name}",
        "desk_find_phone": f"/desk/find?q={place.phone[-6:]}",
        "desk_customer": f"/desk/customer/{place.customer}.json",
    }


def measure_pages(*, app: Flask, port: int, database: Path, folder: Path, requests: int) -> list[str]:
    """Measure every page and its floor: the cashier's, then every list, report and card; returns what went wrong."""
    add_auditor(app)
    wrong = _measure(app, CASHIER, pages_of(_place(app)), port, database, folder, requests)
    everything = {**every_list(app), **every_report(app), **home_of(app)}
    return wrong + _measure(app, AUDITOR, everything, port, database, folder, requests)


def _measure(
    app: Flask, login: str, pages: dict[str, str], port: int, database: Path, folder: Path, requests: int
) -> list[str]:
    browser = Browser(port)
    browser.log_in(login, PASSWORD)
    cold = {name: browser.timed(path) for name, path in pages.items()}
    wrong = [f"{name}: {status}" for name, (status, _time) in cold.items() if status not in (200, 404)]
    there = {name: path for name, path in pages.items() if cold[name][0] == 200}
    for name in pages.keys() - there.keys():
        print(f"not there: {name} ({cold[name][0]})", file=sys.stderr)
    sent = statements_of(app, login, there.values())
    slow = []
    with bare_server(database=database, pages=sent, folder=folder) as bare_port:
        bare = Browser(bare_port)
        for number, (name, path) in enumerate(there.items()):
            bare.timed(f"/{number}")
            times, floors = [], []
            for _time in range(requests):
                # Side by side, so that what else this machine does slows both.
                times.append(browser.timed(path)[1])
                floors.append(bare.timed(f"/{number}")[1])
            tell(f"page.{name}.p95", p95(times), "ms", floor=p95(floors))
            tell(f"page.{name}.cold", cold[name][1], "ms")
            slow += [p95(times)]
        bare.close()
    browser.close()
    tell(f"pages.{login}.slowest", max(slow), "ms")
    return wrong


def _last(rows: int) -> int:
    return max(1, -(-rows // SIZE))


def _place(app: Flask) -> Place:
    with app.app_context(), acting_as(SYSTEM):
        session = db.session()
        community = session.scalar(select(func.min(Community.id))) or 0
        here = session.scalar(
            select(Room)
            .where(Room.community_id == community, Room.number == "301")
            .order_by(Room.id)
            .limit(1)
        )
        debtor = session.scalar(
            select(Charge.customer_id)
            .join(Customer, Customer.id == Charge.customer_id)
            .where(Charge.community_id == community, Charge.due > Decimal(0), Customer.phone.is_not(None))
            .order_by(Charge.id)
            .limit(1)
        )
        customer = session.get_one(Customer, debtor)
        building = (
            session.scalar(select(func.min(Building.id)).where(Building.community_id == community)) or 0
        )
        place = Place(
            community,
            building,
            here.code if here else "1-1-101",
            customer.name[:2],
            customer.phone or "",
            customer.id,
            session.scalar(select(func.count(Room.id)).where(Room.community_id == community)) or 0,
            session.scalar(select(func.count(Charge.id)).where(Charge.community_id == community)) or 0,
        )
        db.session.remove()
        return place
