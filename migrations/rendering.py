"""How our own column types and our conditional indexes are written into a new revision.

Apart from `env.py`, because Alembic runs that anew for every command, and the renderer must be replaced only once.
"""

import inspect
from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations.ops import CreateIndexOp
from alembic.util import to_list
from sqlalchemy import Index, MetaData
from sqlalchemy.types import TypeDecorator


def dialect_of(index: Index) -> str | None:
    """Return the engine an index is declared for with `ddl_if`; None when for all."""
    condition = index._ddl_if  # noqa: SLF001  SQLAlchemy offers no public way to read `ddl_if` back
    return None if condition is None else str(condition.dialect)


def render_our_types(kind: str, item: object, autogenerate: AutogenContext) -> str | Literal[False]:
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
    rendered = to_list(_render_index(autogenerate, operation))
    metadata = autogenerate.metadata
    table = metadata.tables.get(operation.table_name) if isinstance(metadata, MetaData) else None
    dialects = {str(index.name): dialect_of(index) for index in table.indexes} if table is not None else {}
    dialect = dialects.get(str(operation.index_name))
    if dialect is None:
        return rendered
    return [f'if op.get_bind().dialect.name == "{dialect}":', *rendered, ""]
