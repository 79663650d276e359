"""The board: a column a state, the cards that a person may see, what may be done to each, and few queries."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.lowcode.unit import unit_of_work
from app.service.states.complaints import ComplaintState
from tests.integration.service.complaints import STATES, complaint


@pytest.fixture
def rows(session: Session, cast: Any) -> dict[ComplaintState, int]:
    with unit_of_work() as unit:
        return {state: complaint(unit, cast, state).id for state in STATES}


def columns(page: str) -> dict[str, str]:
    """Each column's HTML by its state."""
    parts = page.split('<section class="board-column')[1:]
    return {part.split('data-state="')[1].split('"')[0]: part.split("</section>")[0] for part in parts}


def test_the_columns_stand_in_the_order_of_the_states(
    rows: dict[ComplaintState, int], client_of: Callable[[str], FlaskClient]
) -> None:
    found = columns(client_of("客服").get("/complaint/board").text)
    assert list(found) == [state.value for state in STATES]
    for state, key in rows.items():
        assert f'data-key="{key}"' in found[state.value]
    assert [name for name, column in found.items() if "is-closed" in column.split(">")[0]] == [
        "closed",
        "cancelled",
    ]


def test_a_card_offers_what_may_be_done_and_where_it_leads(
    rows: dict[ComplaintState, int], client_of: Callable[[str], FlaskClient]
) -> None:
    found = columns(client_of("客服").get("/complaint/board").text)
    assert found["received"].count("data-to=") == 4 and 'data-to="processing"' in found["received"]
    assert "seen=received&amp;back=%2Fcomplaint%2Fboard" in found["received"]
    assert "data-to=" not in found["closed"] and 'draggable="true"' not in found["closed"]
    reader = columns(client_of("只读").get("/complaint/board").text)
    assert (
        "data-to=" not in "".join(reader.values())
        and f'data-key="{rows[ComplaintState.RECEIVED]}"' in reader["received"]
    )


def test_what_is_done_there_leads_back_there(
    rows: dict[ComplaintState, int], client_of: Callable[[str], FlaskClient]
) -> None:
    key = rows[ComplaintState.RECEIVED]
    answer = client_of("客服").post(f"/complaint/do/file/{key}?seen=received&back=/complaint/board%3Fq%3D1")
    assert (answer.status_code, answer.location) == (302, "/complaint/board?q=1")
    other = rows[ComplaintState.PROCESSING]
    away = client_of("客服").post(f"/complaint/do/cancel/{other}?back=//evil.example", data={"reason": "试"})
    assert away.location == f"/complaint/show/{other}"


def test_search_filters_and_scope_narrow_it(
    session: Session, cast: Any, rows: dict[ComplaintState, int], client_of: Callable[[str], FlaskClient]
) -> None:
    with unit_of_work() as unit:
        one = complaint(unit, cast, complainer="李独一").id
        complaint(unit, cast, community_id=cast.neighbour.community_id, room_id=None, complainer="邻家人")
    desk = client_of("客服")
    everything = desk.get("/complaint/board").text
    assert "邻家人" not in everything and "李独一" in everything
    found = desk.get("/complaint/board?q=李独一").text
    assert found.count("<article") == 1 and f'data-key="{one}"' in found
    assert desk.get("/complaint/board?f.kind.eq=suggestion").text.count("<article") == 0
    # A list filtered by a state leads to the whole board.
    assert desk.get("/complaint/board?f.state.eq=closed").text.count("<article") == 6
    assert desk.get("/complaint/board?f.kind.eq=rumour").status_code == 400
    assert desk.get(f"/complaint/board?in=building:{cast.ours.building_id}").text.count("<article") == 6


def test_a_column_holds_the_first_and_leads_to_the_rest(
    app: Flask, session: Session, cast: Any, client_of: Callable[[str], FlaskClient], count_queries: Any
) -> None:
    with unit_of_work() as unit:
        for number in range(23):
            complaint(unit, cast, complainer=f"客人{number}")
        for number in range(7):
            complaint(unit, cast, ComplaintState.CANCELLED, complainer=f"撤销{number}")
    desk = client_of("客服")
    with count_queries() as queries:
        page = desk.get("/complaint/board").text
    assert len(queries) < 10, [query[:200] for query in queries]
    found = columns(page)
    # What waits longest first; of the closed the latest.
    assert (
        found["received"].count("data-key=") == 20
        and "客人0" in found["received"]
        and "客人22" not in found["received"]
    )
    assert (
        found["cancelled"].count("data-key=") == 5
        and "撤销6" in found["cancelled"]
        and "撤销0" not in found["cancelled"]
    )
    assert "/complaint/list/?f.state.eq=received" in found["received"] and "全部 23 条" in found["received"]


def test_the_list_leads_to_the_board_with_its_filters(client_of: Callable[[str], FlaskClient]) -> None:
    page = client_of("客服").get("/complaint/list/?f.kind.eq=praise").text
    assert "/complaint/board?f.kind.eq=praise" in page


def test_who_may_not_read_sees_no_board(client_of: Callable[[str], FlaskClient]) -> None:
    assert client_of("管理员").get("/complaint/board").status_code == 403
