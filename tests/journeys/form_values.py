"""From the app's URL map to visits: every rule, with ids of ours, as a person of ours would send it.

A document's routes are filled from its declaration and a row of ours; a view of a module's own has a line in
`OWN` (own_views.py), an action of a document one in `ACTIONS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.lowcode import clock
from app.lowcode.document import documents
from app.lowcode.permissions import access_of
from tests.journeys.ours import ASKED, HIDDEN, World
from tests.journeys.own_views import OWN
from tests.journeys.visits import Unfilled, Visit, is_scoped, row_of_ours
from tests.journeys.visits_service import looks, sends, shows, takes_off
from tests.journeys.world_billing import exemption, holding, own, waiting
from tests.journeys.world_closing import ACTIONS as OF_CLOSING
from tests.journeys.world_collection import ACTIONS as OF_COLLECTION
from tests.journeys.world_service import ACTIONS as OF_SERVICE

ANYBODYS = {
    "static",
    "appbuilder.static",
    "LoginView.current",
    "LoginView.login",
    "LoginView.language",
    "LoginView.logout",
    "LoginView.password",
    "HomeView.index",
}
"""What shows and changes nothing but the visitor's own session."""


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
            f"{method} {rule.rule} ({rule.endpoint}): add a line to OWN in tests/journeys/own_views.py"
        )
    return list(filler(session, world, view))


def _lists(path: str, session: Session, world: World, view: Any) -> Iterator[Visit]:
    spec = view.spec
    row, base = row_of_ours(session, spec.model), f"{spec.url}/{path}"
    told = is_scoped(spec.model)
    yield Visit(base, told=told)
    yield Visit(f"{base}?q={ASKED}")
    if path != "list/":  # the same query object as the list's: its filters are walked there
        yield Visit(f"{base}?in=community:{world.community_id}&embedded=1")
        return
    for key in (f"community:{world.community_id}", f"building:{world.building_id}", f"room:{world.room_id}"):
        yield Visit(f"{base}?in={key}&embedded=1")
    for one in spec.links.values():
        key = getattr(row, one.name)
        if key is not None and one.filtered:
            yield Visit(
                f"{base}?f.{one.name}.eq={key}&embedded=1", told=told and spec.name != "ReceiptTender"
            )
            yield Visit(f"{base}?f.{one.name}.eq={key}")


BY_NUMBER = {
    "RepairOrder",
    "FeeAssignment",
    "Charge",
    "Receipt",
    "Waiver",
    "Adjustment",
    "Prepayment",
    "Deposit",
    "Refund",
    "CashHandover",
}
"""What a select calls by a number, in which no word of ours is."""


def _selects(session: Session, _world: World, view: Any) -> Iterator[Visit]:
    spec = view.spec
    row = row_of_ours(session, spec.model)
    for one in spec.links.values():
        url, told = f"{spec.url}/select/{one.name}", is_scoped(documents[str(one.target)])
        yield Visit(f"{url}?q=", told=told and one.target not in BY_NUMBER)
        yield Visit(f"{url}?q={ASKED}")
        parents = {name: getattr(row, name) for name in spec.dependencies.get(one.name, [])}
        if parents and None not in parents.values():
            yield Visit(f"{url}?{urlencode(parents)}")


def _shows(path: str, session: Session, _world: World, view: Any) -> Iterator[Visit]:
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
    for action in [one for one in view.entry.actions if one.single]:
        pk, data = _given(view, action)(session, world)
        yield Visit(f"{view.spec.url}/do/{action.name}/{pk}", "POST", data=data)


def _does_ticked(session: Session, world: World, view: Any) -> Iterator[Visit]:
    for action in view.entry.actions:
        if action.bulk:
            pk, data = _given(view, action)(session, world)
            yield Visit(f"{view.spec.url}/do/{action.name}", "POST", data={**data, "rowid": [pk]})


def _given(view: Any, action: Any) -> "Given":
    """What an action is sent with. Raises Unfilled."""
    found = ACTIONS.get((view.spec.name, action.name)) or _moves(view, action)
    if found is None:
        raise Unfilled(
            f"{view.spec.name}.{action.name}: add a line to ACTIONS in tests/journeys/form_values.py"
        )
    return found


