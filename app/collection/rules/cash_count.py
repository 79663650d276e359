"""Counting the cash of a hand-over: by note and coin or in sum, and what it is over or short of the books."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.kernel.errors import N_, DomainError

NOTES: Final = tuple(Decimal(text) for text in ("100", "50", "20", "10", "5", "1", "0.5", "0.1"))
"""The notes and coins of the renminbi in use, 元."""

MOST_PIECES: Final = 100_000
ZERO: Final = Decimal("0.00")


class NotCounted(DomainError):
    """Cash is handed over that nobody has counted."""

    code = "not_counted"
    message = N_("请先清点现金：按面额填张数，或直接填实点金额。")


class CountsDiffer(DomainError):
    """Pieces by note and a sum that is another."""

    code = "counts_differ"
    message = N_("按面额清点共 %(pieces)s 元，与填写的实点金额 %(counted)s 元不一致，请核对。")


class OverShortUnexplained(DomainError):
    """Cash is over or short, and nobody says why."""

    code = "over_short_reason"
    message = N_("现金%(kind)s %(amount)s 元，请填写长短款原因。")


class BadPieces(DomainError):
    """A number of notes that is none."""

    code = "bad_pieces"
    message = N_("张数应是 0 到 100000 的整数。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CashCount:
    """What a cashier counted: `pieces` by note where it was counted so, `counted` 元, and why it differs."""

    counted: Decimal | None = None
    pieces: Mapping[Decimal, int] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCash:
    """A count as it is kept: 元 counted, `over_short` = counted − booked, `notes` such as '100×3 0.5×1'."""

    counted: Decimal
    over_short: Decimal
    reason: str | None
    notes: str | None


def pieces_total(pieces: Mapping[Decimal, int]) -> Decimal:
    """Add pieces up (元). Raises BadPieces."""
    if any(note not in NOTES or not 0 <= count <= MOST_PIECES for note, count in pieces.items()):
        raise BadPieces(field="pieces")
    return sum((note * count for note, count in pieces.items()), ZERO).quantize(ZERO)


def count_cash(*, booked: Decimal, count: CashCount) -> CountedCash:
    """Compare what was counted with the cash that the papers say (元).

    Raises NotCounted, CountsDiffer, OverShortUnexplained, BadPieces.
    """
    pieces = {note: number for note, number in (count.pieces or {}).items() if number}
    by_note = pieces_total(pieces) if pieces else None
    counted = by_note if count.counted is None else count.counted
    if counted is None:
        raise NotCounted(field="counted")
    if by_note is not None and by_note != counted:
        raise CountsDiffer(field="counted", pieces=str(by_note), counted=str(counted))
    over_short, reason = counted - booked, count.reason.strip()
    if over_short and not reason:
        kind = N_("长款") if over_short > 0 else N_("短款")
        raise OverShortUnexplained(field="reason", kind=kind, amount=str(abs(over_short)))
    notes = " ".join(f"{note:f}×{pieces[note]}" for note in NOTES if note in pieces)
    return CountedCash(
        counted=counted,
        over_short=over_short,
        reason=(reason or None) if over_short else None,
        notes=notes or None,
    )
