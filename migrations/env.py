"""Called by Alembic to run revisions and to compare the tables with a database.

The connection is handed in by `foundation.migrating`, which owns the transaction and the lock. There are no
downgrades: whoever wants yesterday's schema back also wants yesterday's rows, which is what a backup gives.
"""

from alembic import context
from sqlalchemy import Index

from migrations.every_table import every_table
from migrations.rendering import dialect_of, render_our_types

_OF_POSTGIS = {"spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews"}

_CONNECTION = context.config.attributes["connection"]
_COMPARES = context.config.attributes.get("compares", False)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name in _OF_POSTGIS)


def _exists_here(item: object, _name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
    """Leave out indexes that are declared for another engine with `ddl_if`."""
    dialect = dialect_of(item) if kind == "index" and isinstance(item, Index) else None
    return dialect is None or dialect == _CONNECTION.dialect.name


context.configure(
    connection=_CONNECTION,
    target_metadata=every_table() if _COMPARES else None,
    include_name=_is_ours,
    include_object=_exists_here,
    render_item=render_our_types,
    render_as_batch=True,
)
context.run_migrations()
