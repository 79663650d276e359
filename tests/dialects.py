"""Compile every statement that the tests execute for the two databases that they do not run on.

SQLAlchemy renders FILTER, NULLS FIRST or an unknown function for a server that lacks them without a word. The compilers
here are stricter: what one of the three databases refuses is a `Lacking`, in whichever test first executes it.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Delete, Engine, Insert, Select, Update, event
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.dialects.mysql.base import MySQLCompiler
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.engine.default import CacheStats
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import ClauseElement

from tools.dialects import COMMON_FUNCTIONS

OF_SQLALCHEMY = {"current_timestamp", "now"}
"""Functions that SQLAlchemy itself asks for."""

OWN_INSERTS = (mysql.Insert, postgresql.Insert, sqlite.Insert)
"""Statements written for one dialect on purpose: each has its siblings beside it (app/lowcode/db.py)."""


class Lacking(AssertionError):
    """A statement that one of the supported databases does not understand."""


def _refused(what: str) -> Callable[..., Any]:
    def visit(_compiler: Any, *_arguments: Any, **_options: Any) -> Any:
        raise CompileError(f"no {what} here")

    return visit


class _Portable:
    """Refuse functions and operators that are not among those which all databases have."""

    visit_custom_op_binary = _refused("operators by op()")
    visit_match_op_binary = _refused("MATCH, which means something else everywhere")
    visit_regexp_match_op_binary = _refused("regular expressions, which differ everywhere")
    visit_not_regexp_match_op_binary = _refused("regular expressions, which differ everywhere")
    visit_json_getitem_op_binary = _refused("JSON operators, which differ everywhere")
    visit_json_path_getitem_op_binary = _refused("JSON operators, which differ everywhere")

    def visit_function(self, func: Any, *arguments: Any, **options: Any) -> Any:
        if func.name.lower() not in COMMON_FUNCTIONS | OF_SQLALCHEMY:
            raise CompileError(f"{func.name}() is not known to every database (tools/dialects.py)")
        return super().visit_function(func, *arguments, **options)  # type: ignore[misc]


class StrictMariaDBCompiler(_Portable, MySQLCompiler):
    """MariaDB's compiler, which renders nothing that the server refuses."""

    visit_funcfilter = _refused("FILTER (CASE inside the aggregate)")
    visit_nulls_first_op_unary_modifier = _refused("NULLS FIRST")
    visit_nulls_last_op_unary_modifier = _refused("NULLS LAST")

    def visit_join(self, join: Any, *arguments: Any, **options: Any) -> Any:
        """Refuse FULL JOIN."""
        if join.full:
            raise CompileError("no FULL JOIN here")
        return super().visit_join(join, *arguments, **options)

    def visit_update(self, update_stmt: Any, visiting_cte: Any = None, **options: Any) -> Any:
        """Refuse RETURNING of an UPDATE."""
        if update_stmt._returning:
            raise CompileError("no UPDATE … RETURNING here")
        return super().visit_update(update_stmt, visiting_cte, **options)

    def visit_in_op_binary(self, binary: Any, operator: Any, **options: Any) -> Any:
        """Refuse LIMIT directly inside IN."""
        _refuse_limit(binary)
        return self._generate_generic_binary(binary, " IN ", **options)

    def visit_not_in_op_binary(self, binary: Any, operator: Any, **options: Any) -> Any:
        """Refuse LIMIT directly inside NOT IN."""
        _refuse_limit(binary)
        return f"({self._generate_generic_binary(binary, ' NOT IN ', **options)})"


def _refuse_limit(binary: Any) -> None:
    inner = getattr(binary.right, "element", None)
    if isinstance(inner, Select) and inner._has_row_limiting_clause:
        raise CompileError("no LIMIT inside IN here (a subquery around it)")


class StrictPostgreSQLCompiler(_Portable, PGCompiler):
    """PostgreSQL's compiler, limited to the functions that every database has."""


class StrictSQLiteCompiler(_Portable, SQLiteCompiler):
    """SQLite's compiler, which renders nothing that it refuses."""

    visit_any_op_unary_operator = _refused("ANY")
    visit_all_op_unary_operator = _refused("ALL")


class StrictMariaDB(MariaDBDialect):
    """MariaDB 10.6 without a server."""

    statement_compiler: Any = StrictMariaDBCompiler
    supports_statement_cache = True
    insert_returning = delete_returning = True
    server_version_info = (10, 6)


class StrictPostgreSQL(PGDialect):
    """PostgreSQL without a server."""

    statement_compiler: Any = StrictPostgreSQLCompiler
    supports_statement_cache = True


class StrictSQLite(SQLiteDialect):
    """SQLite without a file."""

    statement_compiler: Any = StrictSQLiteCompiler
    supports_statement_cache = True


DIALECTS = {"MariaDB": StrictMariaDB(), "PostgreSQL": StrictPostgreSQL(), "SQLite": StrictSQLite()}


def understood(statement: ClauseElement, *, column_keys: Any = None) -> None:
    """Compile a statement for the three databases. Raises Lacking."""
    for name, dialect in DIALECTS.items():
        try:
            statement.compile(dialect=dialect, column_keys=column_keys)
        except (CompileError, Warning) as error:
            raise Lacking(f"{name}: {error}\n{statement}") from error


def watch() -> None:
    """Look at each statement that SQLite is to execute when it is compiled; what stands in the cache has been looked at."""

    @event.listens_for(Engine, "before_cursor_execute")
    def look(connection: Any, _cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:
        compiled = getattr(context, "compiled", None)
        if connection.dialect.name != "sqlite" or compiled is None or context.isddl:
            return
        if context.cache_hit is CacheStats.CACHE_HIT:
            return
        statement = compiled.statement
        if isinstance(statement, Select | Insert | Update | Delete) and not isinstance(
            statement, OWN_INSERTS
        ):
            understood(statement, column_keys=compiled.column_keys)
