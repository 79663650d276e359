"""From the app's URL map to visits: every rule, with ids of ours, as a person of ours would send it.

A document's routes are filled from its declaration and a row of ours; a view of a module's own has a line in `OWN`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.collection.models import Receipt
from app.lowcode.document import CommunityScoped, CompanyScoped, documents
from app.lowcode.history import History
from app.lowcode.logins import LoginRecord
from app.lowcode.permissions import access_of
from tests.journeys.world import ASKED, FIRST_ID, HIDDEN, KEY, PHONE, PLATE, World, charge_of_run, marked
from tests.people import PASSWORD

ANYBODYS = {"static", "appbuilder.static", "LoginView.login", "LoginView.language", "LoginView.logout",
            "LoginView.password", "HomeView.index"}  # fmt: skip
"""What shows and changes nothing but the visitor's own session."""


@dataclass(frozen=True)
class Visit:
    """One request. `told`: a person of ours is shown a hidden word; `twice`: sent again with the `seen` of the answer."""

    url: str
    method: str = "GET"
    data: Any = None
    json: Any = None
    told: bool = False
    twice: bool = False
    writes: bool = True  # False: a POST that keeps nothing in the database
    works: bool = True  # False: a person of ours is refused too; only the stranger's answer is looked at


class Unfilled(AssertionError):
    """The walk does not know how to visit a rule."""


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """Every (rule, method) of the map that may be asked for; an endpoint without a mark does not exist (404)."""
    found = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ANYBODYS and access_of(app, rule.endpoint)[0] is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda one: (one[0].rule, one[1]))


def unmarked(app: Flask) -> list[str]:
    """The rules that no view of the office answers for, as URLs."""
    return [
        rule.rule.replace("<string:locale>", "zh")
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ANYBODYS and access_of(app, rule.endpoint)[0] is None
    ]


def fill(app: Flask, session: Session, world: World, rule: Rule, method: str) -> list[Visit]:
    """The visits of a rule. Raises Unfilled."""
    own = OWN.get((rule.endpoint, method))
    if own is not None:
        return list(own(session, world))
    view = getattr(app.view_functions[rule.endpoint], "__self__", None)
    spec, name = getattr(view, "spec", None), rule.endpoint.rpartition(".")[2]
    filler = FILLERS.get((name, method))
    if spec is None or filler is None:
        raise Unfilled(
            f"{method} {rule.rule} ({rule.endpoint}): add a line to OWN in tests/journeys/filling.py"
        )
    return list(filler(session, world, view))


def is_scoped(model: Any) -> bool:
    """Whether rows of the document belong to a community or a company."""
    return issubclass(model, CommunityScoped | CompanyScoped)


def row_of_ours(session: Session, model: Any) -> Any:
    """A row of ours of a document. Raises Unfilled."""
    statement = select(model).order_by(model.id)
    if model is History:
        statement = statement.where(History.community_id >= FIRST_ID)
    elif model is LoginRecord:
        statement = statement.where(LoginRecord.username == "clerk")
    elif model is User:
        statement = statement.where(User.username == "clerk")
    elif model is Role:
        statement = statement.where(Role.name == "鸣角色")
    elif issubclass(model, CommunityScoped) and "community_id" in model.__table__.c:
        statement = statement.where(model.community_id >= FIRST_ID)
    elif is_scoped(model):
        statement = statement.where(model.id >= FIRST_ID)
    row = session.scalars(statement.limit(1)).first()
    if row is None:
        raise Unfilled(f"{model.__name__}: no row of ours; add one to tests/journeys/world.py")
    return row


# --- the routes of a document


