"""What one of the three databases lacks fails the test that first executes it, on whichever it runs (Z1)."""

from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, cast, func, select, update
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, Charge
from app.estate.models import Room
from tests.dialects import Lacking, understood

FEW = select(Room.id).limit(3)

LACKING = {
    "aggregate filter": select(func.max(Charge.period).filter(Charge.id > 1)),
    "nulls first": select(Room.id).order_by(Room.unit.nulls_first()),
    "nulls last": select(Room.id).order_by(Room.unit.desc().nulls_last()),
    "limit in IN": select(Room.id).where(Room.id.in_(FEW)),
    "limit in NOT IN": select(Room.id).where(Room.id.not_in(FEW)),
    "update returning": update(Room).values(unit="1").returning(Room.id),
    "function of one dialect": select(func.group_concat(Room.code)),
    "date function of one dialect": select(func.strftime("%Y", Room.handed_over)),
    "boolean cast": select(cast(Room.id, Boolean)),
    "JSON path": select(cast(Charge.basis, JSON)["price"]),
    "regular expression": select(Room.id).where(Room.code.regexp_match("1-.*")),
    "operator of one dialect": select(Room.id).where(Room.code.op("GLOB")("1-*")),
    "full join": select(Room.id).join(Charge, Charge.room_id == Room.id, full=True),
}


@pytest.mark.parametrize("statement", LACKING.values(), ids=LACKING)
def test_what_a_dialect_lacks_is_refused_before_it_is_executed(session: Session, statement: Any) -> None:
    """Z1: the statement is refused here, on SQLite, where most of it would work."""
    with pytest.raises(Lacking):
        session.execute(statement)


def test_what_all_dialects_have_is_understood() -> None:
    """Z1: the same questions, asked so that every database answers."""
    few = select(FEW.subquery().c.id)
    for statement in (
        select(AccountingPeriod.community_id, func.max(AccountingPeriod.period)).group_by(
            AccountingPeriod.community_id
        ),
        select(Room.id).where(Room.id.in_(few), Room.code.contains("1%", autoescape=True)).with_for_update(),
        select(func.aggregate_strings(Room.code, "、"), func.char_length(func.max(Room.unit))),
    ):
        understood(statement)
