"""From a municipality's file to boundaries we can store, with every problem told before anything is stored.

Reads nothing but the file; the database is `boundaries`' business. An error anywhere means that nothing of the file may
be stored: half a municipality would send the other half's requests to "outside".
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.boundary_checks import compare_boundaries
from geo.boundary_file import FileUnreadable, RawRows, read_rows
from geo.boundary_report import BoundaryProblem, BoundaryReport, ReadBoundary, error, square_metres, warning
from geo.distance import area_m2
from geo.turkish import mahalle_name, search_key

_LONGEST_NAME = 120
_LONGEST_CODE = 64
# West, south, east, north of Turkey, rounded outwards.
_TURKEY = (25.0, 35.0, 46.0, 43.0)
_DEGREES = "EPSG:4326"


class _Row(msgspec.Struct):
    """One row on its way; `label` names it in sentences, `geometry` is in degrees."""

    label: str
    name: str
    code: str
    geometry: BaseGeometry | None


def read_boundaries(
    path: Path, *, name_field: str, code_field: str | None, encoding: str | None = None
) -> BoundaryReport:
    """Read mahalle boundaries from a GeoJSON, GeoPackage or Shapefile in any coordinate system.

    Without `code_field`, codes are made from the names and the report says so. `encoding` is for attributes; without it
    the file's own statement counts, then UTF-8, then windows-1254. Never raises for what is in the file: see `errors`.
    """
    path = Path(path)
    try:
        raw, problems = read_rows(path, name_field=name_field, code_field=code_field, encoding=encoding)
    except FileUnreadable as unreadable:
        return BoundaryReport(path.name, (), (unreadable.problem,))
    if not len(raw.geometries):
        return BoundaryReport(path.name, (), (*problems, error("file.empty", "Dosyada hiç kayıt yok.")))
    geometries, found = _in_degrees(raw)
    problems += found
    if any(problem.severity == "error" for problem in found):
        return BoundaryReport(path.name, (), tuple(problems))
    rows = _rows(raw, geometries, name_field, code_field, problems)
    boundaries = [boundary for row in rows if (boundary := _boundary(row, problems)) is not None]
    problems += compare_boundaries(boundaries)
    return BoundaryReport(path.name, tuple(boundaries), tuple(problems))


def _in_degrees(raw: RawRows) -> tuple[npt.NDArray[np.object_], list[BoundaryProblem]]:
    """Bring the geometries to EPSG:4326, longitude first, without heights; say where that cannot be right."""
    geometries = shapely.force_2d(shapely.from_wkb(raw.geometries, on_invalid="ignore"))
    problems: list[BoundaryProblem] = []
    crs = raw.crs
    if crs is None:
        if not _fits(geometries, _TURKEY):
            sentence = "Dosyanın koordinat sistemi belli değil. Shapefile ise .prj dosyasını da verin."
            return geometries, [error("crs.missing", sentence)]
        problems.append(warning("crs.assumed", "Dosya koordinat sistemini söylemiyor; WGS 84 (EPSG:4326) sayıldı."))
        crs = _DEGREES
    try:
        transformer = pyproj.Transformer.from_crs(crs, _DEGREES, always_xy=True)
    except pyproj.exceptions.ProjError:
        return geometries, [
            error("crs.unknown", "Dosyanın koordinat sistemi tanınmadı. EPSG:4326 olarak kaydedip verin.")
        ]
    degrees = shapely.transform(geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    return degrees, problems + _implausible(degrees)


def _implausible(geometries: npt.NDArray[np.object_]) -> list[BoundaryProblem]:
    west, south, east, north = _TURKEY
    if _fits(geometries, _TURKEY):
        return []
    if _fits(geometries, (south, west, north, east)):
        return [
            error("coordinates.swapped", "Enlem ile boylam yer değiştirmiş. Dosyada önce boylam, sonra enlem olmalı.")
        ]
    sentence = (
        "Koordinatlar Türkiye'nin dışına düşüyor. Dosyanın koordinat sistemi (ör. EPSG:5254) yanlış yazılmış olabilir."
    )
    return [error("coordinates.outside_turkey", sentence)]


def _fits(geometries: npt.NDArray[np.object_], box: Sequence[float]) -> bool:
    places = shapely.get_coordinates(geometries)
    # Comparisons with NaN are false: what is no number does not fit.
    return bool(np.all((places >= box[:2]) & (places <= box[2:])))


def _rows(
    raw: RawRows,
    geometries: npt.NDArray[np.object_],
    name_field: str,
    code_field: str | None,
    problems: list[BoundaryProblem],
) -> list[_Row]:
    names = [mahalle_name(_as_text(value)) for value in raw.fields[name_field]]
    if code_field is None:
        codes = [search_key(name).replace(" ", "-") for name in names]
        problems.append(
            warning("code.made_from_name", "Dosyada kod alanı verilmedi; kodlar mahalle adlarından üretildi.")
        )
    else:
        codes = [_as_text(value) for value in raw.fields[code_field]]
    return [
        _Row(label=f"{number}. satır ({name})" if name else f"{number}. satır", name=name, code=code, geometry=geometry)
        for number, (name, code, geometry) in enumerate(zip(names, codes, geometries, strict=True), start=1)
    ]


def _as_text(value: Any) -> str:  # noqa: ANN401 - whatever a column of the file holds
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of whole numbers with a gap in it comes as floats
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)).split())


def _boundary(row: _Row, problems: list[BoundaryProblem]) -> ReadBoundary | None:
    found = [*_attribute_problems(row)]
    geometry, geometry_problems = _as_multipolygon(row)
    found += geometry_problems
    problems += found
    if geometry is None or any(problem.severity == "error" for problem in found):
        return None
    return ReadBoundary(code=row.code, name=row.name, geometry=geometry)


def _attribute_problems(row: _Row) -> list[BoundaryProblem]:
    problems = []
    if not search_key(row.name):
        problems.append(error("name.missing", f"{row.label}: mahalle adı yok.", row.label))
    elif not row.code:
        problems.append(error("code.missing", f"{row.label}: mahalle kodu yok.", row.label))
    if len(row.name) > _LONGEST_NAME or len(row.code) > _LONGEST_CODE:
        problems.append(
            error("text.too_long", f"{row.label}: ad ya da kod çok uzun. Alan adlarını denetleyin.", row.label)
        )
    return problems


def _as_multipolygon(row: _Row) -> tuple[MultiPolygon | None, list[BoundaryProblem]]:
    """Return the row's valid multipolygon, repaired where it must be, or None with the reason."""
    geometry = row.geometry
    if geometry is None or geometry.is_empty:
        return None, [error("geometry.missing", f"{row.label}: sınır çizilmemiş ya da okunamıyor.", row.label)]
    if not _polygons(geometry):
        kind = _KINDS.get(geometry.geom_type, geometry.geom_type)
        sentence = f"{row.label}: sınır alan değil, {kind}. Alan (polygon) gerekir."
        return None, [error("geometry.not_area", sentence, row.label)]
    if geometry.is_valid and isinstance(geometry, Polygon | MultiPolygon):
        return MultiPolygon(_polygons(geometry)), []
    repaired = MultiPolygon(_polygons(shapely.make_valid(geometry, method="structure", keep_collapsed=False)))
    if area_m2(repaired) < 1:
        return None, [error("geometry.not_repairable", f"{row.label}: sınır bozuk ve onarılamadı.", row.label)]
    return repaired, [_repair(row, geometry, repaired)]


_KINDS = {"Point": "nokta", "MultiPoint": "noktalar", "LineString": "çizgi", "MultiLineString": "çizgiler"}


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons in `geometry`, however deeply it is nested."""
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    return [polygon for part in getattr(geometry, "geoms", ()) for polygon in _polygons(part)]


def _repair(row: _Row, geometry: BaseGeometry, repaired: MultiPolygon) -> BoundaryProblem:
    change = area_m2(repaired) - sum(area_m2(polygon) for polygon in _polygons(geometry))
    reason = shapely.is_valid_reason(geometry)
    sentence = f"{row.name}: sınır kendini kesiyordu, onarıldı (alan farkı {square_metres(abs(change))})."
    if geometry.is_valid:
        sentence = f"{row.name}: sınırdaki nokta ve çizgiler atıldı, alanlar alındı."
    elif "Self-intersection" not in reason:
        sentence = f"{row.name}: sınır geçersizdi, onarıldı (alan farkı {square_metres(abs(change))})."
    return warning("geometry.repaired", sentence, row.name, area_m2=abs(change))
