"""Who pays on a day: owners, tenants, and before the hand-over the developer (物业管理条例 41)."""

from datetime import date

import pytest

from app.billing.rules.payers import Holding, payers_of_room, payers_of_space

DEVELOPER, OWNER, TENANT = 1, 2, 3
NOBODY = None


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def on(payers, text: str) -> int | None:
    return next((payer.customer_id for payer in payers if date.fromisoformat(text) in payer.span), None)


def holding(customer: int, starts: str | None = None, ends: str | None = None, number: int = 1) -> Holding:
    return Holding(number, customer, day(starts), day(ends))


HANDED = "2025-03-10"
ROOMS = [
    ("unsold: the developer, always", [], None, False, {"2020-01-01": DEVELOPER, "2030-01-01": DEVELOPER}),
    ("unsold though ready: the developer", [], HANDED, False, {"2025-04-01": DEVELOPER}),
    (
        "before the hand-over the developer",
        [holding(OWNER)],
        HANDED,
        True,
        {"2025-03-09": DEVELOPER, "2025-03-10": OWNER},
    ),
    (
        "signed before the hand-over: from the hand-over",
        [holding(OWNER, "2024-06-01")],
        HANDED,
        True,
        {"2025-03-09": DEVELOPER, "2025-03-10": OWNER},
    ),
    (
        "moved in after the hand-over: nobody in between",
        [holding(OWNER, "2025-04-01")],
        HANDED,
        True,
        {"2025-03-09": DEVELOPER, "2025-03-31": NOBODY, "2025-04-01": OWNER},
    ),
    (
        "no hand-over known: from the occupancy's start",
        [holding(OWNER, "2025-02-01")],
        None,
        True,
        {"2025-01-31": DEVELOPER, "2025-02-01": OWNER},
    ),
    ("neither date: not handed over", [holding(OWNER)], None, True, {"2025-02-01": DEVELOPER}),
    (
        "the tenant while there is one",
        [holding(OWNER, number=1), holding(TENANT, "2025-05-01", "2025-06-30", number=2)],
        HANDED,
        True,
        {"2025-04-30": OWNER, "2025-05-01": TENANT, "2025-06-30": TENANT, "2025-07-01": OWNER},
    ),
    (
        "sold on: the second owner from the first day",
        [holding(OWNER, None, "2025-06-30", 1), holding(TENANT, "2025-07-01", None, 2)],
        HANDED,
        True,
        {"2025-06-30": OWNER, "2025-07-01": TENANT},
    ),
    (
        "two from one day: the lower id",
        [holding(TENANT, number=9), holding(OWNER, number=4)],
        HANDED,
        True,
        {"2025-04-01": OWNER},
    ),
    ("moved out: nobody", [holding(OWNER, None, "2025-06-30")], HANDED, True, {"2025-07-01": NOBODY}),
    (
        "over before the hand-over: never",
        [holding(OWNER, None, "2025-01-31")],
        HANDED,
        True,
        {"2025-01-15": DEVELOPER, "2025-03-10": NOBODY},
    ),
]


@pytest.mark.parametrize(
    ("holdings", "handed_over", "sold", "expected"), [row[1:] for row in ROOMS], ids=[row[0] for row in ROOMS]
)
def test_rooms(holdings, handed_over, sold, expected):
    payers = payers_of_room(
        holdings=holdings, handed_over=day(handed_over), sold=sold, developer_id=DEVELOPER
    )
    assert {text: on(payers, text) for text in expected} == expected


def test_without_a_developer_a_room_of_nobody_has_no_payer():
    assert payers_of_room(holdings=[], handed_over=None, sold=False, developer_id=None) == ()
    payers = payers_of_room(holdings=[holding(OWNER)], handed_over=day(HANDED), sold=True, developer_id=None)
    assert on(payers, "2025-03-09") is NOBODY


def test_without_a_developer_the_holder_pays_where_no_date_is_known():
    payers = payers_of_room(holdings=[holding(OWNER)], handed_over=None, sold=True, developer_id=None)
    assert on(payers, "2025-03-09") == OWNER


ROOM_OWNER = payers_of_room(
    holdings=[holding(OWNER)], handed_over=day(HANDED), sold=True, developer_id=DEVELOPER
)


@pytest.mark.parametrize(
    ("customer", "starts", "room", "expected"),
    [
        (TENANT, None, (), {"2020-01-01": TENANT}),
        (TENANT, "2025-05-01", ROOM_OWNER, {"2025-04-30": DEVELOPER, "2025-05-01": TENANT}),
        (None, None, ROOM_OWNER, {"2025-03-09": DEVELOPER, "2025-03-10": OWNER}),
        (None, None, (), {"2025-03-10": DEVELOPER}),
    ],
)
def test_spaces(customer, starts, room, expected):
    payers = payers_of_space(
        customer_id=customer, starts=day(starts), room_payers=room, developer_id=DEVELOPER
    )
    assert {text: on(payers, text) for text in expected} == expected