def _lists(path: str, session: Session, world: World, view: Any) -> Iterator[Visit]:
    spec = view.spec
    row, base = row_of_ours(session, spec.model), f"{spec.url}/{path}"
    told = is_scoped(spec.model)
    yield Visit(base, told=told)
    yield Visit(f"{base}?q={ASKED}")
    for key in (f"community:{world.community_id}", f"building:{world.building_id}", f"room:{world.room_id}"):
        yield Visit(f"{base}?in={key}&embedded=1")
    for one in spec.links.values():
        key = getattr(row, one.name)
        if key is not None and one.filtered:
            yield Visit(
                f"{base}?f.{one.name}.eq={key}&embedded=1", told=told and spec.name != "ReceiptTender"
            )
            yield Visit(f"{base}?f.{one.name}.eq={key}")


def _selects(session: Session, _world: World, view: Any) -> Iterator[Visit]:
    spec = view.spec
    row = row_of_ours(session, spec.model)
    for one in spec.links.values():
        url, told = f"{spec.url}/select/{one.name}", is_scoped(documents[str(one.target)])
        yield Visit(f"{url}?q=", told=told and one.target not in ("FeeAssignment", "Charge", "Receipt"))
        yield Visit(f"{url}?q={ASKED}")
        parents = {name: getattr(row, name) for name in spec.dependencies.get(one.name, [])}
        if parents and None not in parents.values():
            yield Visit(f"{url}?{urlencode(parents)}")


def _shows(path: str, session: Session, view: Any) -> Iterator[Visit]:
    row = row_of_ours(session, view.spec.model)
    told = path == "show" and is_scoped(view.spec.model)
    yield Visit(f"{view.spec.url}/{path}/{row.id}", told=told)


def _form_page(session: Session, _world: World, view: Any) -> Iterator[Visit]:
    """The empty form, filled in by the URL with links to ours."""
    row = row_of_ours(session, view.spec.model)
    links = {name: getattr(row, name) for name, one in view.spec.links.items() if one.written}
    yield Visit(f"{view.spec.url}/add?{urlencode({k: v for k, v in links.items() if v is not None})}")


def _adds(session: Session, world: World, view: Any) -> Iterator[Visit]:
    spec = view.spec
    typed = typed_from(row_of_ours(session, spec.model), spec, adding=True)
    yield Visit(f"{spec.url}/add", "POST", data=typed | _adding(world).get(spec.name, {}))


def _edits(session: Session, world: World, view: Any) -> Iterator[Visit]:
    spec = view.spec
    row = row_of_ours(session, spec.model)
    if spec.name == "FeeStandardVersion":  # one that is billed is not edited
        row = session.get_one(spec.model, world.unbilled_version_id)
    typed = typed_from(row, spec, adding=False) | {"row_version": str(getattr(row, "row_version", ""))}
    yield Visit(f"{spec.url}/edit/{row.id}", "POST", data=typed | EDITING.get(spec.name, {}))


def _deletes(_session: Session, world: World, view: Any) -> Iterator[Visit]:
    if view.spec.name not in world.free:
        raise Unfilled(f"{view.spec.name}: no row to delete; add one to `free` in tests/journeys/world.py")
    yield Visit(f"{view.spec.url}/delete/{world.free[view.spec.name]}", "POST")


def _does(session: Session, world: World, view: Any) -> Iterator[Visit]:
    for action in view.entry.actions:
        found = ACTIONS.get((view.spec.name, action.name))
        if found is None:
            raise Unfilled(
                f"{view.spec.name}.{action.name}: add a line to ACTIONS in tests/journeys/filling.py"
            )
        pk, data = found(session, world)
        yield Visit(f"{view.spec.url}/do/{action.name}/{pk}", "POST", data=data)


def _does_ticked(session: Session, world: World, view: Any) -> Iterator[Visit]:
    for action in view.entry.actions:
        if action.bulk:
            pk, data = ACTIONS[view.spec.name, action.name](session, world)
            yield Visit(f"{view.spec.url}/do/{action.name}", "POST", data={**data, "rowid": [pk]})


