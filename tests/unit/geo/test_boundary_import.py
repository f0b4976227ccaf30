"""Files as municipalities send them, good and bad; each is made here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundary_import import read_boundaries
from geo.boundary_report import BoundaryReport
from geo.distance import area_m2

EMEK = shapely.box(29.20, 41.00, 29.21, 41.01)
SAFA = shapely.box(29.21, 41.00, 29.22, 41.01)
BOW_TIE = shapely.Polygon([(29.20, 41.00), (29.21, 41.01), (29.21, 41.00), (29.20, 41.01)])

Row = tuple[str | None, Any, BaseGeometry | None]
TWO: list[Row] = [("Emek Mah.", "40759", EMEK), ("SAFA MH.", "40771", SAFA)]


def a_geojson(folder: Path, rows: list[Row], *, crs: str | None = None) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"ad": name, "kod": code},
            "geometry": None if geometry is None else json.loads(shapely.to_geojson(geometry)),
        }
        for name, code, geometry in rows
    ]
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "mahalle.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def a_layer(
    path: Path,
    rows: list[Row],
    *,
    crs: str | None = "EPSG:4326",
    encoding: str = "UTF-8",
    **options: Any,  # noqa: ANN401 - GDAL's
) -> Path:
    """Write a GeoPackage or Shapefile in `crs`, from rows in degrees."""
    geometries = np.array([geometry for _, _, geometry in rows], dtype=object)
    if crs and crs != "EPSG:4326":
        to_crs = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        geometries = shapely.transform(geometries, lambda xy: np.column_stack(to_crs.transform(xy[:, 0], xy[:, 1])))
    names, codes = ([row[column] for row in rows] for column in (0, 1))
    pyogrio.raw.write(
        path, shapely.to_wkb(geometries), [np.array(names, dtype=object), np.array(codes, dtype=object)], ["ad", "kod"],
        geometry_type="Unknown" if path.suffix == ".gpkg" else "Polygon", crs=crs, encoding=encoding, **options,
    )  # fmt: skip
    return path


def read(path: Path, code_field: str | None = "kod", encoding: str | None = None) -> BoundaryReport:
    return read_boundaries(path, name_field="ad", code_field=code_field, encoding=encoding)


def codes(report: BoundaryReport) -> list[str]:
    return [problem.code for problem in report.problems]


def assert_two_mahalle(report: BoundaryReport, names: tuple[str, str] = ("Emek", "Safa")) -> None:
    assert report.errors == ()
    assert [(boundary.name, boundary.code) for boundary in report.boundaries] == [
        (names[0], "40759"),
        (names[1], "40771"),
    ]
    for boundary, drawn in zip(report.boundaries, (EMEK, SAFA), strict=True):
        assert boundary.geometry.geom_type == "MultiPolygon"
        assert shapely.hausdorff_distance(boundary.geometry, drawn) < 1e-7


def test_a_clean_geojson_gives_mahalle_without_suffixes_and_no_problems(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, TWO))
    assert_two_mahalle(report)
    assert report.problems == ()
    assert report.source_name == "mahalle.geojson"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:5254", "EPSG:3857", "EPSG:2320", "EPSG:32635"])
@pytest.mark.parametrize("name", ["mahalle.gpkg", "mahalle.shp"])
def test_every_format_in_every_coordinate_system_comes_back_in_degrees(tmp_path: Path, name: str, crs: str) -> None:
    report = read(a_layer(tmp_path / name, TWO, crs=crs))
    assert_two_mahalle(report)
    assert codes(report) in ([], ["overlap.tiny"])


TURKISH: list[Row] = [("İNÖNÜ MAHALLESİ", "40759", EMEK), ("Şıhlı Ağaçlı Mh.", "40771", SAFA)]


@pytest.mark.parametrize("encoding", ["cp1254", "UTF-8"])
@pytest.mark.parametrize("stated", [True, False])
def test_turkish_letters_survive_every_encoding_a_shapefile_has(tmp_path: Path, encoding: str, *, stated: bool) -> None:
    path = a_layer(tmp_path / "mahalle.shp", TURKISH, encoding=encoding)
    if not stated:
        path.with_suffix(".cpg").unlink()
    report = read(path)
    assert_two_mahalle(report, ("İnönü", "Şıhlı Ağaçlı"))
    assert codes(report) == ([] if stated else ["encoding.assumed"])


def test_the_encoding_can_be_told(tmp_path: Path) -> None:
    path = a_layer(tmp_path / "mahalle.shp", TURKISH, encoding="cp1254")
    path.with_suffix(".cpg").unlink()
    report = read(path, encoding="windows-1254")
    assert_two_mahalle(report, ("İnönü", "Şıhlı Ağaçlı"))
    assert report.problems == ()


def test_a_shapefile_that_claims_utf8_and_is_not_is_read_as_windows_1254(tmp_path: Path) -> None:
    path = a_layer(tmp_path / "mahalle.shp", TURKISH, encoding="cp1254")
    path.with_suffix(".cpg").write_text("UTF-8")
    report = read(path)
    assert_two_mahalle(report, ("İnönü", "Şıhlı Ağaçlı"))
    assert codes(report) == ["encoding.assumed"]


@pytest.mark.parametrize("encoding", ["utf-8", "klingon"])
def test_a_wrong_encoding_is_a_sentence(tmp_path: Path, encoding: str) -> None:
    path = a_layer(tmp_path / "mahalle.shp", TURKISH, encoding="cp1254")
    path.with_suffix(".cpg").unlink()
    assert codes(read(path, encoding=encoding)) == ["encoding.wrong"]


def test_the_layer_that_has_the_name_field_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "mahalle.gpkg"
    place = shapely.to_wkb(np.array([shapely.Point(29, 41)], dtype=object))
    pyogrio.raw.write(path, place, [], [], geometry_type="Point", crs="EPSG:4326", layer="duraklar")
    report = read(a_layer(path, TWO, layer="mahalleler", append=True))
    assert_two_mahalle(report)
    assert codes(report) == ["file.several_layers"]
    assert "mahalleler" in report.problems[0].sentence


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("yok.geojson", None, "file.missing"),
        ("bos.geojson", b"", "file.empty"),
        ("bos.shp", b"", "file.empty"),
        ("kayitsiz.geojson", b'{"type":"FeatureCollection","features":[]}', "file.empty"),
        ("resim.geojson", b"\x89PNG\r\n\x1a\n", "file.not_vector"),
        ("resim.png", b"\x89PNG\r\n\x1a\n", "file.not_vector"),
        ("tablo.gpkg", b"ad;kod\nEmek;1\n", "file.not_vector"),
        ("baska.vrt", b"<OGRVRTDataSource/>", "file.not_vector"),
        ("gizli.geojson", b"<OGRVRTDataSource/>", "file.not_vector"),
        ("baska.json", b'{"merhaba": 1}', "file.unreadable"),
        ("yarim.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","geom', "file.unreadable"),
        ("bozuk.gpkg", b"SQLite format 3\x00" + b"\x00" * 300, "file.unreadable"),
        ("bozuk.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, "file.unreadable"),
    ],
)
def test_what_is_no_boundaries_file_is_reported(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    report = read(path)
    assert codes(report) == [code]
    assert report.errors
    assert report.boundaries == ()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert codes(read(tmp_path)) == ["file.missing"]


def test_a_missing_field_is_reported_with_the_fields_there_are(tmp_path: Path) -> None:
    report = read_boundaries(a_geojson(tmp_path, TWO), name_field="NAME", code_field="kod")
    assert codes(report) == ["field.missing"]
    assert "ad, kod" in report.problems[0].sentence


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
    assert_two_mahalle(read(in_degrees))
    assert codes(read(in_degrees)) == ["crs.assumed"]
    assert codes(read(in_metres)) == ["crs.missing"]


def test_heights_are_dropped(tmp_path: Path) -> None:
    report = read(a_geojson(tmp_path, [("Emek", "1", shapely.force_3d(EMEK, 120.0))]))
    assert not report.boundaries[0].geometry.has_z
    assert report.problems == ()
