"""The geometry column: Shapely objects in Python, PostGIS geometry on PostgreSQL, WKB bytes on SQLite.

GeoAlchemy2's own type needs SpatiaLite on SQLite. Spatial decisions are made in Shapely, so both databases answer
alike; PostGIS adds a typed column that other tools can read, and an index. Never compare this column with a string.
"""

from typing import Any

import shapely
from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BindParameter, ColumnElement, Dialect, Function, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine

SRID = 4326


class _BareGeometry(Geometry):
    """PostGIS geometry that leaves values alone: GeoAlchemy2 would wrap each in an element of its own."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Send what `GeometryColumn` made."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Hand what came to `GeometryColumn`."""


class GeometryColumn(TypeDecorator[BaseGeometry]):
    """A column of WGS 84 geometries of one type, in longitude, latitude order.

    It makes no index by itself; `geo.tables` shows how to write one that SQLite is spared.
    """

    impl = _BareGeometry
    cache_ok = True

    def __init__(self, geometry_type: str) -> None:
        super().__init__(geometry_type=geometry_type, srid=SRID, spatial_index=False)
        self.geometry_type = geometry_type

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """Choose the type of the database; GeoAlchemy2's listeners ask with None and mean the spatial one."""
        if dialect is not None and dialect.name == "sqlite":
            return dialect.type_descriptor(LargeBinary())
        return self.impl_instance

    def bind_expression(self, bindparam: BindParameter[BaseGeometry]) -> ColumnElement[BaseGeometry] | None:
        """Read the bytes we send as EWKB on PostGIS; `func` would give GeoAlchemy2's function, which adds an SRID."""
        return Function("ST_GeomFromEWKB", bindparam, type_=self) if self._is_spatial else bindparam

    def column_expression(self, column: ColumnElement[BaseGeometry]) -> ColumnElement[BaseGeometry] | None:
        """Ask PostGIS for plain WKB."""
        return Function("ST_AsBinary", column, type_=self) if self._is_spatial else column

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        """Turn a Shapely geometry into EWKB that names its SRID; refuse another type than the column's."""
        del dialect
        if value is None:
            return None
        if value.geom_type.upper() != self.geometry_type:
            raise ValueError(f"a {value.geom_type} cannot be stored in a column of {self.geometry_type}")
        return bytes(shapely.to_wkb(shapely.set_srid(value, SRID), include_srid=True))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseGeometry | None:
        """Turn what the database gave into a Shapely geometry."""
        del dialect
        return None if value is None else shapely.from_wkb(bytes(value))

    def __repr__(self) -> str:
        """Write what makes this type again, for Alembic to put into a migration."""
        return f"GeometryColumn({self.geometry_type!r})"

    @property
    def _is_spatial(self) -> bool:
        return isinstance(self.impl_instance, Geometry)
