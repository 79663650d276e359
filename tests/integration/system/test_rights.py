"""The table of roles, walked over HTTP: every role, every document, every verb; what is not in it is refused."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.lowcode.document import documents, spec_of
from app.lowcode.engine import engine_of
from app.lowcode.permissions import access_of, known_pairs
from app.lowcode.scope import holds_for_all
from app.system.roles import ROLES
from tests.people import CAST

NOBODY = 987_654_321  # the id of no row: who may look is told 404, who may not 403
# What no address of its own needs, and where it is proven.
ELSEWHERE = {
    ("backdate", "Desk"): "tests/integration/collection/test_desk.py",
    ("answer_direct", "Complaint"): "tests/integration/service/test_complaint_states.py",
    ("alert", "Complaint"): "tests/integration/service/test_complaint_limits.py",
    ("alert", "RepairOrder"): "tests/integration/service/test_repair_limits.py",
    ("alert_late", "RepairOrder"): "tests/integration/service/test_repair_limits.py",
    ("hand_over_for", "CashHandover"): "tests/integration/collection/test_handover.py",
}
PEOPLE = {person.role: person.name for person in CAST if person.ours}


def requests_of(app: Flask) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(verb, document) → the (method, address)es that need it."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for rule in app.url_map.iter_rules():
        access, verb, document = access_of(app, rule.endpoint)
        if access == "permission" and verb and document and not rule.endpoint.endswith((".do", ".do_ticked")):
            for method in {"GET", "POST"} & (rule.methods or set()):
                found.setdefault((verb, document), []).append((method, _address(rule)))
    for manifest in engine_of(app).manifests:
        for entry in manifest.entries:
            entry = getattr(getattr(entry, "view", None), "entry", entry)
            for action in getattr(entry, "actions", ()):
                url = f"{spec_of(entry.document).url}/do/{action.name}/{NOBODY}"
                found.setdefault((action.verb, entry.document.__name__), []).append(("POST", url))
    return found


def _address(rule: Rule) -> str:
    """A rule's address with the id of no row in it."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        choices = getattr(converter, "items", None)
        values[name] = NOBODY if converter.to_python("1") == 1 else min(choices) if choices else "nothing"
    _host, path = rule.build(values) or ("", "")
    return str(path)


def test_there_are_nine_roles_and_somebody_in_each() -> None:
    assert list(ROLES) == [
        "系统管理员",
        "物业经理",
        "收费员",
        "财务",
        "客服",
        "工程主管",
        "维修工",
        "秩序维护",
        "只读",
    ]
    assert set(PEOPLE) == set(ROLES)


def test_every_right_can_be_tried(app: Flask) -> None:
    assert set(known_pairs(app)) - set(requests_of(app)) == set(ELSEWHERE)


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_and_the_buttons_are_those_of_the_table(
    app: Flask, client_of: Callable[[str], FlaskClient], role: str
) -> None:
    client = client_of(PEOPLE[role])
    listed = {name for name in documents if f"{name}View.list" in app.view_functions}
    menu = set(re.findall(r'href="/([a-z_]+)/list/', client.get("/").get_data(as_text=True)))
    readable = {name for name, verbs in ROLES[role].items() if "read" in verbs.split()}
    theirs = {spec_of(documents[name]).url.strip("/") for name in readable & listed}
    assert menu == theirs
    for name in sorted((readable & listed) - {"User", "Role"}):
        spec, verbs = spec_of(documents[name]), ROLES[role][name].split()
        page = client.get(f"{spec.url}/list/").get_data(as_text=True)
        for verb in ("add", "export", "print"):
            # What only operations write is not added by a form, what holds for all not by people of one community.
            kept = spec.about.readonly or holds_for_all(documents[name])
            given = verb in verbs and not (verb == "add" and kept)
            assert (f'href="{spec.url}/{verb}' in page) == given, (role, name, verb)
