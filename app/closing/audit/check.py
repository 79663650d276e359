"""What a check of the books is: a statement that finds what must not be, and the sentence that says so."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, literal, null, select, type_coerce
from sqlalchemy.orm import aliased

from app.billing.models import Charge, FeeItem
from app.collection.models import Allocation
from app.estate.models import ParkingSpace, Room
from app.lowcode.document import DocumentBase
from app.lowcode.types import Money


@dataclass(frozen=True, slots=True)
class Within:
    """The communities whose books are checked (None: all in reach); `whole`: what takes minutes too."""

    communities: Collection[int] | None = None
    whole: bool = False

    def of(self, model: Any) -> list[ColumnElement[bool]]:
        """Return the condition that a statement on a document takes."""
        return [] if self.communities is None else [model.community_id.in_(sorted(self.communities))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One law of the books.

    `find` makes a statement of the rows that break it: `community_id`, and whatever `paper` (how the document is
    called) and `message` (what is wrong with it) have places for.
    """

    code: str
    paper: str
    message: str
    find: Callable[[Within], Select[Any]]


def amount(total: ColumnElement[Any]) -> ColumnElement[Decimal]:
    """Return a sum of 分 as an amount, 0 where nothing was added up."""
    return type_coerce(func.coalesce(type_coerce(total, BigInteger), 0), Money)


def sum_where(column: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[Decimal]:
    """Return the sum of those rows that fulfil a condition, as an amount."""
    return amount(func.sum(case((condition, type_coerce(column, BigInteger)), else_=0)))


def differs(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether two columns differ, where an empty one equals an empty one."""
    return one.is_distinct_from(other)


def named_charge(
    *columns: Any, source: type[Charge] | type[Allocation] = Charge, charge_id: Any = None
) -> Select[Any]:
    """SELECT of a charge's community, name (room or space, fee, month, id) and further columns."""
    room, space, fee = aliased(Room), aliased(ParkingSpace), aliased(FeeItem)
    key = Charge.id if charge_id is None else charge_id
    return (
        select(
            source.community_id.label("community_id"),
            key.label("document"),
            func.coalesce(room.code, space.number, literal("—")).label("place"),
            fee.name.label("fee"),
            source.period.label("period"),
            *columns,
        )
        .select_from(source)
        .outerjoin(room, room.id == source.room_id)
        .outerjoin(space, space.id == source.space_id)
        .join(fee, fee.id == source.fee_item_id)
    )


def grouped(model: type[DocumentBase], key: Any, sums: Sequence[Any], conditions: Sequence[Any] = ()) -> Any:
    """Return a subquery: `key` as `key`, and labelled sums over the rows of a document that name one."""
    return (
        select(key.label("key"), *sums)
        .select_from(model)
        .where(key.is_not(null()), *conditions)
        .group_by(key)
        .subquery()
    )
