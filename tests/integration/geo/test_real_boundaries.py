"""Real boundaries of three municipalities, from the folder named by SAHA_REAL_BOUNDARIES; none is kept here."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from geo.boundary_import import read_boundaries
from geo.boundary_report import BoundaryReport
from geo.distance import area_m2
from geo.mahalle_index import MahalleArea, MahalleIndex

FOLDER = os.environ.get("SAHA_REAL_BOUNDARIES")
pytestmark = [
    pytest.mark.real_boundaries,
    pytest.mark.skipif(FOLDER is None, reason="SAHA_REAL_BOUNDARIES names no folder"),
]


def read_district(name: str) -> BoundaryReport:
    return read_boundaries(
        Path(FOLDER or "") / f"{name}_raw.geojson", name_field="name", code_field="uavt_mahalle_kodu"
    )


def index_of(report: BoundaryReport) -> MahalleIndex:
    return MahalleIndex(
        MahalleArea(id=UUID(int=number), code=one.code, name=one.name, geometry=one.geometry)
        for number, one in enumerate(report.boundaries)
    )


def name_of(index: MahalleIndex, mahalle_id: UUID | None) -> str:
    return next(area.name for area in index.areas if area.id == mahalle_id)


@pytest.mark.parametrize(
    ("district", "count", "square_km"), [("sancaktepe", 19, 63.8), ("umraniye", 38, 45.3), ("karsiyaka", 27, 51.3)]
)
def test_every_mahalle_is_read_and_the_district_has_its_area(district: str, count: int, square_km: float) -> None:
    report = read_district(district)
    assert report.errors == ()
    assert len(report.boundaries) == len({boundary.code for boundary in report.boundaries}) == count
    assert not any(boundary.name.endswith((".", "Mah", "Mh")) for boundary in report.boundaries)
    whole = sum(area_m2(boundary.geometry) for boundary in report.boundaries) / 1e6
    assert whole == pytest.approx(square_km, abs=0.1)


def test_the_two_self_crossing_boundaries_of_sancaktepe_are_repaired_and_told() -> None:
    repaired = [problem for problem in read_district("sancaktepe").problems if problem.code == "geometry.repaired"]
    assert [problem.names for problem in repaired] == [("Akpınar",), ("Veysel Karani",)]


def test_bostanli_is_found_and_its_ferry_quay_stands_in_the_water_before_it() -> None:
    # Coordinates as published in encyclopaedias, from another source than the boundaries.
    index = index_of(read_district("karsiyaka"))
    assert name_of(index, index.locate(27.098965, 38.458372).mahalle_id) == "Bostanlı"
    quay = index.locate(27.0975, 38.452111)
    assert quay.mahalle_id is None
    assert name_of(index, quay.nearest_id) == "Bostanlı"
    assert 0 < quay.distance_m < 200


@pytest.mark.parametrize("district", ["sancaktepe", "umraniye", "karsiyaka"])
def test_the_point_inside_each_mahalle_is_located_in_it(district: str) -> None:
    index = index_of(read_district(district))
    inside = [area.geometry.representative_point() for area in index.areas]
    assert [index.locate(place.x, place.y).mahalle_id for place in inside] == [area.id for area in index.areas]
    positions = index.locate_many([place.x for place in inside], [place.y for place in inside])
    assert positions.tolist() == list(range(len(index.areas)))
