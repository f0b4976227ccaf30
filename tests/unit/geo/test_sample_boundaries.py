import shapely

from geo.distance import area_m2
from geo.sample_boundaries import SAMPLE_CODE_PREFIX, sample_boundaries


def test_the_demo_has_nineteen_mahalle_with_codes_no_registry_gives() -> None:
    boundaries = sample_boundaries().boundaries
    assert len({boundary.name for boundary in boundaries}) == 19
    assert all(boundary.code.startswith(SAMPLE_CODE_PREFIX) for boundary in boundaries)
    assert "ORNEK-EYUP-SULTAN" in {boundary.code for boundary in boundaries}


def test_the_sample_is_a_partition_without_overlaps_or_gaps() -> None:
    report = sample_boundaries()
    assert [problem.code for problem in report.problems] == ["boundaries.sample"]
    polygons = [boundary.geometry for boundary in report.boundaries]
    assert all(polygon.is_valid and len(polygon.geoms) == 1 for polygon in polygons)
    assert shapely.coverage_is_valid(polygons)
    whole = shapely.union_all(polygons)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert 50e6 < area_m2(whole) < 90e6


def test_the_sample_is_the_same_every_time() -> None:
    assert sample_boundaries() == sample_boundaries()
