"""The data key belongs to its database: made once for an empty one, compared ever after, never made over old data."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.estate.models import Community, Company, Customer
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.data_key import FINGERPRINT, DataKey, DataKeyDiffers, DataKeyMissing, adopt_data_key
from app.lowcode.db import db
from app.lowcode.engine import engine_of
from app.lowcode.unit import unit_of_work

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.all_databases


@pytest.fixture
def plain_app(app_on: Any, backend: str) -> Iterator[Flask]:
    """The app on each database with nothing encrypted in it, its own key put back afterwards."""
    app = app_on(backend)
    own = engine_of(app).data_key
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as session:
            session.execute(delete(FINGERPRINT))
        yield app
        db.session.rollback()
    engine_of(app).data_key = own
    engine_of(app).fernet = None


def use_key(app: Flask, path: Path, given: str | None = None) -> None:
    """Let the app read its key from `path`, as a process does that starts."""
    engine_of(app).data_key = DataKey(given=given, path=path)
    engine_of(app).fernet = None


def write_customer() -> None:
    with unit_of_work() as session:
        company = Company(name="甲公司")
        session.add(company)
        session.flush()
        community = Community(company_id=company.id, name="甲园")
        session.add(community)
        session.flush()
        session.add(Customer(community_id=community.id, name="赵甲", identity="11010519491231002X"))


def recorded() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(select(FINGERPRINT.c.fingerprint)))


def test_a_key_is_made_for_an_empty_database_and_no_other(plain_app: Flask, tmp_path: Path) -> None:
    """X2: a lost or another data key over a database that has one is refused, and no key is made anew."""
    use_key(plain_app, tmp_path / "data.key")
    adopt_data_key()
    first = (tmp_path / "data.key").read_text()
    assert len(recorded()) == 1
    adopt_data_key()
    assert (tmp_path / "data.key").read_text() == first

    (tmp_path / "data.key").unlink()
    use_key(plain_app, tmp_path / "data.key")
    with pytest.raises(DataKeyMissing, match=r"请从备份恢复 .*data\.key"):
        adopt_data_key()
    assert list(tmp_path.iterdir()) == []

    use_key(plain_app, tmp_path / "data.key", given="another key" * 4)
    with pytest.raises(DataKeyDiffers, match=r"请从备份恢复原来的 .*data\.key"):
        adopt_data_key()
    use_key(plain_app, tmp_path / "data.key", given=first)
    adopt_data_key()


def test_nothing_is_encrypted_with_a_key_that_does_not_fit(plain_app: Flask, tmp_path: Path) -> None:
    """X2: whatever started the process, the first use of a wrong key is refused and writes nothing."""
    use_key(plain_app, tmp_path / "data.key")
    adopt_data_key()
    use_key(plain_app, tmp_path / "other.key", given="another key" * 4)
    with pytest.raises(DataKeyDiffers):
        write_customer()
    db.session.remove()
    use_key(plain_app, tmp_path / "lost.key")
    with pytest.raises(DataKeyMissing):
        write_customer()
    db.session.remove()
    assert db.session.scalar(select(Customer.id)) is None


def test_data_encrypted_before_fingerprints_were_kept_proves_the_key(
    plain_app: Flask, tmp_path: Path
) -> None:
    """X2: a database of an older version has no fingerprint: its oldest encrypted row says which key is right."""
    use_key(plain_app, tmp_path / "data.key")
    write_customer()
    assert recorded() == []
    for wrong, refusal in ((None, DataKeyMissing), ("another key" * 4, DataKeyDiffers)):
        use_key(plain_app, tmp_path / "wrong.key", given=wrong)
        with pytest.raises(refusal):
            adopt_data_key()
    assert (recorded(), (tmp_path / "wrong.key").exists()) == ([], False)
    use_key(plain_app, tmp_path / "data.key")
    adopt_data_key()
    assert len(recorded()) == 1


def test_of_two_that_start_at_once_the_first_key_counts(plain_app: Flask, tmp_path: Path) -> None:
    """X2: two processes with folders of their own over one empty database."""
    slow = DataKey(given=None, path=tmp_path / "slow.key")
    slow.in_use()  # it has seen an empty database
    use_key(plain_app, tmp_path / "fast.key")
    adopt_data_key()
    engine_of(plain_app).data_key = slow
    with pytest.raises(DataKeyDiffers):
        adopt_data_key()
    use_key(plain_app, tmp_path / "fast.key")
    adopt_data_key()
    assert len(recorded()) == 1


def test_start_and_commands_refuse_a_lost_key(tmp_path: Path) -> None:
    """X2: run.py, check-books and every other command end with the sentence, not with a new key."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**kept, "INSTANCE_DIR": str(tmp_path), "PYTHONUTF8": "1", "DEMO": "0"},
        )

    for command in ("db upgrade", "sync"):
        assert run("-m", "flask", "--app", "app", *command.split()).returncode == 0
    (tmp_path / "data.key").unlink()
    for arguments in (
        ("-m", "flask", "--app", "app", "check-books"),
        ("-m", "flask", "--app", "app", "sync"),
        ("run.py",),
    ):
        answer = run(*arguments)
        assert answer.returncode == 1, arguments
        assert "缺少数据密钥" in answer.stderr
        assert "Traceback" not in answer.stderr
        assert not (tmp_path / "data.key").exists()


def test_every_command_of_the_office_proves_the_key_first(app: Flask) -> None:
    """X2: a command added later is guarded like the others."""
    import click

    commands = [one for one in app.cli.commands.values() if not isinstance(one, click.Group)]
    assert len(commands) > 5
    assert [one.name for one in commands if not hasattr(one.callback, "checks_data_key")] == []
