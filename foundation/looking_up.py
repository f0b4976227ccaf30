"""Set-based look-ups by a unique column: one statement of the same text for one value or two hundred.

On PostgreSQL each value is looked up in the index, whatever the planner believes of the table: a list in an IN is
compared with every row as long as nobody has counted the rows of a table that fills quickly.
"""

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from foundation.database import Base
from foundation.insertion import sql_type
from foundation.statements import Found, send_together


class RowsOf(NamedTuple):
    """The `Statement` that gives `columns` of the rows whose `key` (a unique column) is one of `values`, in its order.

    With `lock` the rows are locked FOR UPDATE in that order, so that nobody locks anybody else out.
    """

    table: type[Base]
    columns: tuple[str, ...]
    key: str
    values: Collection[Any]
    lock: bool = False

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        """Look up one value after the other."""
        return _statement(self.table, self.columns, self.key, self.lock), (list(self.values),)

    def on_sqlite(self, connection: Connection) -> Found:
        """Look up all values with an IN."""
        if not self.values:
            return []
        asked = self.table.__table__.c[self.key]
        query = select(*(self.table.__table__.c[column] for column in self.columns)).where(asked.in_(self.values))
        return connection.execute(query.order_by(asked)).all()


def find_rows(
    session: Session,
    table: type[Base],
    columns: tuple[str, ...],
    *,
    key: str,
    values: Collection[Any],
    lock: bool = False,
) -> Found:
    """Ask `RowsOf` alone; nothing at all for no values."""
    if not values:
        return []
    return send_together(session, RowsOf(table, columns, key, values, lock))[0]


@cache
def _statement(table: type[Base], columns: tuple[str, ...], key: str, lock: bool) -> str:  # noqa: FBT001 - by position, for the cache
    """Write the statement once. Every name in it is one of our own tables' and columns'."""
    # OFFSET keeps the inner query apart: one look-up after the other, in the order of the values.
    return (
        f"SELECT found.* FROM (SELECT unnest(CAST(%s AS {sql_type(table, key)}[])) AS value ORDER BY 1) AS wanted "  # noqa: S608 - our own names only
        f"CROSS JOIN LATERAL (SELECT {', '.join(columns)} FROM {table.__tablename__} WHERE {key} = wanted.value "
        f"OFFSET 0{' FOR UPDATE' if lock else ''}) AS found"
    )
