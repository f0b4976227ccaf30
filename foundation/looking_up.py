"""Set-based look-ups by a unique column: one statement of the same text for one value or two hundred.

On PostgreSQL each value is looked up in the index, whatever the planner believes of the table: a list in an IN is
compared with every row as long as nobody has counted the rows of a table that fills quickly.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from foundation.database import Base
from foundation.insertion import sql_type


def find_rows(
    session: Session,
    table: type[Base],
    columns: tuple[str, ...],
    *,
    key: str,
    values: Collection[Any],
    lock: bool = False,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return `columns` of the rows whose `key` (a unique column) is one of `values`, in the order of the key.

    With `lock` the rows are locked FOR UPDATE in that order, so that nobody locks anybody else out.
    """
    if not values:
        return []
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(_statement(table, columns, key, lock), (list(values),)).all()
    asked = table.__table__.c[key]
    query = select(*(table.__table__.c[column] for column in columns)).where(asked.in_(values)).order_by(asked)
    return connection.execute(query).all()


@cache
def _statement(table: type[Base], columns: tuple[str, ...], key: str, lock: bool) -> str:  # noqa: FBT001 - by position, for the cache
    """Write the statement once. Every name in it is one of our own tables' and columns'."""
    # OFFSET keeps the inner query apart: one look-up after the other, in the order of the values.
    return (
        f"SELECT found.* FROM (SELECT unnest(CAST(%s AS {sql_type(table, key)}[])) AS value ORDER BY 1) AS wanted "  # noqa: S608 - our own names only
        f"CROSS JOIN LATERAL (SELECT {', '.join(columns)} FROM {table.__tablename__} WHERE {key} = wanted.value "
        f"OFFSET 0{' FOR UPDATE' if lock else ''}) AS found"
    )
