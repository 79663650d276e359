"""Giving standards out: all or none, never the same fee twice on a day, never before what is billed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.billing import operations
from app.billing.models import BillingRun, FeeAssignment, FeeStandard
from app.billing.operations.assignment_targets import NothingToAssign, StartUnknown
from app.billing.operations.assignments import AlreadyBilled, AssignmentOverlaps, StandardInactive
from app.billing.operations.staleness import RunIsStale, refuse_stale
from app.billing.queries import Choice, objects_of
from app.billing.states import MeterKind
from app.estate.models import Room
from app.estate.states import Usage
from app.lowcode.actors import Actor, Reach, acting_as
from app.lowcode.history import AuditAction, History
from app.lowcode.scope import OutOfScope
from app.lowcode.unit import unit_of_work
from tests.integration.billing.meters import add_meter
from tests.integration.billing.town import Town


@pytest.fixture
def town(app) -> Town:
    return Town(app)


def count(town: Town) -> int:
    return town.ask(lambda session: session.scalar(select(func.count(FeeAssignment.id))))


@pytest.mark.all_databases
def test_each_object_gets_the_standard_with_a_line_of_history(town):
    assert town.assign(town.standard()) == 3
    lines = town.ask(
        lambda session: [
            (line.row_title, line.who, session.get_one(FeeAssignment, line.row_id).room_id)
            for line in session.scalars(
                select(History).where(History.document == "FeeAssignment").order_by(History.id)
            )
        ]
    )
    assert lines == [(f"物业费 1-1-000{n}", "系统", key) for n, key in enumerate(town.room_ids, start=1)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2025-01-01", None), ("2025-06-01", None)),
        (("2025-06-01", None), ("2025-01-01", "2025-06-01")),
        (("2025-01-01", "2025-03-31"), ("2025-03-31", "2025-12-31")),
    ],
)
def test_the_same_fee_twice_on_a_day_is_refused(town, first, second):
    """By another standard of the same fee too; one object of many is enough to refuse all."""
    a, b = town.standard(title="甲"), town.standard(title="乙")
    town.assign(a, first[0], ends=ends(first[1]), room_ids=town.room_ids[:1])
    with pytest.raises(AssignmentOverlaps) as refusal:
        town.assign(b, second[0], ends=ends(second[1]))
    assert (refusal.value.code, refusal.value.params["example"]) == ("overlap", "1-1-0001")
    assert count(town) == 1


def ends(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def test_the_day_after_is_no_overlap_and_another_fee_neither(town):
    town.assign(town.standard(), "2025-01-01", ends=date(2025, 3, 31))
    town.assign(town.standard(title="新标准"), "2025-04-01")
    town.assign(town.standard("电梯费"), "2025-01-01")
    assert count(town) == 9


def test_those_that_have_it_may_be_skipped(town):
    standard = town.standard()
    town.assign(standard, room_ids=town.room_ids[:1])
    preview = town.ask(
        lambda session: operations.preview_assignment(
            session=session, standard_id=standard, room_ids=town.room_ids, starts=date(2025, 1, 1)
        )
    )
    assert (preview.count, preview.taken, preview.taken_names) == (3, 1, ("1-1-0001",))
    assert town.assign(standard, skip_taken=True) == 2
    with pytest.raises(NothingToAssign):
        town.assign(standard, skip_taken=True)


def test_without_a_start_each_room_starts_at_its_hand_over(town):
    standard = town.standard()

    def hand_over(session) -> None:
        session.get_one(Room, town.room_ids[0]).handed_over = date(2025, 2, 3)

    town.do(hand_over)
    town.assign(standard, None)
    assert town.ask(
        lambda session: session.scalars(select(FeeAssignment.starts).order_by(FeeAssignment.room_id)).all()
    ) == [date(2025, 2, 3), date(2025, 1, 1), date(2025, 1, 1)]


def test_a_room_never_handed_over_needs_a_start(town):
    standard = town.standard()

    def void_or_reverse(session) -> None:
        session.get_one(Room, town.room_ids[1]).handed_over = None

    town.do(void_or_reverse)
    with pytest.raises(StartUnknown) as refusal:
        town.assign(standard, None)
    assert refusal.value.params == {"count": 1, "example": "1-1-0002"}


def test_a_standard_out_of_use_is_not_given_out(town):
    standard = town.standard()

    def retire(session) -> None:
        session.get_one(FeeStandard, standard).active = False

    town.do(retire)
    with pytest.raises(StandardInactive):
        town.assign(standard)


def test_the_end_stands_after_the_start_and_after_what_is_billed(town):
    town.assign(town.standard())
    town.bill()
    key = town.ask(
        lambda session: session.scalars(select(FeeAssignment.id).order_by(FeeAssignment.id)).first()
    )

    def end(day: date) -> None:
        town.do(lambda session: operations.end_assignment(session=session, assignment_id=key, ends=day))

    for day in (date(2024, 12, 31), date(2025, 3, 30)):
        with pytest.raises(AlreadyBilled, match="2025-03-31"):
            end(day)
    end(date(2025, 3, 31))
    assert town.ask(lambda session: session.get_one(FeeAssignment, key).ends) == date(2025, 3, 31)


def test_an_end_is_not_moved_into_what_came_after(town):
    standard = town.standard()
    town.assign(standard, "2025-01-01", ends=date(2025, 3, 31), room_ids=town.room_ids[:1])
    town.assign(town.standard(title="新标准"), "2025-04-01", room_ids=town.room_ids[:1])
    key = town.ask(
        lambda session: session.scalars(select(FeeAssignment.id).order_by(FeeAssignment.id)).first()
    )
    with pytest.raises(AssignmentOverlaps):
        town.do(
            lambda session: operations.end_assignment(
                session=session, assignment_id=key, ends=date(2025, 6, 30)
            )
        )


def test_a_neighbour_gives_out_nothing_of_ours(app, town):
    standard = town.standard()
    neighbour = Actor(99, "邻区收费员", Reach(frozenset({town.community_id + 1}), frozenset()))
    with app.app_context(), acting_as(neighbour), pytest.raises(OutOfScope), unit_of_work() as session:
        operations.assign(
            session=session, standard_id=standard, room_ids=town.room_ids, starts=date(2025, 1, 1)
        )
    assert count(town) == 0


def test_a_node_of_the_tree_is_narrowed_by_use_and_layout(town):
    def furnish(session) -> None:
        room = session.get_one(Room, town.room_ids[0])
        room.purpose, room.layout = Usage.SHOP, "两室一厅"

    town.do(furnish)
    space = town.space()

    meters = [add_meter(town), add_meter(town, "电-1", room=1, kind=MeterKind.ELECTRICITY)]
    add_meter(town, "公共", room=None)

    def found(**choice: Any) -> list[int]:
        return town.ask(
            lambda session: objects_of(
                session=session, choice=Choice(community_id=town.community_id, **choice)
            )
        )

    assert found() == town.room_ids
    assert found(purpose=Usage.SHOP) == town.room_ids[:1]
    assert found(layout="两室一厅", unit="1") == town.room_ids[:1]
    assert found(unit="2") == []
    assert found(room_id=town.room_ids[2]) == town.room_ids[2:]
    assert found(kind="spaces") == [space]
    assert found(kind="spaces", lot_id=1) == []
    assert found(kind="meters") == meters
    assert found(kind="meters", meter_kind=MeterKind.ELECTRICITY) == meters[1:]
    assert found(kind="meters", purpose=Usage.SHOP) == meters[:1]


def assigned(town):
    """The ids of the assignments, in order."""
    return town.ask(
        lambda session: session.scalars(select(FeeAssignment.id).order_by(FeeAssignment.id)).all()
    )


def take_back(town, keys):
    return town.do(lambda session: operations.take_back_assignments(session=session, assignment_ids=keys))


@pytest.mark.all_databases
def test_what_nothing_is_billed_of_is_taken_back_by_an_end_before_its_start(town, backend):
    """M2: a wrong assignment goes wholly while nothing stands on it; an end before its start is how that is said."""
    town.assign(town.standard())
    first, *others = assigned(town)
    still = town.do(
        lambda session: operations.end_assignment(
            session=session, assignment_id=first, ends=date(2024, 12, 31)
        )
    )
    assert (still, assigned(town)) == (False, others)
    # The same again from the day that is right.
    assert town.assign(town.standard(title="再来"), "2025-02-01", room_ids=town.room_ids[:1]) == 1


@pytest.mark.all_databases
def test_assignments_are_taken_back_all_or_none_and_a_preview_of_them_is_stale(town, backend):
    """M2: bulk assignments are undone in bulk, in one unit; one that is billed keeps all of them, and is named."""
    standard = town.standard()
    town.assign(standard)
    run = town.start()
    town.do(lambda session: operations.compute_run(session=session, run=session.get_one(BillingRun, run)))
    assert len(town.lines()) == 3
    assert take_back(town, assigned(town)) == 3
    assert (assigned(town), town.lines()) == ([], [])
    lines = town.ask(
        lambda session: [
            (line.deed, line.community_id, line.row_title)
            for line in session.scalars(
                select(History).where(History.document == "FeeAssignment").order_by(History.id)
            )
        ]
    )
    rooms = ("1-1-0001", "1-1-0002", "1-1-0003")
    assert lines == [
        (deed, town.community_id, f"物业费 {room}")
        for deed in (AuditAction.ADDED, AuditAction.DELETED)
        for room in rooms
    ]
    with pytest.raises(RunIsStale):
        town.do(lambda session: refuse_stale(session=session, run=session.get_one(BillingRun, run)))
    town.do(lambda session: operations.cancel_run(session=session, run_id=run))
    town.assign(standard, room_ids=town.room_ids[:1])
    town.bill()
    town.assign(standard, room_ids=town.room_ids[1:])
    with pytest.raises(AlreadyBilled, match="1-1-0001"):
        take_back(town, assigned(town))
    assert len(assigned(town)) == 3
