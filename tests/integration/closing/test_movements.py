"""应收发生额: the sums that the reports add up are those of the documents, whatever was done and wherever one looks."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.closing.queries.movements import COLUMNS, moves, of_documents
from app.collection.models import Allocation
from app.lowcode import listing
from app.lowcode.actors import Actor, Reach, acting_as
from app.lowcode.reports.declaration import By, ReportQuery
from tests.integration.closing.quarter import Quarter

D = Decimal
YEAR = ReportQuery(by=By.YEAR, first=date(2025, 1, 1), last=date(2025, 12, 31))


def added_up(session: Session, found: Any) -> dict[tuple[Any, ...], Decimal]:
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for *key, amount in session.execute(select(*(found.c[name] for name in COLUMNS), found.c.amount)):
        sums[tuple(key)] += amount
    return dict(sums)


def of(session: Session, **places: int) -> dict[tuple[Any, ...], Decimal]:
    """What the documents of a place come to."""
    conditions = [
        [getattr(model, name) == key for name, key in places.items()] for model in (Charge, Allocation)
    ]
    return added_up(session, of_documents(*conditions))


@pytest.mark.all_databases
def test_the_sums_are_those_of_the_documents(session: Session, quarter: Quarter) -> None:
    found = added_up(session, moves(YEAR))
    assert found == of(session)
    mine = {
        (str(posted), str(period), kind.value): amount
        for (community, posted, _building, _fee, period, kind), amount in found.items()
        if community == quarter.community_id
    }
    # As the docstring of quarter.py says.
    assert mine == {
        ("2025-01", "2025-01", "charged"): D("180.00"),
        ("2025-01", "2025-01", "cash"): D("-90.00"),
        ("2025-02", "2025-02", "charged"): D("100.00"),
        ("2025-02", "2025-01", "cash"): D("60.00"),
        ("2025-02", "2025-01", "prepayment"): D("-50.00"),
        ("2025-02", "2025-01", "waiver"): D("-5.00"),
        ("2025-02", "2025-01", "adjustment"): D("-8.00"),
    }


@pytest.mark.all_databases
def test_of_a_place_too(session: Session, quarter: Quarter, cast: Any) -> None:
    """A building is what the sums tell apart; a room is read from its documents."""
    places = {
        f"community:{quarter.community_id}": {"community_id": quarter.community_id},
        f"building:{cast.ours.building_id}": {"building_id": cast.ours.building_id},
        f"room:{quarter.rooms[0]}": {"room_id": quarter.rooms[0]},
    }
    for key, place in places.items():
        with listing.narrowed_as(key):
            found = added_up(session, moves(YEAR))
        assert found and found == of(session, **place), key
    with listing.narrowed_as(f"room:{quarter.rooms[1]}"):
        assert added_up(session, moves(YEAR)) == of(session, room_id=quarter.rooms[1]) != {}


def test_what_is_kept_of_another_community_is_not_read(session: Session, quarter: Quarter, cast: Any) -> None:
    theirs = Actor(
        None, "邻区", Reach(communities=frozenset([cast.neighbour.community_id]), companies=frozenset())
    )
    with acting_as(theirs):
        found = added_up(session, moves(YEAR))
    assert {key[0] for key in found} == {cast.neighbour.community_id}
