"""Two apps in one process, made of different manifests: neither sees what the other has registered."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

from app import create_app, modules
from app.billing.manifest import MANIFEST as BILLING
from app.billing.operations import Posted
from app.billing.operations.posting_hooks import tell_posted
from app.estate.manifest import MANIFEST as ESTATE
from app.kernel.periods import Period
from app.lowcode import numbers, settings
from app.lowcode.actors import NOTHING, reach_of
from app.lowcode.db import db
from app.lowcode.dictionary import DictionaryDeclaration
from app.lowcode.engine import KEY, current_engine, engine_of
from app.lowcode.jobs import JobHandler
from app.lowcode.manifest import Manifest
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.secrets import UnableToDecrypt, decrypt, encrypt
from app.lowcode.settings import SettingDeclaration
from app.lowcode.ticker import tick
from app.system.manifest import MANIFEST as SYSTEM


class Pair(NamedTuple):
    """An app with the estate and one with billing too, each with a module of its own; `calls`: who was called."""

    first: Flask
    second: Flask
    calls: list[str]


def module(name: str, calls: list[str]) -> Manifest:
    """A module that registers something of every kind under its name."""
    return Manifest(
        name=name,
        label=name,
        icon="flask",
        settings=(
            SettingDeclaration(f"{name}.words", f"参数{name}", name),
            SettingDeclaration("both", name, name),
        ),
        dictionaries=(DictionaryDeclaration(f"{name}_kind", name, ("一", "二")),),
        numbers=(NumberDeclaration(f"{name}_paper", f"单据{name}", name[:2].upper()),),
        job_handlers=(JobHandler("try", lambda run: calls.append(f"{name} job")),),
        ticks=(lambda: calls.append(f"{name} tick"),),
        hooks={Posted: (lambda session, posted: calls.append(f"{name} hook"),)},
    )


def make(folder: Path, manifests: list[Manifest]) -> Flask:
    """An app of these modules alone, with a key and a queue of its own; its database has no tables."""
    environ = {"INSTANCE_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/office.db"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(modules, "load", lambda: manifests)
        return create_app({"ENVIRON": environ, "TESTING": True})


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    calls: list[str] = []
    first = make(tmp_path_factory.mktemp("first"), [ESTATE, SYSTEM, module("first", calls)])
    second = make(tmp_path_factory.mktemp("second"), [ESTATE, BILLING, SYSTEM, module("second", calls)])
    yield Pair(first, second, calls)
    for app in (first, second):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        engine_of(app).queue.storage.close()


@pytest.fixture
def pair(apps: Pair) -> Pair:
    apps.calls.clear()
    return apps


def test_each_app_has_what_its_own_manifests_declare(pair: Pair) -> None:
    first, second = engine_of(pair.first), engine_of(pair.second)
    assert [one.name for one in first.manifests] == ["estate", "system", "first"]
    assert [one.name for one in second.manifests] == ["estate", "billing", "system", "second"]
    assert set(first.settings) == {"first.words", "both"}
    assert set(second.settings) == {"billing.proration", "second.words", "both"}
    assert (first.settings["both"].default, second.settings["both"].default) == ("first", "second")
    assert set(first.dictionaries) ^ set(second.dictionaries) == {"first_kind", "second_kind"}
    assert (list(first.numbers), list(second.numbers)) == (["first_paper"], ["second_paper"])
    assert "Vacancy" not in first.workflows
    assert list(second.workflows) == ["ReadingExemption", "Vacancy"]
    assert set(second.job_handlers) - set(first.job_handlers) == {
        "billing.compute",
        "billing.post",
        "billing.readings",
    }
    assert {"Room", "UserView"} <= {one.name for one in first.menu}
    assert "Charge" not in {one.name for one in first.menu}
    assert "Charge" in {one.name for one in second.menu}
    # The closing module is in neither of them.
    assert (first.archive, first.reports, second.archive, second.reports) == (None, {}, None, {})


def test_nothing_that_can_be_written_is_shared(pair: Pair) -> None:
    first, second = engine_of(pair.first), engine_of(pair.second)
    assert first is not second
    holds = [field.name for field in fields(first) if isinstance(getattr(first, field.name), dict | list)]
    assert {"settings", "reports", "job_handlers", "ticks", "hooks"} <= set(holds)
    assert [
        name for name in (*holds, "queue", "run_job") if getattr(first, name) is getattr(second, name)
    ] == []
    assert not any(
        ours is theirs for event, ours in first.hooks.items() for theirs in [second.hooks.get(event)]
    )


def test_the_current_engine_is_the_current_apps(pair: Pair) -> None:
    with ExitStack() as contexts:
        contexts.enter_context(pair.first.app_context())
        assert current_engine() is engine_of(pair.first)
        with pair.second.app_context():
            assert current_engine() is engine_of(pair.second)
        assert current_engine() is engine_of(pair.first)
    with pytest.raises(RuntimeError):
        current_engine()


def test_what_is_asked_in_an_app_is_answered_by_its_own(pair: Pair) -> None:
    def labels(app: Flask) -> tuple[str, ...]:
        with app.test_request_context():
            return (
                *(settings.key_label(f"{name}.words") for name in ("first", "second")),
                *(numbers.kind_label(f"{name}_paper") for name in ("first", "second")),
            )

    assert labels(pair.first) == ("参数first", "second.words", "单据first", "second_paper")
    assert labels(pair.second) == ("first.words", "参数second", "first_paper", "单据second")


def test_ticks_hooks_and_handlers_are_called_in_their_own_app(pair: Pair) -> None:
    nobody: Any = None
    for app in (pair.second, pair.first):
        engine = engine_of(app)
        with pytest.MonkeyPatch.context() as patch:
            # The engine's own tick, which looks at the database, is left out.
            patch.setattr(engine, "ticks", engine.ticks[-1:])
            tick(app)
        with app.app_context():
            tell_posted(session=nobody, community_id=1, period=Period(2025, 3), run_id=1)
            current_engine().job_handlers["try"].run(nobody)
    assert pair.calls == [
        f"{name} {what}" for name in ("second", "first") for what in ("tick", "hook", "job")
    ]


def test_what_a_module_alone_can_tell_is_missing_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Flask(__name__)
    with pytest.raises(KeyError, match=KEY):
        engine_of(app)
    modules_app = make(tmp_path, [SYSTEM])
    with modules_app.app_context():
        assert reach_of(1) is NOTHING
    assert engine_of(modules_app).narrowing is None
    engine_of(modules_app).queue.storage.close()


def test_each_app_has_its_own_data_key(pair: Pair) -> None:
    with pair.first.app_context():
        kept = encrypt("110101199003074258")
        assert decrypt(kept) == "110101199003074258"
    with pair.second.app_context(), pytest.raises(UnableToDecrypt):
        decrypt(kept)
