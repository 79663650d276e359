"""How the views of the modules' own are visited: one line for each (endpoint, method) in `OWN`."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import CashHandover, Receipt
from app.kernel.periods import Period
from app.lowcode import clock
from tests.journeys.ours import ASKED, HIDDEN, KEY, PHONE, PLATE, World, marked
from tests.journeys.own_billing import OWN as OF_METERS
from tests.journeys.own_closing import OWN as OF_CLOSING
from tests.journeys.own_menu import OWN as OF_THE_MENU
from tests.journeys.report_visits import VISITS, VISITS_OF_ROWS
from tests.journeys.uploads import sent
from tests.journeys.visits import Visit
from tests.journeys.visits_service import material, no_material
from tests.journeys.world import charge_of_run
from tests.journeys.world_billing import UNREAD
from tests.journeys.world_collection import TILL
from tests.people import PASSWORD


def _one(url: str, **more: Any) -> Callable[[Session, World], list[Visit]]:
    """`{name}` in the URL is a field of the world."""
    return lambda session, world: [Visit(url.format_map(vars(world)), **more)]


def _line(session: Session, world: World) -> list[Visit]:
    from app.billing.models import BillingLine

    line = session.scalars(
        select(BillingLine.id).where(BillingLine.run_id == world.computed_run_id).limit(1)
    ).one()
    return [Visit(f"/billing/why/line/{line}", told=True)]


def _assign(session: Session, world: World) -> list[Visit]:
    terms = {
        "community_id": world.community_id,
        "standard_id": world.unused_standard_id,
        "starts": "2025-02-01",
        "ends": "2029-12-31",
    }
    rooms = {
        **terms,
        "kind": "rooms",
        "building_id": world.building_id,
        "purpose": "",
        "meter_kind": "",
        "skip_taken": "y",
    }
    spaces = {
        **terms,
        "kind": "spaces",
        "lot_id": world.lot_id,
        "purpose": "",
        "meter_kind": "",
        "skip_taken": "y",
    }
    url, mixed = "/billing/assign/", f"{world.other_room_id},{world.neighbour_room_id}"
    return [
        Visit(f"{url}?rooms={world.other_room_id}", "POST", data=terms, twice=True),
        Visit(url, "POST", data=rooms, twice=True),
        Visit(url, "POST", data=spaces, twice=True),
        Visit(f"{url}?rooms={mixed}", "POST", data=terms, twice=True, works=False),
    ]


def _ticked(session: Session, world: World) -> list[Visit]:
    return [
        Visit("/billing/assign/ticked/rooms", "POST", data={"rowid": [world.room_id]}, writes=False),
        Visit("/billing/assign/ticked/spaces", "POST", data={"rowid": [world.space_id]}, writes=False),
        Visit(
            "/billing/assign/ticked/rooms",
            "POST",
            data={"rowid": [world.room_id, world.neighbour_room_id]},
            works=False,
        ),
    ]


def _finds(session: Session, world: World) -> list[Visit]:
    number = session.scalars(select(Receipt.number).where(Receipt.id == world.receipt_id)).one()
    typed = (ASKED, PHONE, PHONE[-4:], PLATE, marked("-1-101"), marked("王一"), number, "A-1", "101")
    told = {PHONE, marked("-1-101"), marked("王一"), number}
    return [Visit(f"/desk/find?{urlencode({'q': one})}", told=one in told) for one in typed]


def _pays(session: Session, world: World) -> list[Visit]:
    body = {
        "customer_id": world.customer_id,
        "charge_ids": [world.open_charge_id],
        "amount": None,
        "tendered": None,
        "tenders": [{"tender": "cash", "amount": None}],
        "key": "walk-0001",
    }
    own = {**body, "customer_id": world.neighbour_customer_id, "key": "walk-0002"}
    return [
        Visit("/desk/pay", "POST", json=body),
        Visit("/desk/pay", "POST", json={**body, "charge_ids": None, "amount": "5.00"}),
        # The stranger's own customer, and a charge or a key of ours.
        Visit("/desk/pay", "POST", json=own, works=False),
        Visit("/desk/pay", "POST", json={**body, "key": f"{KEY}-0"}, works=False),
    ]


def _handed(path: str) -> Callable[[Session, World], list[Visit]]:
    return lambda session, _world: [
        Visit(f"/handover/{session.scalars(select(CashHandover.id)).one()}/{path}", told=True)
    ]


def _nodes(world: World) -> list[str]:
    """The nodes of the property tree that are ours, and groups of them."""
    community, building, lot = (
        f"community:{world.community_id}",
        f"building:{world.building_id}",
        f"lot:{world.lot_id}",
    )
    groups = [
        f"{community}~building~0~200~",
        f"{community}~lot~0~200~",
        f"{lot}~space~0~200~",
        f"unit:{world.building_id}:1~room~0~200~",
    ]
    return [f"company:{world.company_id}", community, building, f"unit:{world.building_id}:1", lot, *groups]


def _tree(_session: Session, world: World) -> list[Visit]:
    told = [
        Visit(f"/tree/nodes?{urlencode({'key': key})}", told=key.partition(":")[0] != "building")
        for key in _nodes(world)
    ]
    return [*told, Visit("/tree/nodes"), *_typed_in("/tree/nodes", (ASKED, HIDDEN))]


def _scopes(_session: Session, world: World) -> list[Visit]:
    keys = [key for key in _nodes(world) if not key.endswith("~")]
    # The last one takes the choice back.
    keys += [f"room:{world.room_id}", f"space:{world.space_id}", ""]
    return [Visit("/tree/scope", "POST", data={"key": key}, writes=False) for key in keys]


def _typed_in(url: str, typed: tuple[str, ...]) -> list[Visit]:
    return [Visit(f"{url}?{urlencode({'q': one})}", told=one not in ("101", PHONE[-4:])) for one in typed]


def _searches(url: str) -> Callable[[Session, World], list[Visit]]:
    def visits(session: Session, world: World) -> list[Visit]:
        number = session.scalars(select(Receipt.number).where(Receipt.id == world.receipt_id)).one()
        return _typed_in(url, (ASKED, HIDDEN, PHONE, PHONE[-4:], PLATE, "101", number, marked("-1-101")))

    return visits


def _user(world: World, **more: Any) -> dict[str, Any]:
    return {
        "name": "新员",
        "roles": [world.role_id],
        "communities": [world.community_id],
        **more,
    }


def _user_edit(session: Session, world: World) -> list[Visit]:
    return [Visit(f"/user/edit/{world.clerk_id}", "POST", data=_user(world), twice=True)]


OWN: Mapping[tuple[str, str], Callable[[Session, World], list[Visit]]] = {
    **OF_CLOSING,
    **OF_METERS,
    **OF_THE_MENU,
    ("AssignView.assign", "GET"): _one("/billing/assign/?rooms={room_id}"),
    ("AssignView.assign", "POST"): _assign,
    ("AssignView.ticked", "POST"): _ticked,
    ("AssignView.take_back", "POST"): _one("/billing/assign/take_back/{unbilled_batch}", method="POST"),
    ("ExemptView.exempt", "GET"): _one(
        f"/billing/exempt/?community_id={{community_id}}&period={UNREAD}", told=True
    ),
    ("ExemptView.exempt", "POST"): lambda _s, world: [
        Visit(
            "/billing/exempt/",
            "POST",
            data={
                "community_id": world.community_id,
                "period": UNREAD,
                "meters": [world.unread_meter_id],
                "reason": "没有抄到",
            },
        )
    ],
    ("StartRunView.start", "GET"): _one("/billing/start/"),
    ("StartRunView.start", "POST"): lambda _s, world: [
        Visit("/billing/start/", "POST", data={"community_id": world.community_id, "period": "2025-06"})
    ],
    ("FiguresView.figures", "GET"): _one("/billing/figures/{charged_run_id}"),
    ("WhyChargeView.why", "GET"): lambda session, world: [
        Visit(f"/billing/why/charge/{charge_of_run(session=session, world=world)}", told=True)
    ],
    ("WhyLineView.why", "GET"): _line,
    ("DeskView.index", "GET"): _one(f"/desk/?q={ASKED}"),
    ("DeskView.find", "GET"): _finds,
    ("DeskView.customer", "GET"): _one("/desk/customer/{customer_id}.json", told=True),
    ("DeskView.receipts", "GET"): _one("/desk/customer/{customer_id}/receipts.json"),
    ("DeskView.advance", "GET"): lambda _s, world: [
        Visit(f"/desk/customer/{world.customer_id}/advance.json?until={Period.of(clock.today()).plus(3)}")
    ],
    ("DeskView.drawer", "GET"): _one("/desk/drawer"),
    ("DeskView.pay", "POST"): _pays,
    ("DeskView.apply", "POST"): lambda _s, world: [
        Visit(
            "/desk/apply",
            "POST",
            json={"customer_id": world.customer_id, "charge_ids": [world.open_charge_id]},
        )
    ],
    ("HandOverView.index", "GET"): _one("/handover/", told=True),
    ("HandOverView.index", "POST"): lambda _s, world: [
        Visit(
            "/handover/",
            "POST",
            data={"community_id": world.community_id, "seen": TILL, "counted": "0.00", "reason": "没有钱"},
        )
    ],
    ("HandOverView.papers", "GET"): _handed("papers"),
    ("HandOverView.sheet", "GET"): _handed("print"),
    ("DeskView.receipt", "GET"): _one("/desk/receipt/{receipt_id}/print", told=True),
    ("DeskView.print_receipt", "POST"): lambda _s, world: [
        Visit(f"/desk/receipt/{world.receipt_id}/print", "POST", told=True)
    ],
    ("MyWorkView.index", "GET"): _one("/repairs/mine/"),
    ("MyWorkView.order", "GET"): lambda _s, world: [
        Visit(f"/repairs/mine/{world.repairs['working']}", told=True)
    ],
    ("MyWorkView.call", "POST"): lambda _s, world: [
        Visit(f"/repairs/mine/{world.repairs['working']}/call", "POST", told=True)
    ],
    ("MyWorkView.call_again", "GET"): lambda _s, world: [
        Visit(f"/repairs/mine/{world.repairs['working']}/call")
    ],
    ("MyWorkView.material", "GET"): lambda _s, world: [
        Visit(f"/repairs/mine/{world.repairs['working']}/material", told=True)
    ],
    ("MyWorkView.material", "POST"): material,
    ("MyWorkView.remove", "POST"): no_material,
    ("RepairStatisticsView.index", "GET"): _one("/repairs/statistics/?by=community_id", told=True),
    ("RepairStatisticsView.export", "GET"): _one("/repairs/statistics/export?by=community_id", told=True),
    ("RepairStatisticsView.export", "POST"): lambda _s, _world: [
        Visit("/repairs/statistics/export?by=community_id", "POST", told=True, writes=False)
    ],
    ("RepairStatisticsView.print", "GET"): _one("/repairs/statistics/print?by=community_id", told=True),
    ("RepairCard.states", "GET"): _one("/repairs/cards/states"),
    ("TakingsCard.today", "GET"): _one("/collection/cards/today"),
    ("ArrearsCard.arrears", "GET"): _one("/reports/cards/arrears"),
    ("MonthCards.rates", "GET"): _one("/reports/cards/months/rates"),
    ("OwingCard.buildings", "GET"): _one("/reports/cards/owing/buildings"),
    ("HomeView.duties", "GET"): _one("/home/duties"),
    **VISITS,
    **VISITS_OF_ROWS,
    ("NoticeView.mine", "GET"): _one("/notices/", told=True),
    ("NoticeView.open", "POST"): _one("/notices/{notice_id}/open", method="POST"),
    ("NoticeView.read", "POST"): _one("/notices/read", method="POST"),
    ("SessionView.mine", "GET"): _one("/sessions/", told=True),
    ("SessionView.end", "POST"): _one("/sessions/{session_id}/end", method="POST"),
    ("SessionView.end_others", "POST"): _one("/sessions/end-others", method="POST"),
    ("JobView.mine", "GET"): _one("/jobs/mine.json", told=True),
    ("JobView.show", "GET"): _one("/jobs/{job_id}", told=True),
    ("JobView.status", "GET"): _one("/jobs/{job_id}.json", told=True),
    ("JobView.result", "GET"): _one("/jobs/{job_id}/result", told=True),
    ("JobView.cancel", "POST"): _one("/jobs/{waiting_job_id}/cancel", method="POST"),
    ("SalesImportView.upload", "GET"): _one("/import_sales/"),
    ("SalesImportView.upload", "POST"): _one(
        "/import_sales/", method="POST", data=sent, adds="job: new ('estate.check_sales'"
    ),
    ("SalesImportView.check", "GET"): _one("/import_sales/check/{upload}", told=True),
    ("SalesImportView.check", "POST"): _one(
        "/import_sales/check/{upload}", method="POST", data={}, writes=False
    ),
    ("SalesImportView.problems", "GET"): _one("/import_sales/check/{upload}/problems", told=True),
    ("SalesImportView.start", "POST"): _one("/import_sales/check/{upload}/start", method="POST"),
    ("SalesImportView.result", "GET"): _one("/import_sales/result/{imported_job_id}", told=True),
    ("SearchView.search", "GET"): lambda s, w: [*_searches("/search")(s, w), *_searches("/search/")(s, w)],
    ("SearchView.suggest", "GET"): _searches("/search/suggest"),
    ("TreeView.nodes", "GET"): _tree,
    ("TreeView.scope", "POST"): _scopes,
    ("UserView.add", "POST"): lambda _s, world: [
        Visit(
            "/user/add",
            "POST",
            data=_user(world, username="xinren", password=PASSWORD, company_id=world.company_id, number="X1"),
        )
    ],
    ("UserView.edit", "POST"): _user_edit,
    ("SettingView.index", "GET"): _one("/setting/?community={community_id}", told=True),
    ("SettingView.save", "POST"): _one(
        "/setting/?community={community_id}",
        method="POST",
        data={"value.billing.proration": "", "seen.billing.proration": "thirty"},
    ),
    ("UserView.disable", "GET"): _one("/user/disable/{clerk_id}"),
    ("UserView.disable", "POST"): _one("/user/disable/{clerk_id}", method="POST"),
    ("RoleView.add", "POST"): lambda _s, world: [Visit("/role/add", "POST", data={"name": "新角色"})],
    ("RoleView.copy", "POST"): lambda _s, world: [
        Visit(f"/role/copy/{world.role_id}", "POST", data={"name": "新角色"})
    ],
    ("RoleView.edit", "POST"): lambda _s, world: [
        Visit(f"/role/edit/{world.role_id}", "POST", data={"name": "改角色"}, twice=True)
    ],
}
