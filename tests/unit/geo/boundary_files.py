"""Boundary files made on the spot, and short ways to read them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundary_import import read_boundaries
from geo.boundary_report import BoundaryReport

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
