"""Set-based inserts that answer alike on SQLite and PostgreSQL: one statement for all rows, prepared once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundation.database import Base

Rows = Sequence[dict[str, Any]]


def insert_all(session: Session, into: type[Base], rows: Rows) -> None:
    """Insert rows that cannot be there yet."""
    if rows:
        session.connection().execute(insert(_table(into)), list(rows))


def insert_new(session: Session, into: type[Base], rows: Rows, *, key: str) -> set[Any]:
    """Insert those rows whose `key` (a unique column) is not taken; returns the keys that were inserted.

    Hand the rows in in the order of the key: two workers inserting the same keys then wait for each other instead of
    locking each other out.
    """
    if not rows:
        return set()
    table = _table(into)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=[key]).returning(table.c[key])
    return set(session.connection().execute(statement, list(rows)).scalars())


def _table(of: type[Base]) -> Table:
    table = of.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{of} is not mapped to a table")
    return table