Filler = Callable[[Session, World, Any], Iterator[Visit]]
FILLERS: Mapping[tuple[str, str], Filler] = {
    **{(path, "GET"): (lambda session, world, view, path=path: _lists(path, session, world, view)) for path in ("export", "print")},
    ("list", "GET"): lambda session, world, view: _lists("list/", session, world, view),
    **{(path, "GET"): (lambda session, _w, view, path=path: _shows(path, session, view))
       for path in ("show", "history", "edit", "copy")},
    ("select", "GET"): _selects,
    ("add", "GET"): _form_page,
    ("add", "POST"): _adds,
    ("edit", "POST"): _edits,
    ("delete", "POST"): _deletes,
    ("do", "POST"): _does,
    ("do_ticked", "POST"): _does_ticked,
}  # fmt: skip


def typed_from(row: Any, spec: Any, *, adding: bool) -> dict[str, str]:
    """What a person types to have a row like this one; the names are new, so that an echo is no trace of ours."""
    typed = {one.name: _words(getattr(row, one.name)) for one in spec.written if adding or not one.fixed}
    return {name: text for name, text in typed.items() if text}


def _words(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    text = format(value, "f") if isinstance(value, Decimal) else "y" if value is True else str(value)
    return text.replace(HIDDEN, "新").replace(ASKED, "又")


def _adding(world: World) -> dict[str, dict[str, Any]]:
    """What a new row must have otherwise than the one that it is like."""
    return {
        "Occupancy": {"room_id": world.other_room_id},
        "Company": {"parent_id": world.company_id},
        "Community": {"company_id": world.company_id},
        "Room": {"number": "501", "area_from": ""},
        "FeeItem": {"name": "新费种"},
        "FeeStandard": {"price": "1.5", "price_starts": "2025-01-01"},
        "FeeStandardVersion": {"starts": "2030-01-01"},
        "Setting": {"key": "billing.proration", "community_id": str(world.free["Community"])},
    }


EDITING: Mapping[str, dict[str, Any]] = {
    "Occupancy": {"contract": "新合同"},
    "FeeStandardVersion": {"price": "9.99"},
    "Setting": {"value": "actual"},
    "FeeItem": {"remark": "新说明"},
}


Given = Callable[[Session, World], tuple[int, dict[str, Any]]]
ACTIONS: Mapping[tuple[str, str], Given] = {
    ("FeeAssignment", "end"): lambda session, world: (
        row_of_ours(session, documents["FeeAssignment"]).id, {"ends": "2026-12-31"},
    ),
    ("BillingRun", "post"): lambda session, world: (world.computed_run_id, {}),
    ("BillingRun", "cancel"): lambda session, world: (world.computed_run_id, {}),
    ("Receipt", "void"): lambda session, world: (world.receipt_id, {"reason": "收错了"}),
}  # fmt: skip


# --- the views of the modules' own: one line each


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
    }
    rooms = {**terms, "kind": "rooms", "building_id": world.building_id, "purpose": "", "skip_taken": "y"}
    spaces = {**terms, "kind": "spaces", "lot_id": world.lot_id, "purpose": "", "skip_taken": "y"}
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
        Visit("/billing/assign/ticked/rooms", "POST", data={"rowid": [world.room_id, world.neighbour_room_id]}, works=False),
    ]  # fmt: skip


def _finds(session: Session, world: World) -> list[Visit]:
    number = session.scalars(select(Receipt.number).where(Receipt.id == world.receipt_id)).one()
    typed = (ASKED, PHONE, PHONE[-4:], PLATE, marked("-1-101"), marked("王一"), number, "A-1", "101")
    told = {PHONE, marked("-1-101"), marked("王一"), number}
    return [Visit(f"/desk/find?{urlencode({'q': one})}", told=one in told) for one in typed]


