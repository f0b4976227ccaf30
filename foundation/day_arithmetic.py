"""Adding days to a day in SQL: PostgreSQL has an operator for it, SQLite a function on text."""

from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class days_later(GenericFunction[Any]):  # noqa: N801 - reads as the function that it is
    """The day so many days after another: `days_later(table.day, 1)`; a negative number goes back."""

    type = Date()
    inherit_cache = True
    name = "days_later"


@compiles(days_later, "postgresql")
def _on_postgresql(element: days_later, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    day, count = element.clauses
    return f"({compiler.process(day, **given)} + CAST({compiler.process(count, **given)} AS integer))"


@compiles(days_later, "sqlite")
def _on_sqlite(element: days_later, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    day, count = element.clauses
    return f"date({compiler.process(day, **given)}, {compiler.process(count, **given)} || ' days')"
