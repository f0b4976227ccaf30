"""Set-based inserts: one statement for all rows, the same text for one row or two hundred, so it is prepared once.

PostgreSQL gets the rows as one JSON document and unpacks them itself: binding forty columns of a hundred rows one by
one cost three times as much in Python (measured on the intake). SQLite, in this process, takes them as they are.
All rows of one insert have the same columns; defaults of the table are not applied.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Executable, column, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.orm import Session

from foundation.database import Base
from foundation.statements import Found, Statement, send_together

Rows = Sequence[dict[str, Any]]
_SQLITE = pysqlite.dialect()


class _Insertion(NamedTuple):
    """One insert as a `Statement`: `ending` is the text behind it, `condition` what a given row must meet (PostgreSQL).

    `returning` makes SQLite's insert of one that gives rows; called there alone, because making one takes its time.
    """

    into: type[Base]
    rows: Rows
    ending: str = ""
    condition: str = ""
    returning: Callable[[sqlite.Insert], Executable] | None = None

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        # Bytes become base64 in the document and are decoded by the statement.
        document = msgspec.json.encode(self.rows).decode()
        return _from_json(self.into, tuple(self.rows[0]), self.condition, self.ending), (document,)

    def on_sqlite(self, connection: Connection) -> Found:
        if self.returning is not None:
            return connection.execute(self.returning(sqlite.insert(self.into)), list(self.rows)).all()
        written = _written_for_sqlite(self.into, tuple(self.rows[0]), self.ending)
        connection.exec_driver_sql(written.text, [written.parameters(row) for row in self.rows])
        return []


def rows_to_insert(into: type[Base], rows: Rows, *, of: tuple[type[Base], str] | None = None) -> list[Statement]:
    """Make the statement that inserts rows that cannot be there yet; none without rows.

    `of` names a table and our column that holds its key `id`: rows of what is not there are passed over. They were to
    belong to a row of `new_rows_to_insert` that lost a race, which cannot happen on SQLite with its one writer.
    """
    if not rows:
        return []
    # A scalar sub-select, which is looked up in the index row by row: an EXISTS becomes a join, planned once while the
    # table is small, that reads all of it for ever after.
    condition = f"WHERE (SELECT true FROM {of[0].__tablename__} WHERE id = given.{of[1]})" if of else ""  # noqa: S608 - our own names
    return [_Insertion(into, rows, condition=condition)]


def new_rows_to_insert(into: type[Base], rows: Rows, *, key: str) -> list[Statement]:
    """Make the statement that inserts those rows whose `key` (a unique column) is not taken, and gives those keys.

    Hand the rows in in the order of the key: two workers inserting the same keys then wait for each other instead of
    locking each other out.
    """
    if not rows:
        return []

    def ignoring(insert: sqlite.Insert) -> Executable:
        return insert.on_conflict_do_nothing(index_elements=[key]).returning(into.__table__.c[key])

    return [_Insertion(into, rows, f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}", returning=ignoring)]


def rows_to_replace(into: type[Base], rows: Rows) -> list[Statement]:
    """Make the statement that inserts rows; where the primary key is taken, the other columns take the new values."""
    if not rows:
        return []
    keys = [key.name for key in into.__table__.primary_key]
    values = [name for name in rows[0] if name not in keys]

    replaced = ", ".join(f"{name} = excluded.{name}" for name in values)
    return [_Insertion(into, rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {replaced}")]


def insert_all(session: Session, into: type[Base], rows: Rows) -> None:
    """Insert rows that cannot be there yet."""
    send_together(session, *rows_to_insert(into, rows))


def insert_new(session: Session, into: type[Base], rows: Rows, *, key: str) -> set[Any]:
    """Insert rows as `new_rows_to_insert` says; returns the keys that were inserted."""
    return {
        inserted[0] for found in send_together(session, *new_rows_to_insert(into, rows, key=key)) for inserted in found
    }


def insert_or_replace(session: Session, into: type[Base], rows: Rows) -> None:
    """Insert rows as `rows_to_replace` says."""
    send_together(session, *rows_to_replace(into, rows))


class _Written(NamedTuple):
    """SQLite's text of an insert, and how each of its values becomes what the driver takes."""

    text: str
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def parameters(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] if bind is None else bind(row[name]) for name, bind in self.columns)


@cache
def _written_for_sqlite(into: type[Base], columns: tuple[str, ...], ending: str) -> _Written:
    """Write the statement once: SQLAlchemy's own way through a hundred thousand rows takes longer than SQLite's."""
    types = {known.name: known.type for known in into.__table__.columns}
    # A table of these columns alone: the real one's defaults would join in.
    bare = table(into.__tablename__, *(column(name, types[name]) for name in columns))
    statement = sqlite.insert(bare).compile(dialect=_SQLITE)
    binds = [(name, types[name].dialect_impl(_SQLITE).bind_processor(_SQLITE)) for name in statement.positiontup or ()]
    return _Written(f"{statement} {ending}", binds)


@cache
def _from_json(into: type[Base], columns: tuple[str, ...], condition: str, ending: str) -> str:
    """Write the statement once. Every name in it is one of our own tables' and columns'."""
    into_table = into.__tablename__
    types = {known.name: known.type.python_type for known in into.__table__.columns}
    names = ", ".join(columns)
    values = ", ".join(
        f"decode(given.{name}, 'base64')" if types[name] is bytes else f"given.{name}" for name in columns
    )
    shape = ", ".join(
        f"{name} {'text' if types[name] is bytes else sql_type(into, name)}" for name in columns
    )  # fmt: skip
    return (
        f"INSERT INTO {into_table} ({names}) SELECT {values} "  # noqa: S608 - names from our own tables only
        f"FROM json_to_recordset(CAST(%s AS json)) AS given({shape}) {condition} {ending}"
    )


def sql_type(into: type[Base], name: str) -> str:
    """Write the type of a column as PostgreSQL calls it."""
    return str(into.__table__.c[name].type.compile(postgresql.dialect()))  # type: ignore[no-untyped-call]  # theirs
