"""The office as a process: starts on an empty folder, serves, tells the first password once, stops when told."""

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.lowcode.secrets import key_from
from config import BadSetting, settings
from tests.office_process import ROOT, free_port, office


def told(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command of the project with only these settings, and what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={
            **kept,
            "INSTANCE_DIR": str(folder),
            "PORT": str(free_port()),
            "DEMO": "0",
            "PYTHONUTF8": "1",
            **environ,
        },
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_starts_on_an_empty_folder_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with office(tmp_path) as first:
        password = re.search(r"密码.([\w-]{12,})", first.said)
        assert password is not None
        status, where, _ = first.answer("/")
        assert (status, where.startswith("/login/")) == (302, True)
        assert 'lang="zh-CN"' in first.answer("/login/")[2]
        assert first.stop(how) == 0
        assert "Traceback" not in first.said

    with office(tmp_path) as second:
        assert "密码" not in second.said
        assert second.answer("/login/")[0] == 200
        assert second.stop(how) == 0


def test_a_given_password_is_not_printed(tmp_path: Path) -> None:
    with office(tmp_path, ADMIN_PASSWORD="Wuye-2025-x") as started:
        assert "Wuye-2025-x" not in started.said
        assert "ADMIN_PASSWORD" in started.said


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with office(tmp_path) as first:
        other = told(tmp_path, "run.py", PORT=str(first.port))
        assert other.returncode == 1
        assert str(first.port) in other.stderr
        assert "Traceback" not in other.stderr


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "abc"}, "PORT 应为"),
        ({"DATABASE_URL": "postgresql+psycopg://wuye:geheim@127.0.0.1:1/wuye"}, "请检查 DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////proc/office.db"}, "请检查 DATABASE_URL"),
        ({"INSTANCE_DIR": "/proc/office"}, "不能写入 INSTANCE_DIR"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "请检查 REDIS_URL"),
        ({"ADMIN_PASSWORD": "12345678"}, "ADMIN_PASSWORD 不合要求：密码至少 8 位"),
    ],
)
def test_what_it_cannot_start_with_is_said_in_a_sentence(
    tmp_path: Path, environ: dict[str, str], sentence: str
) -> None:
    answer = told(tmp_path, "run.py", **environ)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout
    assert "geheim" not in answer.stderr + answer.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "oracle://x/y"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("TIMEZONE", "Mars/Base"),
        ("TIMEZONE", "../etc"),
        ("IDLE_MINUTES", "0"),
        ("IDLE_MINUTES", "two"),
        ("IDLE_MINUTES", "1" * 30),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        settings({"INSTANCE_DIR": str(tmp_path), name: value})


@pytest.mark.parametrize(
    ("given", "kind"),
    [("mysql", "mysql+pymysql"), ("mariadb", "mysql+pymysql"), ("postgres", "postgresql+psycopg")],
)
def test_the_driver_is_ours_to_name(tmp_path: Path, given: str, kind: str) -> None:
    found = settings({"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": f"{given}://u:p%40ss@host:1/name?x=1"})
    assert found["SQLALCHEMY_DATABASE_URI"] == f"{kind}://u:p%40ss@host:1/name?x=1"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_KEY", "TIMEZONE", "IDLE_MINUTES", "HTTPS")
    plain = settings({"INSTANCE_DIR": str(tmp_path)})
    assert settings({"INSTANCE_DIR": str(tmp_path), **dict.fromkeys(names, "")}) == plain


def test_the_keys_are_made_once_and_for_nobody_else_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "office"
    first = settings({"INSTANCE_DIR": str(folder)})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert first["DATA_KEY"] is None, "whether one may be made is the database's to say"
    made = key_from(given=None, path=folder / "data.key")
    assert stat.S_IMODE((folder / "data.key").stat().st_mode) == 0o600
    first["DATA_KEY"] = made
    assert first["SECRET_KEY"] != made
    assert settings({"INSTANCE_DIR": str(folder)}) == first
    given = settings({"INSTANCE_DIR": str(tmp_path / "other"), "SECRET_KEY": "a" * 40, "DATA_KEY": "b" * 40})
    assert (given["SECRET_KEY"], given["DATA_KEY"]) == ("a" * 40, "b" * 40)
    assert not (tmp_path / "other" / "secret.key").exists()


@pytest.mark.parametrize("name", ["secret.key", "data.key"])
@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00key", b"\x00" * 64])
def test_a_key_file_that_holds_no_text_is_no_key(tmp_path: Path, name: str, content: bytes) -> None:
    """X14: empty and binary key files are told of, with what to do."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSetting, match=rf"{name}.*请从备份恢复"):
        settings({"INSTANCE_DIR": str(tmp_path)})
    assert key_from(given="x", path=tmp_path / name) == "x"


def test_the_commands_need_nothing_but_a_folder(tmp_path: Path) -> None:
    for command, said in (("db upgrade", ""), ("sync", "写入"), ("sync", "写入 0 项")):
        answer = told(tmp_path, "-m", "flask", "--app", "app", *command.split())
        assert answer.returncode == 0, answer.stderr
        assert said in answer.stdout
    answer = told(tmp_path, "-m", "flask", "--app", "app", "sync", DATABASE_URL="nonsense")
    assert answer.returncode != 0
    assert "DATABASE_URL 不正确" in answer.stderr
    assert "Traceback" not in answer.stderr
