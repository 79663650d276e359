"""What is declared is read when the app starts: a wrong name stops it, and the error says where and which is right."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from flask import Flask

from app import modules
from app.billing.models import BillingRun, Charge
from app.estate.models import Room
from app.kernel.errors import N_
from app.lowcode.declaration_error import DeclarationError
from app.lowcode.dictionary import DictionaryDeclaration, codes_of
from app.lowcode.document import About, Document, Spec, documents
from app.lowcode.engine import engine_of
from app.lowcode.fields import FIELD, UNKNOWN_OPTIONS, Field, text
from app.lowcode.home import Duty, HomeCard, Shortcut, rows_waiting
from app.lowcode.jobs import JobHandler
from app.lowcode.manifest import Action, Entry, Manifest, Page
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.reports.declaration import Pick
from app.lowcode.reports.views import view_of_report
from app.lowcode.search import Search
from app.lowcode.settings import SettingDeclaration
from app.lowcode.validation import declaration_faults, validate
from app.lowcode.validation.rights import right_faults
from app.lowcode.workflow.declaration import Ask, Board, Step
from app.lowcode.workflow.limits import Limit
from app.reports.daily import DAILY
from app.service.operations import COMPLAINT_FLOW

ROOT = Path(__file__).resolve().parents[3]
LOADED = modules.load()
NOTHING: Any = lambda **_given: None  # noqa: E731 (an operation that is never called)


def manifests(**more: Any) -> list[Manifest]:
    """The modules of the product, and one more with what is wrong."""
    given = {"name": "extra", "label": "甲", "icon": "flask", **more}
    return [*LOADED, Manifest(**given)]


@dataclass(frozen=True)
class Case:
    """A wrong declaration: what is said of the document Room, or of one more manifest; and what the error says."""

    says: str
    about: Mapping[str, Any] = field(default_factory=dict)
    column: Mapping[str, Any] = field(default_factory=dict)
    manifest: Callable[[], Mapping[str, Any]] = dict


def room(says: str, **about: Any) -> Case:
    return Case(f"app/estate/models/tree.py: Room.__about__.{says}", about=about)


def area(says: str, **column: Any) -> Case:
    return Case(f"app/estate/models/tree.py: Room.{says}", column=column)


def extra(says: str, **manifest: Any) -> Case:
    return Case(f"app/extra/manifest.py: {says}", manifest=lambda: manifest)


def action(*fields: Any, **options: Any) -> Mapping[str, Any]:
    return {"actions": {"Room": (Action("poke", N_("戳"), NOTHING, fields=fields, **options),)}}


CASES = {
    # what a document says of itself
    "title": room('title: no column "numbr"; did you mean "number"?', title="numbr"),
    "subtitle": room('subtitle: no column "layuot"; did you mean "layout"?', subtitle="layuot"),
    "order": room('order: no column "flor"; did you mean "floor"?', order=("-flor",)),
    "order twice": room('order: "floor" stands there twice', order=("floor", "-floor")),
    "tabs": room(
        'tabs: no document that links here "Ocupancy"; did you mean "Occupancy"?', tabs=("Ocupancy",)
    ),
    "a tab that does not link here": room('tabs: no document that links here "Employee"', tabs=("Employee",)),
    "depends": room(
        'depends: no field "bilding_id"; did you mean "building_id"?', depends=(("bilding_id", "floor"),)
    ),
    "what depends": room(
        'depends: no field "flor"; did you mean "floor"?', depends=(("building_id", "flor"),)
    ),
    "dated": room('dated: no column "handed_ovr"', dated="handed_ovr"),
    # what a column says of itself
    "kind of dictionary": area(
        'floor: no kind of dictionary "room_layuot"; did you mean "room_layout"?',
        kind="code",
        codes=codes_of("room_layuot"),
    ),
    "kind of field": area('floor: no kind of field "txt"; did you mean "text"?', kind="txt"),
    "target": area(
        'floor: no document "Comunity"; did you mean "Community"?', kind="link", target="Comunity"
    ),
    "name of a link": area(
        'floor: a link is named like its relationship and "_id": floor_id', kind="link", target="Room"
    ),
    "initials": area('floor(initials): no column "numbr"; did you mean "number"?', initials="numbr"),
    "order by": area('floor(order_by): no column "flor"; did you mean "floor"?', order_by="flor"),
    "choice without enum": area("floor: a choice needs its enum", kind="choice"),
    "code without codes": area("floor: a code needs its codes", kind="code"),
    # what a manifest says by a document's name
    "tabs of a manifest": extra('MANIFEST.tabs: no document "Rom"; did you mean "Room"?', tabs={"Rom": ()}),
    "links of a manifest": extra(
        'MANIFEST.links: no document "Rom"; did you mean "Room"?', links={"Rom": ()}
    ),
    "actions": extra('MANIFEST.actions: no document "Rom"; did you mean "Room"?', actions={"Rom": ()}),
    "bulk links": extra('MANIFEST.bulk_links: no document "rooms"', bulk_links={"rooms": list}),
    "filter links": extra('MANIFEST.filter_links: no document "Metre"', filter_links={"Metre": list}),
    "narrowings": extra(
        'MANIFEST.narrowings: no document "Recept"; did you mean "Receipt"?', narrowings={"Recept": list}
    ),
    # inputs of actions and forms
    "name of an input": Case(
        "Entry(Room).actions['poke'].fields['data']: the name is reserved",
        manifest=lambda: action(("data", "甲", False)),
    ),
    "keyword": Case("fields['class']: the name is reserved", manifest=lambda: action(("class", "甲", False))),
    "input twice": Case(
        "fields['day']: declared twice", manifest=lambda: action(("day", "甲", False), ("day", "乙", False))
    ),
    "input without a name": Case(
        "fields['甲']: a Field that is no column needs a name", manifest=lambda: action(Field("甲", "text"))
    ),
    "kind of an input": Case(
        'fields[\'day\']: no kind of field "dat"; did you mean "date"?',
        manifest=lambda: action(Field("甲", "dat", name="day")),
    ),
    "choices of an input": Case(
        'choices: no input "rom_id"',
        manifest=lambda: action(("day", "甲", False), choices={"rom_id": NOTHING}),
    ),
    "offers of an input": Case(
        'offers: no input "dya"; did you mean "day"?',
        manifest=lambda: action(("day", "甲", False), offers={"dya": NOTHING}),
    ),
    # twice
    "setting twice": extra(
        'MANIFEST.settings: "a" is declared twice', settings=[SettingDeclaration("a", "甲", "x")] * 2
    ),
    "dictionary twice": extra(
        'MANIFEST.dictionaries: "room_layout" is declared twice',
        dictionaries=[DictionaryDeclaration("room_layout", "甲")],
    ),
    "entry of a dictionary twice": extra(
        "DictionaryDeclaration('a'): \"乙\" stands there twice",
        dictionaries=[DictionaryDeclaration("a", "甲", ("乙", ("b", "乙")))],
    ),
    "kind of number twice": extra(
        'MANIFEST.numbers: "repair" is declared twice', numbers=[NumberDeclaration("repair", "甲", "XX")]
    ),
    "prefix twice": extra(
        'MANIFEST.numbers (prefix): "BX" is declared twice', numbers=[NumberDeclaration("a", "甲", "BX")]
    ),
    "job twice": extra(
        'MANIFEST.job_handlers: "export" is declared twice', job_handlers=[JobHandler("export", NOTHING)]
    ),
    "document twice": extra('MANIFEST.entries: "RoomView" is declared twice', entries=[Room]),
    "module twice": Case('MANIFEST.name: "estate" is declared twice', manifest=lambda: {"name": "estate"}),
    "card twice": extra(
        'MANIFEST.home_cards: "a" is declared twice',
        home_cards=[HomeCard("a", "甲", "/", "x", "read", "Room")] * 2,
    ),
    "shortcut twice": extra(
        'MANIFEST.shortcuts: "a" is declared twice',
        shortcuts=[Shortcut("a", "甲", "/", "x", "read", "Room")] * 2,
    ),
    "search twice": extra('MANIFEST.searches: "Room" is declared twice', searches=[Search(Room, NOTHING)]),
    "action twice": Case(
        'Entry(Charge).actions: "waive" is declared twice',
        manifest=lambda: {"actions": {"Charge": (Action("waive", "甲", NOTHING),)}},
    ),
    # what must be readable by itself
    "default of a setting": extra(
        "SettingDeclaration('a').default: \"maybe\" is refused",
        settings=[SettingDeclaration("a", "甲", "maybe", flag=True)],
    ),
    "filter of a duty": extra(
        'rows_waiting(BillingRun): no column "stat"; did you mean "state"?',
        duties=[Duty("read", "BillingRun", rows_waiting(BillingRun, "甲", ("stat.eq", "ready")))],
    ),
    "operator of a duty": extra(
        'rows_waiting(BillingRun): state: no operator "equ"; did you mean "eq"?',
        duties=[Duty("read", "BillingRun", rows_waiting(BillingRun, "甲", ("state.equ", "ready")))],
    ),
    "value of a duty": extra(
        'rows_waiting(BillingRun): state: no value "raedy"; did you mean "ready"?',
        duties=[Duty("read", "BillingRun", rows_waiting(BillingRun, "甲", ("state.eq", "raedy")))],
    ),
    # an entry and its report
    "template": extra(
        'Entry(Room).print_template: no template "service/repair_prnt.html"; did you mean "service/repair_print.html"?',
        entries=[Entry(Room, print_template="service/repair_prnt.html")],
    ),
    "input that is a column": extra(
        "Entry(Room).extra_fields['floor']: the document has a column of this name",
        entries=[Entry(Room, extra_fields=[Field("甲", "text", name="floor")])],
    ),
    "group of a report": extra(
        'Report(DailyReport).groups: no field "comunity"',
        entries=[Page(view_of_report(replace(DAILY, fit=None, groups=(("comunity", "community_id"),))))],
    ),
    "place of a report": extra(
        'Report(DailyReport).places: no place "rom_id"; did you mean "room_id"?',
        entries=[Page(view_of_report(replace(DAILY, places=("rom_id",))))],
    ),
    "pick of a report": extra(
        'Report(DailyReport).picks: "a" is declared twice',
        entries=[
            Page(view_of_report(replace(DAILY, picks=[Pick(name="a", label="甲", options=NOTHING)] * 2)))
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_name_is_told_with_its_place(name: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """E1: file, class and field of each kind of mistake, with the nearest right name."""
    case = CASES[name]
    monkeypatch.setattr(Room, "__about__", replace(Room.__about__, **case.about))
    spec = Spec(Room)
    spec.fields["floor"] = replace(spec.fields["floor"], **case.column)
    monkeypatch.setattr(Room, "__spec__", spec)
    with app.app_context(), pytest.raises(DeclarationError) as caught:
        validate(manifests(**case.manifest()))
    assert case.says in str(caught.value)


WORKFLOWS = {
    "facts": (
        {"board": Board(facts=("comunity_id",))},
        'board.facts: no column "comunity_id"; did you mean "community_id"?',
    ),
    "heading": ({"board": Board(heading="stat")}, 'board.heading: no column "stat"; did you mean "state"?'),
    "first": (
        {"board": Board(first=("overdu",))},
        'board.first: no column "overdu"; did you mean "overdue"?',
    ),
    "loads": (
        {"board": Board(loads=("comunity",))},
        'board.loads: no link "comunity"; did you mean "community"?',
    ),
    "since": (
        {"limits": [Limit("a", "甲", (), since="state_sinc", hours=1)]},
        'limits[\'a\'].since: no column "state_sinc"; did you mean "state_since"?',
    ),
    "setting": (
        {"limits": [Limit("a", "甲", (), setting="service.anser_hours")]},
        "limits['a'].setting: no setting \"service.anser_hours\"",
    ),
    "input": (
        {"steps": {"cancel": Step(asks=(Ask("meta", field=Field("甲", "text")),))}},
        "steps['cancel'].asks['meta']: the name is reserved",
    ),
    "input twice": (
        {"steps": {"cancel": Step(asks=(Ask("room_id"), Ask("room_id")))}},
        "steps['cancel'].asks: \"room_id\" is asked twice",
    ),
}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_wrong_name_in_a_workflow_is_told(name: str, app: Flask) -> None:
    """E1: boards, limits and asks."""
    changes, says = WORKFLOWS[name]
    entry = Entry(COMPLAINT_FLOW.document, workflow=replace(COMPLAINT_FLOW, **changes))
    with app.app_context():
        said = [str(fault) for fault in declaration_faults(manifests(entries=[entry]))]
    assert any(f"app/extra/manifest.py: Workflow(Complaint).{says}" in line for line in said), said


def test_a_step_or_an_ask_that_does_not_exist_stops_the_import() -> None:
    """E1: what cannot be made without the name says so at once, in the same words."""
    with pytest.raises(
        DeclarationError, match=r'Workflow\(Complaint\).steps: no transition "cancle"; did you mean "cancel"'
    ):
        replace(COMPLAINT_FLOW, steps={"cancle": Step()})
    with pytest.raises(
        DeclarationError, match=r"steps\['cancel'\].asks: no column \"rom_id\"; did you mean \"room_id\""
    ):
        replace(COMPLAINT_FLOW, steps={"cancel": Step(asks=(Ask("rom_id"),))}).fields("cancel")


RIGHTS: Mapping[str, tuple[Mapping[str, Sequence[Any]], str]] = {
    "verb of a duty": (
        {"duties": [Duty("raed", "Room", NOTHING)]},
        'Duty(\'raed\'): Room: no right "raed"; did you mean "read"?',
    ),
    "document of a card": (
        {"home_cards": [HomeCard("a", "甲", "/", "x", "read", "Chrge")]},
        'HomeCard(\'a\'): no document with rights "Chrge"; did you mean "Charge"?',
    ),
    "verb of a shortcut": (
        {"shortcuts": [Shortcut("a", "甲", "/", "x", "ad", "Room")]},
        'Shortcut(\'a\'): Room: no right "ad"; did you mean "add"?',
    ),
    "label": (
        {"labels": {"colect": "甲"}},
        'MANIFEST.labels: no right or document "colect"; did you mean "collect"?',
    ),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_a_right_that_does_not_exist_is_told(name: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """E1: duties, shortcuts, cards and labels name rights that exist."""
    given, says = RIGHTS[name]
    monkeypatch.setattr(engine_of(app), "manifests", manifests(**given))
    with app.app_context():
        assert f"app/extra/manifest.py: {says}" in [str(fault) for fault in right_faults(app, complete=True)]


def test_a_slip_in_the_table_of_roles_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """E1: roles."""
    from app.system.roles import declared_pairs

    def roles() -> Any:
        return declared_pairs(roles={"只读": {"Rom": "read", "Room": "read fly"}})

    monkeypatch.setattr(engine_of(app), "roles", roles)
    with app.app_context():
        said = [str(fault) for fault in right_faults(app, complete=True)]
        assert list(right_faults(app, complete=False)) == []
    assert [line.partition(": ")[2] for line in said] == [
        'ROLES[\'只读\']: no document with rights "Rom"; did you mean "Room"?',
        "ROLES['只读']: Room: no right \"fly\"; there are: add, delete, edit, export, print, read",
    ]


def test_an_unknown_option_of_a_column_is_kept_for_the_check() -> None:
    """E1: `text(…, listd=True)` is no error of SQLAlchemy's without a name."""
    info = text(N_("名称"), listd=True, index=True).column.info
    assert info[UNKNOWN_OPTIONS] == ["listd"]
    assert isinstance(info[FIELD], Field)


