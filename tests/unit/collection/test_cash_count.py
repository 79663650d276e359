"""Counting the cash of a hand-over: by note, in sum, both, over and short."""

from decimal import Decimal

import pytest

from app.collection.rules.cash_count import (
    BadPieces,
    CashCount,
    CountedCash,
    CountsDiffer,
    NotCounted,
    OverShortUnexplained,
    count_cash,
)

D = Decimal
BOOKED = D("310.70")
PIECES = {D(100): 3, D(10): 1, D("0.5"): 1, D("0.1"): 2, D(20): 0}


@pytest.mark.parametrize(
    ("count", "kept"),
    [
        (CashCount(pieces=PIECES), (D("310.70"), D("0.00"), None, "100×3 10×1 0.5×1 0.1×2")),
        (CashCount(counted=D("310.70")), (D("310.70"), D("0.00"), None, None)),
        (CashCount(counted=D("310.70"), pieces=PIECES, reason="没有"), (D("310.70"), D("0.00"), None, "100×3 10×1 0.5×1 0.1×2")),
        (CashCount(counted=D("311.00"), reason=" 多收 "), (D("311.00"), D("0.30"), "多收", None)),
        (CashCount(counted=D("0.00"), reason="被盗"), (D("0.00"), D("-310.70"), "被盗", None)),
    ],
)  # fmt: skip
def test_what_was_counted_is_kept_with_its_difference(
    count: CashCount, kept: tuple[Decimal, Decimal, str | None, str | None]
) -> None:
    """D8: 长短款 is counted − booked."""
    counted, over_short, reason, notes = kept
    assert count_cash(booked=BOOKED, count=count) == CountedCash(
        counted=counted, over_short=over_short, reason=reason, notes=notes
    )


@pytest.mark.parametrize(
    ("count", "refusal"),
    [
        (CashCount(), NotCounted),
        (CashCount(pieces={D(100): 0}), NotCounted),
        (CashCount(counted=D("310.00"), pieces=PIECES), CountsDiffer),
        (CashCount(counted=D("310.00")), OverShortUnexplained),
        (CashCount(counted=D("311.00"), reason="  "), OverShortUnexplained),
        (CashCount(pieces={D(3): 1}), BadPieces),
        (CashCount(pieces={D(100): -1}), BadPieces),
    ],
)
def test_a_count_that_says_nothing_is_refused(count: CashCount, refusal: type[Exception]) -> None:
    """D8: cash is counted, once, and a difference has a reason."""
    with pytest.raises(refusal):
        count_cash(booked=BOOKED, count=count)