def _moves(view: Any, action: Any) -> "Given | None":
    """A transition of a workflow: a row of ours in a state that it leaves, and something typed for what it asks."""
    flow = view.entry.workflow
    if flow is None or action.name not in {one.action for one in flow.machine.transitions}:
        return None

    def given(session: Session, world: World) -> tuple[int, dict[str, Any]]:
        model, sources = flow.document, flow.machine.named(action.name).sources
        row = session.scalars(
            select(model)
            .where(model.state.in_(sources), model.community_id == world.community_id)
            .order_by(model.id)
            .limit(1)
        ).first()
        if row is None:
            raise Unfilled(
                f"{model.__name__}: no row of ours for {action.name}; add one to tests/journeys/world.py"
            )
        return row.id, {one.name: _typed_for(session, row, one) for one in action.fields}

    return given


def _typed_for(session: Session, row: Any, one: Any) -> Any:
    match one.kind:
        case "link":
            keys = session.scalars(
                select(documents[one.target].id).order_by(documents[one.target].id.desc())
            ).all()
            return next(key for key in keys if key != getattr(row, one.name, None))
        case "choice":
            return next(iter(one.enum)).value
        case "date":
            return "2030-01-31"
        case "integer" | "number" | "money":
            return "1"
        case _:
            return "新写的"


def _choices(session: Session, world: World, view: Any) -> Iterator[Visit]:
    """The links that actions ask for: of a row of ours, and of ticked rows."""
    for action in view.entry.actions:
        for one in action.fields:
            if one.kind == "link":
                pk, _data = _given(view, action)(session, world)
                # Technicians are of the company that holds both communities.
                told = is_scoped(documents[str(one.target)]) and one.name != "technician_id"
                told = told and one.target not in BY_NUMBER
                yield Visit(f"{view.spec.url}/choices/{action.name}/{one.name}/{pk}", told=told)
                yield Visit(f"{view.spec.url}/choices/{action.name}/{one.name}/0", told=told)


def _asks(session: Session, world: World, view: Any) -> Iterator[Visit]:
    """What each action asks: the same rows, by GET."""
    for visit in _does(session, world, view):
        yield Visit(visit.url)


def _asks_ticked(session: Session, world: World, view: Any) -> Iterator[Visit]:
    for visit in _does_ticked(session, world, view):
        yield Visit(f"{visit.url}?{urlencode({'rowid': visit.data['rowid'][0]})}")


def _reveals(session: Session, world: World, view: Any) -> Iterator[Visit]:
    """The whole numbers of a row of ours."""
    row = row_of_ours(session, view.spec.model)
    yield Visit(f"{view.spec.url}/reveal/{row.id}", "POST", data={"reason": "核对"})


def _prints(session: Session, world: World, view: Any) -> Iterator[Visit]:
    """A paper with whole numbers."""
    row = row_of_ours(session, view.spec.model)
    yield Visit(f"{view.spec.url}/paper/{row.id}", "POST", told=True)


def _sends_file(session: Session, world: World, view: Any) -> Iterator[Visit]:
    """The export as its button begins it when there are many rows."""
    yield replace(next(_lists("export", session, world, view)), method="POST", writes=False)


Filler = Callable[[Session, World, Any], Iterator[Visit]]
FILLERS: Mapping[tuple[str, str], Filler] = {
    **{(path, "GET"): partial(_lists, path) for path in ("export", "print", "board")},
    ("list", "GET"): partial(_lists, "list/"),
    **{
        (path, "GET"): partial(_shows, path)
        for path in ("show", "history", "timeline", "edit", "copy", "paper", "reveal")
    },
    ("export", "POST"): _sends_file,
    ("reveal", "POST"): _reveals,
    ("print_paper", "POST"): _prints,
    ("choices", "GET"): _choices,
    ("select", "GET"): _selects,
    ("add", "GET"): _form_page,
    ("add", "POST"): _adds,
    ("edit", "POST"): _edits,
    ("delete", "POST"): _deletes,
    ("attachments", "GET"): shows,
    ("attachment", "GET"): looks,
    ("attach", "POST"): sends,
    ("detach", "POST"): takes_off,
    ("do", "GET"): _asks,
    ("do_ticked", "GET"): _asks_ticked,
    ("do", "POST"): _does,
    ("do_ticked", "POST"): _does_ticked,
}


