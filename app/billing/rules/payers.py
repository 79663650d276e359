"""Who pays for a room or a space, day by day (物业管理条例 41: what is unsold or not handed over, the developer)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.billing.rules.timeline import ONE_DAY, Payer
from app.kernel.periods import DateSpan


@dataclass(frozen=True, slots=True)
class Holding:
    """A paying occupancy: its dates may be open at both ends; `id` settles a tie."""

    id: int
    customer_id: int
    starts: date | None
    ends: date | None


def payers_of_room(
    *, holdings: Iterable[Holding], handed_over: date | None, sold: bool, developer_id: int | None
) -> tuple[Payer, ...]:
    """Return the payers of a room, the first that holds a day pays for it.

    A holder pays from the later of hand-over and the occupancy's start; of two at once the later comer does (a tenant
    who pays instead of the owner), then the lower id. The developer pays before the hand-over, and always for what
    nobody holds and is not sold. A holder with neither date counts as not handed over, so the developer pays, or the
    holder where the community has no developer. Days after the hand-over of a sold room without a holder are nobody's.
    """
    dated: list[tuple[date, int, Payer]] = []
    undated: list[Payer] = []
    for one in holdings:
        first = max((day for day in (one.starts, handed_over) if day is not None), default=None)
        if first is None:
            undated.append(Payer(DateSpan.since(date.min, one.ends), one.customer_id))
        elif one.ends is None or first <= one.ends:
            dated.append((first, one.id, Payer(DateSpan.since(first, one.ends), one.customer_id)))
    found = [payer for _first, _id, payer in sorted(dated, key=lambda row: (-row[0].toordinal(), row[1]))]
    if developer_id is not None:
        if handed_over is None or not sold:
            found.append(Payer(DateSpan(date.min, date.max), developer_id))
        elif handed_over > date.min:
            found.append(Payer(DateSpan(date.min, handed_over - ONE_DAY), developer_id))
    return (*found, *undated)


def payers_of_space(
    *, customer_id: int | None, starts: date | None, room_payers: tuple[Payer, ...], developer_id: int | None
) -> tuple[Payer, ...]:
    """Return the payers of a parking space: its own customer from its start, else those of the room it belongs to.

    Before the start and for a space of nobody the developer pays, as for a room.
    """
    if customer_id is None and room_payers:
        return room_payers
    found = [] if customer_id is None else [Payer(DateSpan.since(starts or date.min, None), customer_id)]
    if developer_id is not None:
        found.append(Payer(DateSpan(date.min, date.max), developer_id))
    return tuple(found)
