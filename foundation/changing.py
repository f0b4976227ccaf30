"""Changing one row as a statement that can be sent together with others; ORM objects that hold it are not told."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, update

from foundation.database import Base
from foundation.statements import Found


class ChangedRow(NamedTuple):
    """The `Statement` that sets columns of the row with this `id`."""

    table: type[Base]
    id: object
    values: dict[str, Any]

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        """Write it with the driver's parameters; the names are our own tables' and columns'."""
        given = ", ".join(f"{name} = %s" for name in self.values)
        return f"UPDATE {self.table.__tablename__} SET {given} WHERE id = %s", (*self.values.values(), self.id)  # noqa: S608 - our own names only

    def on_sqlite(self, connection: Connection) -> Found:
        """Do the same as SQLAlchemy does."""
        table = self.table.__table__
        connection.execute(update(self.table).where(table.c.id == self.id).values(self.values))
        return []
