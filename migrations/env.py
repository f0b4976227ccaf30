"""Called by Alembic to run revisions and to compare the tables with a database.

The connection is handed in by `foundation.migrating`, which owns the transaction and the lock. Tables that PostGIS
brings along are not ours and are left alone. There are no downgrades: whoever wants yesterday's schema back also wants
yesterday's rows, which is what a backup gives.
"""

import inspect
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations.ops import CreateIndexOp
from sqlalchemy import Index, MetaData
from sqlalchemy.types import TypeDecorator

from migrations.every_table import every_table

_OF_POSTGIS = {"spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews"}

_CONNECTION = context.config.attributes["connection"]
_COMPARES = context.config.attributes.get("compares", False)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name in _OF_POSTGIS)


def _exists_here(item: object, _name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
    """Leave out indexes that are declared for another engine with `ddl_if`."""
    dialect = _dialect_of(item) if kind == "index" and isinstance(item, Index) else None
    return dialect is None or dialect == _CONNECTION.dialect.name


def _dialect_of(index: Index) -> str | None:
    condition = index._ddl_if  # noqa: SLF001  SQLAlchemy offers no public way to read `ddl_if` back
    return None if condition is None else str(condition.dialect)


def _render_our_types(kind: str, item: object, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types as they were constructed; Alembic would write the arguments of what they wrap."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    autogenerate.imports.add(f"import {type(item).__module__}")
    return f"{type(item).__module__}.{type(item).__name__}({_constructor_arguments(item)})"


def _constructor_arguments(item: TypeDecorator[Any]) -> str:
    constructor = type(item).__init__
    if constructor is TypeDecorator.__init__:
        return ""
    names = list(inspect.signature(constructor).parameters)[1:]
    return ", ".join(f"{name}={_argument(item, name)!r}" for name in names)


def _argument(item: TypeDecorator[Any], name: str) -> object:
    """Read a constructor argument back: our types keep each under its own name, or hand it to the type they wrap."""
    return getattr(item, name) if name in vars(item) else getattr(item.impl, name)


_render_index = renderers.dispatch(CreateIndexOp("", "", []))


@renderers.dispatch_for(CreateIndexOp, replace=True)
def _render_conditional_index(autogenerate: AutogenContext, operation: CreateIndexOp) -> list[str]:
    """Write an index declared with `ddl_if` so that the revision, too, makes it on that engine only."""
    rendered = str(_render_index(autogenerate, operation))
    metadata = autogenerate.metadata
    table = metadata.tables.get(operation.table_name) if isinstance(metadata, MetaData) else None
    dialects = {str(index.name): _dialect_of(index) for index in table.indexes} if table is not None else {}
    dialect = dialects.get(str(operation.index_name))
    if dialect is None:
        return [rendered]
    return [f'if op.get_bind().dialect.name == "{dialect}":', rendered, ""]


context.configure(
    connection=_CONNECTION,
    target_metadata=every_table() if _COMPARES else None,
    include_name=_is_ours,
    include_object=_exists_here,
    render_item=_render_our_types,
    render_as_batch=True,
)
context.run_migrations()