def _pays(session: Session, world: World) -> list[Visit]:
    body = {"customer_id": world.customer_id, "charge_ids": [world.open_charge_id], "amount": None, "tendered": None,
            "methods": [{"method": "cash", "amount": None}], "key": "walk-0001"}  # fmt: skip
    own = {**body, "customer_id": world.neighbour_customer_id, "key": "walk-0002"}
    return [
        Visit("/desk/pay", "POST", json=body),
        Visit("/desk/pay", "POST", json={**body, "charge_ids": None, "amount": "5.00"}),
        # The stranger's own customer, and a charge or a key of ours.
        Visit("/desk/pay", "POST", json=own, works=False),
        Visit("/desk/pay", "POST", json={**body, "key": f"{KEY}-0"}, works=False),
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
    return [Visit(f"{url}?{urlencode({'q': one})}", told=one != "101") for one in typed]


def _searches(url: str) -> Callable[[Session, World], list[Visit]]:
    def visits(session: Session, world: World) -> list[Visit]:
        number = session.scalars(select(Receipt.number).where(Receipt.id == world.receipt_id)).one()
        return _typed_in(url, (ASKED, HIDDEN, PHONE, PHONE[-4:], PLATE, "101", number, marked("-1-101")))

    return visits


def _summaries(path: str) -> Callable[[Session, World], list[Visit]]:
    return lambda session, world: [
        Visit(f"/reports/summary/{path}?period=2025-03", told=True), Visit(f"/reports/summary/{path}", told=True),
    ]  # fmt: skip


def _user(world: World, **more: Any) -> dict[str, Any]:
    return {
        "name": "新员",
        "active": "y",
        "roles": [world.role_id],
        "communities": [world.community_id],
        **more,
    }


def _user_edit(session: Session, world: World) -> list[Visit]:
    return [Visit(f"/user/edit/{world.clerk_id}", "POST", data=_user(world), twice=True)]


OWN: Mapping[tuple[str, str], Callable[[Session, World], list[Visit]]] = {
    ("AssignView.assign", "GET"): _one("/billing/assign/?rooms={room_id}"),
    ("AssignView.assign", "POST"): _assign,
    ("AssignView.ticked", "POST"): _ticked,
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
    ("DeskView.pay", "POST"): _pays,
    ("DeskView.receipt", "GET"): _one("/desk/receipt/{receipt_id}/print", told=True),
    ("TakingsCard.today", "GET"): _one("/collection/cards/today"),
    ("ArrearsCard.arrears", "GET"): _one("/reports/cards/arrears"),
    ("MonthSummaryView.index", "GET"): _summaries(""),
    ("MonthSummaryView.export", "GET"): _summaries("export"),
    ("MonthSummaryView.print", "GET"): _summaries("print"),
    ("JobView.mine", "GET"): _one("/jobs/mine.json", told=True),
    ("JobView.show", "GET"): _one("/jobs/{job_id}", told=True),
    ("JobView.told", "GET"): _one("/jobs/{job_id}.json", told=True),
    ("JobView.result", "GET"): _one("/jobs/{job_id}/result", told=True),
    ("JobView.cancel", "POST"): _one("/jobs/{waiting_job_id}/cancel", method="POST"),
    ("SearchView.search", "GET"): lambda s, w: [*_searches("/search")(s, w), *_searches("/search/")(s, w)],
    ("SearchView.suggest", "GET"): _searches("/search/suggest"),
    ("TreeView.nodes", "GET"): _tree,
    ("TreeView.scope", "POST"): _scopes,
    ("UserView.add", "POST"): lambda _s, world: [
        Visit("/user/add", "POST", data=_user(world, username="xinren", password=PASSWORD))
    ],
    ("UserView.edit", "POST"): _user_edit,
    ("RoleView.add", "POST"): lambda _s, world: [Visit("/role/add", "POST", data={"name": "新角色"})],
    ("RoleView.copy", "POST"): lambda _s, world: [
        Visit(f"/role/copy/{world.role_id}", "POST", data={"name": "新角色"})
    ],
    ("RoleView.edit", "POST"): lambda _s, world: [
        Visit(f"/role/edit/{world.role_id}", "POST", data={"name": "改角色"}, twice=True)
    ],
}
