"""What is wrong inside a boundaries file is reported, each kind by its code."""

from pathlib import Path

import pyproj
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.distance import area_m2
from tests.unit.geo.boundary_files import BOW_TIE, EMEK, SAFA, TWO, Row, a_geojson, a_layer, codes, read


def test_points_and_lines_are_no_boundaries(tmp_path: Path) -> None:
    line = shapely.LineString([(29.2, 41.0), (29.3, 41.0)])
    report = read(a_geojson(tmp_path, [("Emek", "1", shapely.Point(29.2, 41.0)), ("Safa", "2", line)]))
    assert codes(report) == ["geometry.not_area", "geometry.not_area"]
    assert "nokta" in report.problems[0].sentence
    assert report.boundaries == ()


def test_a_row_without_a_geometry_is_an_error(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [*TWO, ("Hilal", "3", None)]))
    assert codes(report) == ["geometry.missing"]
    assert "3. satır (Hilal)" in report.problems[0].sentence


def test_a_self_crossing_boundary_is_repaired_and_told_with_its_area(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("Emek", "1", BOW_TIE)]))
    assert codes(report) == ["geometry.repaired"]
    assert report.problems[0].names == ("Emek",)
    (boundary,) = report.boundaries
    assert boundary.geometry.is_valid
    assert area_m2(boundary.geometry) == pytest.approx(area_m2(EMEK) / 2, rel=0.01)
    assert report.problems[0].area_m2 == pytest.approx(area_m2(EMEK) / 2, rel=0.01)


def test_only_the_areas_of_a_mixed_geometry_are_taken(tmp_path: Path) -> None:
    mixed = shapely.GeometryCollection([EMEK, shapely.Point(29.3, 41.0)])
    report = read(a_geojson(tmp_path, [("Emek", "1", mixed)]))
    assert codes(report) == ["geometry.repaired"]
    assert report.boundaries[0].geometry.equals(EMEK)


def test_a_boundary_folded_to_nothing_cannot_be_repaired(tmp_path: Path) -> None:
    flat = shapely.Polygon([(29.20, 41.00), (29.21, 41.00), (29.20, 41.00)])
    assert codes(read(a_geojson(tmp_path, [("Emek", "1", flat)]))) == ["geometry.not_repairable"]


def test_an_overlap_is_told_in_square_metres(tmp_path: Path) -> None:
    wide = shapely.box(29.209, 41.00, 29.22, 41.01)
    report = read(a_geojson(tmp_path, [("Emek", "1", EMEK), ("Safa", "2", wide)]))
    assert codes(report) == ["overlap"]
    assert report.errors == ()
    expected = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shapely.box(29.209, 41.00, 29.21, 41.01))[0]
    assert report.problems[0].area_m2 == pytest.approx(abs(expected), rel=1e-4)
    assert report.problems[0].names == ("Emek", "Safa")


def test_the_same_place_twice_is_an_error(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("Emek", "1", EMEK), ("Safa", "2", EMEK)]))
    assert codes(report) == ["overlap.same_place"]
    assert report.errors


def test_overlaps_below_a_square_metre_are_told_in_one_sentence(tmp_path: Path) -> None:
    near = shapely.box(29.21 - 1e-10, 41.00, 29.22, 41.01)
    report = read(a_geojson(tmp_path, [("Emek", "1", EMEK), ("Safa", "2", near)]))
    assert codes(report) == ["overlap.tiny"]


def test_a_gap_between_mahalle_is_told_with_its_neighbours(tmp_path: Path) -> None:
    hole = shapely.box(29.209, 41.004, 29.21, 41.006)
    report = read(a_geojson(tmp_path, [("Emek", "1", EMEK.difference(hole)), ("Safa", "2", SAFA)]))
    assert codes(report) == ["gap"]
    assert report.problems[0].names == ("Emek", "Safa")
    assert report.problems[0].area_m2 == pytest.approx(area_m2(hole), rel=1e-3)


def test_missing_and_repeated_names_and_codes_are_reported(tmp_path: Path) -> None:
    far = [shapely.box(29.3 + step, 41.0, 29.301 + step, 41.001) for step in (0.0, 0.01, 0.02, 0.03, 0.04)]
    rows: list[Row] = [
        ("Emek", "1", far[0]),
        ("EMEK MAH.", "2", far[1]),
        ("Safa", "2", far[2]),
        ("Hilal", None, far[3]),
        (None, "5", far[4]),
    ]
    report = read(a_geojson(tmp_path, rows))
    assert codes(report) == ["code.missing", "name.missing", "code.duplicate", "name.duplicate"]
    assert [problem.severity for problem in report.problems] == ["error", "error", "error", "warning"]
    assert "4. satır (Hilal)" in report.problems[0].sentence


def test_codes_that_came_as_decimal_numbers_are_whole_again(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("Emek", 40759.0, EMEK), ("Safa", None, SAFA)]))
    assert [boundary.code for boundary in report.boundaries] == ["40759"]
    assert codes(report) == ["code.missing"]


def test_without_a_code_field_codes_come_from_names_and_the_report_says_so(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("Yunus Emre Mh.", None, EMEK), ("İnönü", None, SAFA)]), code_field=None)
    assert [boundary.code for boundary in report.boundaries] == ["yunus-emre", "inonu"]
    assert codes(report) == ["code.made_from_name"]
    assert report.errors == ()


def test_texts_that_no_column_holds_are_refused(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("A" * 121, "1", EMEK), ("Safa", "9" * 65, SAFA)]))
    assert codes(report) == ["text.too_long", "text.too_long"]


def turned(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


@pytest.mark.parametrize(
    ("geometry", "crs", "code"),
    [
        (turned(EMEK), None, "coordinates.swapped"),
        (shapely.box(0, 0, 0.01, 0.01), None, "coordinates.outside_turkey"),
        (shapely.box(430_000, 4_530_000, 431_000, 4_531_000), None, "coordinates.outside_turkey"),
        (EMEK, "EPSG:5254", "coordinates.outside_turkey"),
        (shapely.box(430_000, 4_530_000, 431_000, 4_531_000), "EPSG:32632", "coordinates.outside_turkey"),
    ],
)
def test_a_wrong_coordinate_system_is_noticed(
    tmp_path: Path, geometry: BaseGeometry, crs: str | None, code: str
) -> None:
    report = read(a_geojson(tmp_path, [("Emek", "1", geometry)], crs=crs))
    assert codes(report) == [code]
    assert report.errors
    assert report.boundaries == ()


def test_without_a_prj_file_degrees_are_assumed_and_metres_refused(tmp_path: Path) -> None:
    in_degrees = a_layer(tmp_path / "derece.shp", TWO)
    in_metres = a_layer(tmp_path / "metre.shp", TWO, crs="EPSG:5254")
    for path in (in_degrees, in_metres):
        path.with_suffix(".prj").unlink()
    assert len(read(in_degrees).boundaries) == 2
    assert codes(read(in_degrees)) == ["crs.assumed"]
    assert codes(read(in_metres)) == ["crs.missing"]


def test_heights_are_dropped(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("Emek", "1", shapely.force_3d(EMEK, 120.0))]))
    assert not report.boundaries[0].geometry.has_z
    assert report.problems == ()
