import math
from uuid import UUID

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.distance import metres_per_degree
from geo.mahalle_index import NOWHERE, Location, MahalleArea, MahalleIndex

# A degree of latitude is about 111 km here; 0.001 degrees of longitude about 84 m.
WEST = shapely.box(29.00, 41.00, 29.01, 41.01)
EAST = shapely.box(29.01, 41.00, 29.02, 41.01)


def area(number: int, geometry: BaseGeometry, code: str | None = None) -> MahalleArea:
    return MahalleArea(id=UUID(int=number), code=code or f"{number:03}", name=f"M{number}", geometry=geometry)


def both_ways(index: MahalleIndex, lon: float, lat: float) -> UUID | None:
    one = index.locate(lon, lat).mahalle_id
    position = int(index.locate_many([lon], [lat])[0])
    assert one == (None if position < 0 else index.areas[position].id)
    return one


def test_a_point_inside_is_located_at_distance_zero() -> None:
    index = MahalleIndex([area(1, WEST), area(2, EAST)])
    assert index.locate(29.015, 41.005) == Location(
        mahalle_id=UUID(int=2), nearest_id=UUID(int=2), distance_m=0.0, possible_ids=()
    )


@pytest.mark.parametrize("codes", [("001", "002"), ("002", "001")])
@pytest.mark.parametrize("turned", [False, True])
def test_a_shared_border_belongs_to_the_lowest_code_whatever_the_order(codes: tuple[str, str], *, turned: bool) -> None:
    areas = [area(1, WEST, codes[0]), area(2, EAST, codes[1])]
    index = MahalleIndex(areas[::-1] if turned else areas)
    for lat in (41.0, 41.003, 41.01):
        assert both_ways(index, 29.01, lat) == UUID(int=1 if codes[0] == "001" else 2)


def test_equal_codes_fall_back_on_the_lowest_id() -> None:
    index = MahalleIndex([area(2, WEST, "x"), area(1, EAST, "x")])
    assert both_ways(index, 29.01, 41.005) == UUID(int=1)


def test_an_overlap_belongs_to_the_lowest_code_though_the_cell_carries_the_border_of_the_other() -> None:
    big = shapely.box(29.0, 41.0, 29.1, 41.1)
    small = shapely.box(29.04, 41.04, 29.06, 41.06)
    on_small_border = (29.04, 41.05)
    assert both_ways(MahalleIndex([area(1, big), area(2, small)]), *on_small_border) == UUID(int=1)
    assert both_ways(MahalleIndex([area(2, big), area(1, small)]), *on_small_border) == UUID(int=1)
    just_outside_small = (math.nextafter(29.04, 0.0), 41.05)
    assert both_ways(MahalleIndex([area(2, big), area(1, small)]), *just_outside_small) == UUID(int=2)


def test_a_hole_is_outside_and_its_rim_inside() -> None:
    ring = shapely.Polygon(
        WEST.exterior.coords, [[(29.004, 41.004), (29.006, 41.004), (29.006, 41.006), (29.004, 41.006)]]
    )
    index = MahalleIndex([area(1, ring)])
    assert both_ways(index, 29.005, 41.005) is None
    assert both_ways(index, 29.004, 41.005) == UUID(int=1)


def test_both_parts_of_a_mahalle_in_two_parts_are_found() -> None:
    parts = shapely.MultiPolygon([WEST, shapely.box(29.05, 41.0, 29.06, 41.01)])
    index = MahalleIndex([area(1, parts), area(2, EAST)])
    assert [both_ways(index, lon, 41.005) for lon in (29.005, 29.015, 29.055, 29.03)] == [
        UUID(int=1), UUID(int=2), UUID(int=1), None,
    ]  # fmt: skip


def test_outside_names_the_nearest_mahalle_and_the_distance_in_metres() -> None:
    answer = MahalleIndex([area(1, WEST), area(2, EAST)]).locate(29.03, 41.005)
    assert (answer.mahalle_id, answer.nearest_id) == (None, UUID(int=2))
    assert answer.distance_m == pytest.approx(841.2, abs=0.5)


