"""Whatever stands behind a filter's name in the URL: a list, or a sentence in Chinese; never a fault."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.errors import DomainError
from app.lowcode import listing
from app.lowcode.document import documents, spec_of
from app.lowcode.filters import OPERATORS
from app.lowcode.listing import Query

VALUES = (
    "0",
    "-1",
    "1.23456789",
    "abc",
    "9" * 18,
    "9" * 19,
    "9" * 40,
    "1e5",
    "1e400",
    "NaN",
    "-Infinity",
    "²",
    "12",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "2026-13",
    "9999-12",
    "0000-01",
    "..",
    "1..",
    "..x",
    "2..1",
    "a..b",
    "'; --",
    "%",
    "\\",
    "房" * 5000,
    "𠮷",
    "true",
    "1",
)


def _fields() -> list[tuple[str, str]]:
    """One (document, field) of every kind of column that can be filtered, each scale of numbers apart."""
    kinds: dict[Any, tuple[str, str]] = {}
    for name, model in documents.items():
        for field in spec_of(model).fields.values():
            if field.filtered and field.kind in OPERATORS:
                kinds.setdefault((field.kind, field.scale, field.enum), (name, field.name))
    return list(kinds.values())


@pytest.mark.all_databases
def test_every_operator_of_every_kind_of_column(session: Session, backend: str) -> None:
    wrong = []
    for name, field in _fields():
        spec = spec_of(documents[name])
        for operator, _label in OPERATORS[spec.fields[field].kind]:
            for value in VALUES:
                fault = _fault(session, spec, [(f"f.{field}.{operator}", value)])
                wrong += [f"{name}.{field}.{operator}={value[:20]!r}: {fault}"] if fault else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.all_databases
def test_the_quick_search_and_the_rest_of_the_url_take_anything(session: Session, backend: str) -> None:
    wrong = []
    for name in ("Room", "Customer", "Charge", "Receipt", "History"):
        for parameter in ("q", "order", "page", "size", "in"):
            for value in VALUES:
                fault = _fault(session, spec_of(documents[name]), [(parameter, value)])
                wrong += [f"{name} {parameter}={value[:20]!r}: {fault}"] if fault else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.all_databases
def test_a_character_that_no_text_holds_is_refused_at_the_door(
    cast: Any, client_of: Callable[[str], FlaskClient], backend: str
) -> None:
    client = client_of("物业经理")
    for url in (
        "/room/list/?q=%00",
        "/room/list/?f.code.has=a%00",
        "/desk/find?q=%00",
        "/search?q=%00",
        "/login/?next=%00",
    ):
        answer = client.get(url)
        assert answer.status_code == 400, url
        assert "无效字符" in answer.get_data(as_text=True)
    answer = client.post("/building/add", data={"name": "5号\0楼", "community_id": cast.ours.community_id})
    assert answer.status_code == 400
    assert "无效字符" in answer.get_data(as_text=True)


def _fault(session: Session, spec: Any, pairs: list[tuple[str, str]]) -> str | None:
    """What broke when a list was asked for; None when it is shown or refused in words."""
    try:
        query = Query.of(spec, pairs)
        listing.page_of(session=session, query=query, fields=spec.listed[:1])
    except DomainError:
        return None
    except Exception as error:  # noqa: BLE001 (anything at all is the fault that is looked for)
        session.rollback()
        return f"{type(error).__name__} {str(error)[:80]}"
    return None
