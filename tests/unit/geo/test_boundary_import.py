"""Files as municipalities send them, in every format, coordinate system and encoding."""

from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from geo.boundary_import import read_boundaries
from geo.boundary_report import BoundaryReport
from tests.unit.geo.boundary_files import EMEK, SAFA, TWO, Row, a_geojson, a_layer, codes, read


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