def typed_from(row: Any, spec: Any, *, adding: bool) -> dict[str, str]:
    """What a person types to have a row like this one; the names are new, so that an echo is no trace of ours."""
    typed = {one.name: _words(getattr(row, one.name)) for one in spec.written if adding or not one.fixed}
    return {name: text for name, text in typed.items() if text}


def _words(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.timezone()):%Y-%m-%d %H:%M}"
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
        "ApprovalLimit": {"kind": "refund"},
        "FeeStandard": {"price": "1.5", "price_starts": "2025-01-01"},
        "FeeStandardVersion": {"starts": "2030-01-01"},
        "DictionaryEntry": {"label": "新户型"},
        "NumberRule": {"kind": "receipt", "community_id": str(world.free["Community"])},
        "TechnicianTrade": {"trade": "门窗五金"},
        "Vacancy": {"starts": "2033-01-01", "ends": "2033-12-31"},
        "ReadingExemption": {"period": "2025-05"},
    }


EDITING: Mapping[str, dict[str, Any]] = {
    "ApprovalLimit": {"amount": "60000.00"},
    "Occupancy": {"contract": "新合同"},
    "FeeStandardVersion": {"price": "9.99"},
    "NumberRule": {"width": "8"},
    "DictionaryEntry": {"label": "改户型"},
    "FeeItem": {"remark": "新说明"},
    "TechnicianTrade": {"trade": "门窗五金"},
}


Given = Callable[[Session, World], tuple[int, dict[str, Any]]]
ACTIONS: Mapping[tuple[str, str], Given] = {
    ("FeeAssignment", "end"): lambda session, world: (
        row_of_ours(session, documents["FeeAssignment"]).id,
        {"ends": "2026-12-31"},
    ),
    ("FeeAssignment", "take_back"): lambda session, world: (world.unbilled_batch, {}),
    ("ReadingExemption", "approve"): lambda session, world: (
        exemption(session, world.community_id, by_owner=False),
        {"decision": "同意"},
    ),
    ("ReadingExemption", "refuse"): lambda session, world: (
        exemption(session, world.community_id, by_owner=False),
        {"reason": "有人在家"},
    ),
    ("ReadingExemption", "withdraw"): lambda session, world: (
        exemption(session, world.community_id, by_owner=True),
        {},
    ),
    ("User", "end_sessions"): lambda session, world: (world.clerk_id, {}),
    ("User", "force_password"): lambda session, world: (world.clerk_id, {}),
    ("User", "enable"): lambda session, world: (world.away_id, {}),
    ("DictionaryEntry", "enable"): lambda session, world: (world.disabled_entry_id, {}),
    ("DictionaryEntry", "disable"): lambda session, world: (world.free["DictionaryEntry"], {}),
    ("BillingRun", "post"): lambda session, world: (world.computed_run_id, {}),
    ("BillingRun", "cancel"): lambda session, world: (world.computed_run_id, {}),
    ("Vacancy", "approve"): lambda session, world: (
        waiting(session, world.community_id),
        {"decision": "同意"},
    ),
    ("Vacancy", "refuse"): lambda session, world: (
        waiting(session, world.community_id),
        {"reason": "没有凭据"},
    ),
    ("Vacancy", "withdraw"): lambda session, world: (own(session, world.community_id), {}),
    ("Vacancy", "end"): lambda session, world: (
        holding(session, world.community_id),
        {"ends": "2031-06-30", "reason": "业主回国"},
    ),
    **OF_COLLECTION,
    ("Meter", "change"): lambda session, world: (
        row_of_ours(session, documents["Meter"]).id,
        {"day": "2025-05-31", "old_value": "140", "onward": "0", "reason": "到期换表"},
    ),
    ("MeterReading", "correct"): lambda session, world: (
        row_of_ours(session, documents["MeterReading"]).id,
        {"value": "116", "reason": "看错"},
    ),
    **OF_CLOSING,
    **OF_SERVICE,
    ("Receipt", "void"): lambda session, world: (world.receipt_id, {"reason": "收错了"}),
}
