"""Boundaries in a database, from a file to an answer."""

from datetime import UTC, datetime

import msgspec
import pytest
import shapely
from shapely.geometry import MultiPolygon
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from foundation.database import Database
from geo.boundaries import BoundariesRefused, boundaries_geojson, boundaries_version, load_index, store_boundaries
from geo.boundary_report import BoundaryReport, ReadBoundary, error, warning
from geo.sample_boundaries import sample_boundaries
from geo.tables import BoundarySet, Mahalle

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 9, tzinfo=UTC)


def a_report(*boundaries: ReadBoundary) -> BoundaryReport:
    return BoundaryReport("deneme.geojson", boundaries, (warning("gap", "Boşluk var.", area_m2=2.5),))


def a_boundary(code: str, name: str, west: float) -> ReadBoundary:
    hole = [(west + 0.004, 41.004), (west + 0.006, 41.004), (west + 0.006, 41.006)]
    box = shapely.Polygon(shapely.box(west, 41.0, west + 0.01, 41.01).exterior.coords, [hole])
    return ReadBoundary(code=code, name=name, geometry=MultiPolygon([box]))


def test_before_the_first_import_there_is_no_version_and_everything_is_outside(database: Database) -> None:
    with database.reading() as session:
        assert boundaries_version(session) is None
        assert load_index(session).locate(29.2, 41.0).mahalle_id is None
        assert msgspec.json.decode(boundaries_geojson(session))["features"] == []


def test_stored_boundaries_come_back_exactly_and_locate(database: Database) -> None:
    boundary = a_boundary("40759", "İnönü", 29.123456789)
    with database.writing() as session:
        boundary_set = store_boundaries(session, a_report(boundary), at=AT, is_sample=False)
    with database.reading() as session:
        mahalle = session.scalars(select(Mahalle)).one()
        assert mahalle.geometry == boundary.geometry
        assert (mahalle.minx, mahalle.miny, mahalle.maxx, mahalle.maxy) == boundary.geometry.bounds
        assert boundary.geometry.contains(shapely.Point(mahalle.label_lon, mahalle.label_lat))
        assert (mahalle.name_key, mahalle.sort_key) == ("inonu", "i~no~nu~")
        assert load_index(session).locate(29.125, 41.001).mahalle_id == mahalle.id
        assert boundaries_version(session) == boundary_set.id
        kept = session.get_one(BoundarySet, boundary_set.id)
        assert kept.imported_at == AT
        assert kept.report == {
            "problems": [{"severity": "warning", "code": "gap", "sentence": "Boşluk var.", "area_m2": 2.5}]
        }


def test_a_mahalle_keeps_its_id_when_its_code_is_imported_again(database: Database) -> None:
    with database.writing() as session:
        first = store_boundaries(
            session, a_report(a_boundary("1", "Emek", 29.0), a_boundary("2", "Safa", 29.1)), at=AT, is_sample=False
        )
        ids = {mahalle.code: mahalle.id for mahalle in session.scalars(select(Mahalle))}
    with database.writing() as session:
        second = store_boundaries(session, a_report(a_boundary("1", "Emek Yeni", 29.2)), at=LATER, is_sample=False)
    with database.reading() as session:
        mahalle = {mahalle.code: mahalle for mahalle in session.scalars(select(Mahalle))}
        assert {code: row.id for code, row in mahalle.items()} == ids
        assert (mahalle["1"].name, mahalle["1"].boundary_set_id) == ("Emek Yeni", second.id)
        assert mahalle["2"].boundary_set_id == first.id
        index = load_index(session)
        assert [area.code for area in index.areas] == ["1"]
        assert index.locate(29.001, 41.001).mahalle_id is None
        assert index.locate(29.201, 41.001).mahalle_id == ids["1"]
        assert boundaries_version(session) == second.id
        assert [row.is_current for row in session.scalars(select(BoundarySet).order_by(BoundarySet.id))] == [
            False,
            True,
        ]


@pytest.mark.parametrize("problems", [(error("overlap.same_place", "Aynı yer."),), ()])
def test_a_report_with_errors_or_without_boundaries_changes_nothing(
    database: Database, problems: tuple[object, ...]
) -> None:
    with database.writing() as session:
        store_boundaries(session, a_report(a_boundary("1", "Emek", 29.0)), at=AT, is_sample=False)
    boundaries = (a_boundary("2", "Safa", 29.1),) if problems else ()
    refused = BoundaryReport("bozuk.geojson", boundaries, problems)  # type: ignore[arg-type]
    with pytest.raises(BoundariesRefused) as caught, database.writing() as session:
        store_boundaries(session, refused, at=LATER, is_sample=False)
    assert caught.value.facts["problems"] == problems
    with database.reading() as session:
        assert session.scalars(select(Mahalle.code)).all() == ["1"]
        assert len(session.scalars(select(BoundarySet)).all()) == 1


def test_an_import_that_fails_half_way_leaves_the_old_set_current(database: Database) -> None:
    with database.writing() as session:
        first = store_boundaries(session, a_report(a_boundary("1", "Emek", 29.0)), at=AT, is_sample=False)
    torn = a_report(a_boundary("2", "Safa", 29.0), a_boundary("2", "Safa", 29.1))
    with pytest.raises(IntegrityError), database.writing() as session:
        store_boundaries(session, torn, at=LATER, is_sample=False)
    with database.reading() as session:
        assert boundaries_version(session) == first.id
        assert [area.code for area in load_index(session).areas] == ["1"]


def test_the_map_gets_rounded_boundaries_in_turkish_order_marked_as_sample(database: Database) -> None:
    report = a_report(a_boundary("1", "Şerifali", 29.123456789), a_boundary("2", "Çakmak", 29.2))
    with database.writing() as session:
        store_boundaries(session, report, at=AT, is_sample=True)
    with database.reading() as session:
        collection = msgspec.json.decode(boundaries_geojson(session))
    assert collection["is_sample"] is True
    cakmak, serifali = collection["features"]
    assert (cakmak["properties"]["name"], serifali["properties"]["name"]) == ("Çakmak", "Şerifali")
    assert serifali["properties"]["is_sample"] is True
    assert serifali["properties"]["code"] == "1"
    assert serifali["id"] == serifali["properties"]["id"]
    drawn = shapely.from_geojson(msgspec.json.encode(serifali["geometry"]).decode())
    assert drawn.is_valid
    assert len(drawn.geoms[0].interiors) == 1
    assert drawn.bounds == (29.123457, 41.0, 29.133457, 41.01)


def test_the_demo_municipality_can_be_stored_and_every_centre_found(database: Database) -> None:
    with database.writing() as session:
        store_boundaries(session, sample_boundaries(), at=AT, is_sample=True)
    with database.reading() as session:
        index = load_index(session)
        names = {mahalle.id: mahalle for mahalle in session.scalars(select(Mahalle))}
    assert len(index.areas) == 19
    for mahalle in names.values():
        assert index.locate(mahalle.label_lon, mahalle.label_lat).mahalle_id == mahalle.id


def test_the_geometry_column_refuses_another_kind_of_geometry(database: Database) -> None:
    point = ReadBoundary(code="1", name="Emek", geometry=a_boundary("1", "Emek", 29.0).geometry)
    broken = msgspec.structs.replace(point, geometry=shapely.Point(29, 41).buffer(0.01))
    with pytest.raises(Exception, match="MULTIPOLYGON"), database.writing() as session:
        store_boundaries(session, a_report(broken), at=AT, is_sample=False)