def test_the_accuracy_radius_tells_which_neighbours_are_possible() -> None:
    index = MahalleIndex([area(1, WEST), area(2, EAST)])
    ten_metres_west = 29.01 - 0.000119
    assert index.locate(ten_metres_west, 41.005, 5.0).possible_ids == ()
    assert index.locate(ten_metres_west, 41.005, 15.0).possible_ids == (UUID(int=2),)
    assert index.locate(29.005, 41.005, 100.0).possible_ids == ()
    outside = index.locate(29.0201, 41.005, 50.0)
    assert (outside.mahalle_id, outside.possible_ids) == (None, (UUID(int=2),))
    assert index.locate(29.0201, 41.005, 2_000.0).possible_ids == (UUID(int=1), UUID(int=2))


def test_a_neighbour_is_named_as_soon_as_the_radius_reaches_it_however_far_it_is() -> None:
    index = MahalleIndex([area(1, WEST), area(2, EAST)])
    metres_lon, _ = metres_per_degree(41.005)
    for metres in np.arange(0.5, 400.0, 0.7).tolist():
        lon = 29.01 - metres / metres_lon
        assert index.locate(lon, 41.005, metres + 0.01).possible_ids == (UUID(int=2),), metres
        assert index.locate(lon, 41.005, metres - 0.01).possible_ids == (), metres


def test_an_overlapping_mahalle_is_possible_wherever_it_overlaps() -> None:
    index = MahalleIndex([area(1, WEST), area(2, WEST)])
    assert index.locate(29.005, 41.005, 1.0).possible_ids == (UUID(int=2),)


@pytest.mark.parametrize("accuracy", [None, 0.0, -5.0, math.nan])
def test_an_accuracy_that_says_nothing_names_no_neighbours(accuracy: float | None) -> None:
    index = MahalleIndex([area(1, WEST), area(2, EAST)])
    assert index.locate(29.01, 41.005, accuracy).possible_ids == ()


def test_an_endless_accuracy_makes_every_mahalle_possible() -> None:
    index = MahalleIndex([area(1, WEST), area(2, EAST)])
    assert index.locate(29.005, 41.005, math.inf).possible_ids == (UUID(int=2),)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(math.nan, 41.0), (29.0, math.nan), (math.inf, 41.0), (29.0, -math.inf), (181.0, 41.0), (29.0, 90.1)],
)
def test_what_is_no_place_on_earth_is_nowhere(lon: float, lat: float) -> None:
    index = MahalleIndex([area(1, WEST)])
    assert index.locate(lon, lat, 10.0) == NOWHERE
    assert index.locate_many([lon], [lat]).tolist() == [-1]


def test_swapped_coordinates_are_far_outside() -> None:
    assert MahalleIndex([area(1, WEST)]).locate(41.005, 29.005).distance_m > 1_000_000


def test_an_index_without_areas_answers_nowhere() -> None:
    for index in (MahalleIndex([]), MahalleIndex([area(1, shapely.MultiPolygon())])):
        assert index.locate(29.0, 41.0, 10.0) == NOWHERE
        assert index.locate_many([29.0, 1.0], [41.0, 2.0]).tolist() == [-1, -1]


def test_bulk_keeps_the_shape_it_was_given_and_refuses_unequal_lengths() -> None:
    index = MahalleIndex([area(1, WEST)])
    assert index.locate_many(np.zeros((2, 3)), np.zeros((2, 3))).shape == (2, 3)
    assert index.locate_many([], []).shape == (0,)
    with pytest.raises(ValueError, match="as many"):
        index.locate_many([29.0], [41.0, 41.0])


def test_a_mahalle_of_a_few_metres_and_one_of_a_province_live_in_one_index() -> None:
    province = shapely.box(26.0, 38.0, 30.0, 42.0)
    yard = shapely.box(29.0, 41.0, 29.00001, 41.00001)
    index = MahalleIndex([area(2, province), area(1, yard)])
    assert both_ways(index, 29.000005, 41.000005) == UUID(int=1)
    assert both_ways(index, 29.00002, 41.0) == UUID(int=2)
