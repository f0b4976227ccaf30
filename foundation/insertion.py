"""Set-based inserts: one statement for all rows, the same text for one row or two hundred, so it is prepared once.

PostgreSQL gets the rows as one JSON document and unpacks them itself: binding forty columns of a hundred rows one by
one cost three times as much in Python (measured on the intake). SQLite, in this process, takes them as they are.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundation.database import Base

Rows = Sequence[dict[str, Any]]


def insert_all(session: Session, into: type[Base], rows: Rows) -> None:
    """Insert rows that cannot be there yet. All rows have the same columns; defaults of the table are not applied."""
    if rows and _is_sqlite(session):
        session.connection().execute(sqlite.insert(into), list(rows))
    elif rows:
        _insert_json(session, into, rows, "")


def insert_new(session: Session, into: type[Base], rows: Rows, *, key: str) -> set[Any]:
    """Insert those rows whose `key` (a unique column) is not taken; returns the keys that were inserted.

    Hand the rows in in the order of the key: two workers inserting the same keys then wait for each other instead of
    locking each other out.
    """
    if not rows:
        return set()
    if _is_sqlite(session):
        statement = sqlite.insert(into).on_conflict_do_nothing(index_elements=[key])
        returning = statement.returning(into.__table__.c[key])
        return set(session.connection().execute(returning, list(rows)).scalars())
    return set(_insert_json(session, into, rows, f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}").scalars())


def insert_or_replace(session: Session, into: type[Base], rows: Rows) -> None:
    """Insert rows; where the primary key is taken, the other columns take the new values."""
    if not rows:
        return
    keys = [column.name for column in into.__table__.primary_key]
    values = [name for name in rows[0] if name not in keys]
    if _is_sqlite(session):
        statement = sqlite.insert(into)
        replacing = statement.on_conflict_do_update(
            index_elements=keys, set_={name: statement.excluded[name] for name in values}
        )
        session.connection().execute(replacing, list(rows))
        return
    replaced = ", ".join(f"{name} = excluded.{name}" for name in values)
    _insert_json(session, into, rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {replaced}")


def _insert_json(session: Session, into: type[Base], rows: Rows, ending: str) -> CursorResult[Any]:
    # Bytes become base64 in the document and are decoded by the statement.
    document = msgspec.json.encode(rows).decode()
    # The driver's own text: what SQLAlchemy does for a statement costs more than sending a small one.
    return session.connection().exec_driver_sql(_from_json(into, tuple(rows[0]), ending), (document,))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@cache
def _from_json(into: type[Base], columns: tuple[str, ...], ending: str) -> str:
    """Write the statement once. Every name in it is one of our own tables' and columns'."""
    table = into.__tablename__
    types = {column.name: column.type.python_type for column in into.__table__.columns}
    names = ", ".join(columns)
    values = ", ".join(
        f"decode(given.{name}, 'base64')" if types[name] is bytes else f"given.{name}" for name in columns
    )
    shape = ", ".join(
        f"{name} {'text' if types[name] is bytes else sql_type(into, name)}" for name in columns
    )  # fmt: skip
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} "  # noqa: S608 - names from our own tables only
        f"FROM json_to_recordset(CAST(%s AS json)) AS given({shape}) {ending}"
    )


def sql_type(into: type[Base], column: str) -> str:
    """Write the type of a column as PostgreSQL calls it."""
    return str(into.__table__.c[column].type.compile(postgresql.dialect()))  # type: ignore[no-untyped-call]  # theirs
