from typing import cast
from uuid import UUID

import pytest
import shapely
from geoalchemy2 import Geometry
from shapely.geometry import MultiPolygon
from sqlalchemy import LargeBinary, Table, column, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from geo.columns import GeometryColumn
from geo.tables import Mahalle

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()
TABLE = cast("Table", Mahalle.__table__)
AREA = MultiPolygon([shapely.box(29, 41, 30, 42)])


def test_sqlite_gets_bytes_and_everybody_else_a_geometry() -> None:
    column_type = GeometryColumn("MULTIPOLYGON")
    assert isinstance(column_type.load_dialect_impl(SQLITE), LargeBinary)
    assert isinstance(column_type.load_dialect_impl(POSTGRESQL), Geometry)
    assert isinstance(column_type.load_dialect_impl(None), Geometry)


def test_the_table_is_plain_on_sqlite_and_spatial_on_postgresql() -> None:
    assert "geometry BLOB NOT NULL" in str(CreateTable(TABLE).compile(dialect=SQLITE))
    spatial = str(CreateTable(TABLE).compile(dialect=POSTGRESQL))
    assert "geometry geometry(MULTIPOLYGON,4326) NOT NULL" in spatial


def test_values_are_converted_on_postgresql_only() -> None:
    geometry = column("geometry", GeometryColumn("MULTIPOLYGON"))
    assert "ST_AsBinary(geometry)" in str(select(geometry).compile(dialect=POSTGRESQL))
    assert "ST_" not in str(select(geometry).compile(dialect=SQLITE))
    statement = insert(TABLE).values(id=UUID(int=1), geometry=AREA)
    assert "ST_GeomFromEWKB(%(geometry)s)" in str(statement.compile(dialect=POSTGRESQL))
    assert "ST_" not in str(statement.compile(dialect=SQLITE))


def test_geometries_go_through_bytes_and_back() -> None:
    column_type = GeometryColumn("MULTIPOLYGON")
    sent = column_type.process_bind_param(AREA, SQLITE)
    assert sent is not None
    assert shapely.get_srid(shapely.from_wkb(sent)) == 4326
    assert column_type.process_result_value(sent, SQLITE) == AREA
    assert column_type.process_bind_param(None, SQLITE) is None
    assert column_type.process_result_value(None, SQLITE) is None


def test_another_kind_of_geometry_is_refused() -> None:
    with pytest.raises(ValueError, match="MULTIPOLYGON"):
        GeometryColumn("MULTIPOLYGON").process_bind_param(shapely.Point(29, 41), SQLITE)


def test_the_column_writes_itself_into_a_migration() -> None:
    assert repr(GeometryColumn("POINT")) == "GeometryColumn('POINT')"
