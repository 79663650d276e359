"""The codes by which a `refused` step names the refusal that it waits for."""

from typing import Literal, get_args

RefusalCode = Literal[
    "period_closed",
    "period_not_ready",
    "not_latest_period",
    "previous_period_open",
    "already_settled",
    "over_balance",
    "same_person",
    "missing_reading",
    "bad_formula",
    "negative_usage",
    "not_positive",
    "unknown_room",
    "overlap",
    "already_read",
    "already_billed",
]

REFUSAL_CODES: frozenset[str] = frozenset(get_args(RefusalCode))
