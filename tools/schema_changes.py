"""What a migration must be told by a person: what rows of old hold in a required column, and which column is renamed.

Plain functions over Alembic's operations; migrations/env.py applies them when `make migration` writes a file.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alembic.operations.ops import (
    AddColumnOp,
    AlterColumnOp,
    DowngradeOps,
    DropColumnOp,
    MigrateOperation,
    ModifyTableOps,
    UpgradeOps,
)
from sqlalchemy import DefaultClause

VARIABLE = "MIGRATION_ANSWERS"


class Unanswered(Exception):
    """A question that only a person can answer; the text says how."""


@dataclass(frozen=True, slots=True)
class Answers:
    """`defaults` and `renames` by "table.column", `drops`: columns that go with what they hold."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()

    @classmethod
    def given(cls) -> "Answers":
        """Return what the command passed on."""
        kept = json.loads(os.environ.get(VARIABLE, "{}"))
        return cls(kept.get("default", {}), kept.get("rename", {}), frozenset(kept.get("drop", ())))


def apply_answers(upgrade: UpgradeOps, downgrade: DowngradeOps, answers: Answers) -> None:
    """Rename and fill as answered, in place. Raises Unanswered for what was not, and for answers to no question."""
    used: set[str] = set()
    for table in _tables(upgrade):
        back = next((one for one in _tables(downgrade) if one.table_name == table.table_name), None)
        used |= _rename(table, back, answers.renames)
        _refuse_suspects(table, answers.drops)
        used |= {f"{table.table_name}.{one.column_name}" for one in _dropped(table)} & answers.drops
        used |= _fill(table, answers.defaults)
    for name in sorted({*answers.defaults, *answers.renames, *answers.drops} - used):
        raise Unanswered(f"{name}: nothing of the kind changes in this migration")


def _tables(changes: UpgradeOps | DowngradeOps) -> list[ModifyTableOps]:
    return [one for one in changes.ops if isinstance(one, ModifyTableOps)]


def _added(table: ModifyTableOps) -> list[AddColumnOp]:
    return [one for one in table.ops if isinstance(one, AddColumnOp)]


def _dropped(table: ModifyTableOps) -> list[DropColumnOp]:
    return [one for one in table.ops if isinstance(one, DropColumnOp)]


def _rename(table: ModifyTableOps, back: ModifyTableOps | None, renames: Mapping[str, str]) -> set[str]:
    """Turn a column dropped and another added into one renamed, both ways; returns the answers used."""
    used = set()
    for old in _dropped(table):
        name = f"{table.table_name}.{old.column_name}"
        new = next((one for one in _added(table) if one.column.name == renames.get(name)), None)
        if new is None:
            continue
        used.add(name)
        table.ops[table.ops.index(old)] = _renaming(table.table_name, old.column_name, new.column)
        table.ops.remove(new)
        if back is not None:
            kept = [one for one in back.ops if not _touches(one, {old.column_name, str(new.column.name)})]
            back.ops[:] = [_renaming(table.table_name, str(new.column.name), old.to_column()), *kept]
    return used


def _renaming(table: str, old: str, column: Any) -> AlterColumnOp:
    return AlterColumnOp(
        table,
        old,
        modify_name=column.name,
        existing_type=column.type,
        existing_nullable=column.nullable,
    )


def _touches(change: MigrateOperation, names: set[str]) -> bool:
    if isinstance(change, AddColumnOp):
        return change.column.name in names
    return isinstance(change, DropColumnOp) and change.column_name in names


def _refuse_suspects(table: ModifyTableOps, drops: frozenset[str]) -> None:
    """Refuse a column dropped beside one added of its type, unless the drop is meant. Raises Unanswered."""
    for old in _dropped(table):
        name = f"{table.table_name}.{old.column_name}"
        kind = _kind(old.to_column().type)
        alike = [one.column.name for one in _added(table) if _kind(one.column.type) is kind]
        if alike and name not in drops:
            raise Unanswered(
                f"{name} goes and {', '.join(map(str, alike))} comes, of the same type: "
                f"--rename {name}={alike[0]} keeps what it holds, --drop {name} does not"
            )


def _kind(column_type: Any) -> Any:
    """Return what kind of values a type holds, however it is written here or there (text, number, moment …)."""
    return column_type._type_affinity  # noqa: SLF001 - SQLAlchemy tells it by no other name


def _fill(table: ModifyTableOps, defaults: Mapping[str, str]) -> set[str]:
    """Add required columns with what rows of old hold in them; returns the answers used. Raises Unanswered."""
    used = set()
    for new in _added(table):
        column = new.column
        if column.nullable or column.server_default is not None or column.computed is not None:
            continue
        name = f"{table.table_name}.{column.name}"
        if name not in defaults:
            raise Unanswered(
                f"{name} is required and there may be rows: --default {name}=VALUE says what they hold"
            )
        used.add(name)
        place = table.ops.index(new)
        filled = column._copy()  # noqa: SLF001 - SQLAlchemy copies a column by no other name
        filled.server_default = DefaultClause(defaults[name])
        table.ops[place : place + 1] = [
            AddColumnOp(table.table_name, filled),
            AlterColumnOp(
                table.table_name,
                str(column.name),
                existing_type=column.type,
                existing_nullable=False,
                existing_server_default=defaults[name],
                modify_server_default=None,
            ),
        ]
    return used


def pairs(given: list[str]) -> Iterator[tuple[str, str]]:
    """Read "table.column=value" arguments. Raises Unanswered."""
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name.count(".") != 1:
            raise Unanswered(f"{text}: table.column=value is wanted")
        yield name, value