def test_a_class_that_is_declared_twice_or_says_nothing_is_refused() -> None:
    """E1: one name, one document."""
    with pytest.raises(DeclarationError, match=r"Charge: declared already in app/billing/models/charges.py"):
        type("Charge", (Document,), {"__module__": __name__, "__about__": About("甲", "id")})
    with pytest.raises(DeclarationError, match=r"Silent: a document says of itself what it is"):
        type("Silent", (Document,), {"__module__": __name__})
    assert documents["Charge"] is Charge


BROKEN = """
from app.estate.models import Room
from app.kernel.errors import N_
from app.lowcode.document import About, Document
from app.lowcode.fields import {imports}

class Lease(Document):
    __about__ = About(N_("合同"), "nubmer", order=("-starts",))
    {body}

Lease.__module__ = "app.lowcode.lease"
from app import create_app
create_app()
"""


@pytest.mark.parametrize(
    ("imports", "body", "says"),
    [
        (
            "text",
            'number = text(N_("编号"), listd=True)',
            [
                'Lease.number: no option "listd"; did you mean "listed"?',
                'Lease.__about__.title: no column "nubmer"; did you mean "number"?',
                'Lease.__about__.order: no column "starts"',
            ],
        ),
        (
            "link",
            'rom_id = link(N_("房间"), "Rom")',
            ['Lease.rom_id: no document "Rom"; did you mean "Room"?'],
        ),
        ("text", 'data = text(N_("编号"))', ["Lease.data: the name is reserved"]),
    ],
    ids=["names", "target", "reserved"],
)
def test_the_office_does_not_start_with_a_broken_document(
    imports: str, body: str, says: list[str], tmp_path: Path
) -> None:
    """E1: the start ends with all the mistakes in one error, not the first request with a KeyError."""
    script = tmp_path / "broken.py"
    script.write_text(BROKEN.format(imports=imports, body=body), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "INSTANCE_DIR": str(tmp_path), "PATH": "", "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode != 0
    assert "DeclarationError" in done.stderr
    for line in says:
        assert line in done.stderr


def test_the_check_costs_a_start_little(app: Flask) -> None:
    """E1: less than 50 ms of the processor for the whole product."""

    def spent() -> float:
        begun = process_time()
        assert list(declaration_faults(LOADED)) == []
        assert list(right_faults(app, complete=True)) == []
        return process_time() - begun

    with app.app_context():
        assert min(spent() for _ in range(5)) < 0.05
