"""Two people save the same row at the same moment: one is saved, the other is told, and keeps what was typed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.billing.models import FeeItem
from app.lowcode import save as saving
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from tests.people import reach_whole_office


# SQLite lets the second in when the first has committed: test_forms.py has that case.
@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_the_second_is_told_and_nothing_is_lost(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        reach_whole_office(session=session, login=cast["物业经理"])
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        item = FeeItem(name="物业费")
        session.add(item)
        session.flush()
        key = item.id
    both_have_read, check = threading.Barrier(2, timeout=20), saving.check_unique

    def wait(**given: Any) -> None:
        check(**given)
        both_have_read.wait()

    monkeypatch.setattr(saving, "check_unique", wait)
    names = {"物业服务费": client_of("物业经理"), "小区物业费": client_of("物业经理")}
    answers: dict[str, Any] = {}

    def save(name: str, client: FlaskClient) -> None:
        answers[name] = client.post(
            f"/fee_item/edit/{key}",
            data={"name": name, "kind": "property", "priority": "100", "active": "y", "row_version": "1"},
        )

    threads = [threading.Thread(target=save, args=one) for one in names.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers.values()) == [302, 422]
    saved = next(name for name, answer in answers.items() if answer.status_code == 302)
    (other,) = set(names) - {saved}
    page = answers[other].get_data(as_text=True)
    assert "别人刚刚修改了这条记录" in page
    assert f'value="{other}"' in page
    with app.app_context(), acting_as(SYSTEM):
        row = db.session.get_one(FeeItem, key)
        assert (row.name, row.row_version) == (saved, 2)
        db.session.remove()
