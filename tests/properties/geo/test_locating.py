"""The index against brute force: every polygon asked, in the order that the written rule names."""

import itertools
import math
from uuid import UUID

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.mahalle_index import MahalleArea, MahalleIndex

# Corners lie on a coarse lattice, so that borders are shared, polygons overlap and points fall exactly on them.
LATTICE = 12
STEP = 0.001
WEST, SOUTH = 29.2, 41.0

lattice = st.integers(0, LATTICE)
corners = st.tuples(lattice, lattice)


def at(column: float, row: float) -> tuple[float, float]:
    return WEST + column * STEP, SOUTH + row * STEP


@st.composite
def polygons(draw: st.DrawFn) -> BaseGeometry:
    """Draw polygons, some with holes, some in several parts."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        hull = shapely.MultiPoint(
            [at(*corner) for corner in draw(st.lists(corners, min_size=3, max_size=7))]
        ).convex_hull
        cut = shapely.MultiPoint([at(*corner) for corner in draw(st.lists(corners, max_size=5))]).convex_hull
        parts.append(hull.difference(cut) if hull.area else hull)
    areas = [part for part in shapely.get_parts(shapely.union_all(parts)) if part.geom_type == "Polygon" and part.area]
    return shapely.MultiPolygon(areas)


@st.composite
def cities(draw: st.DrawFn) -> list[MahalleArea]:
    drawn = draw(st.lists(st.tuples(polygons(), st.sampled_from("ABCD")), min_size=1, max_size=8))
    numbers = draw(st.permutations(range(len(drawn))))
    return [
        MahalleArea(id=UUID(int=number), code=code, name=code, geometry=geometry)
        for number, (geometry, code) in zip(numbers, drawn, strict=True)
    ]


# On lattice points and on the lines between them (halves, quarters), and anywhere.
places = st.one_of(
    st.builds(
        lambda column, row: at(column / 4, row / 4), st.integers(-8, 4 * LATTICE + 8), st.integers(-8, 4 * LATTICE + 8)
    ),
    st.builds(at, st.floats(-2, LATTICE + 2), st.floats(-2, LATTICE + 2)),
)


def held_by(city: list[MahalleArea], lon: float, lat: float) -> UUID | None:
    point = shapely.Point(lon, lat)
    holding = [(area.code, str(area.id), area.id) for area in city if area.geometry.intersects(point)]
    return min(holding)[2] if holding else None


def corner_places(city: list[MahalleArea]) -> list[tuple[float, float]]:
    """Return corners of the polygons and points that rounding puts beside, on or just off their edges."""
    found = []
    for area in city:
        for polygon in shapely.get_parts(area.geometry):
            for ring in (polygon.exterior.coords, *(hole.coords for hole in polygon.interiors)):
                found += list(ring)
                found += [((x + to_x) / 2, (y + to_y) / 2) for (x, y), (to_x, to_y) in itertools.pairwise(ring)]
                found += [(math.nextafter(x, 99.0), y) for x, y in ring]
    return found


@settings(deadline=None, max_examples=50)
@given(city=cities(), drawn=st.lists(places, min_size=1, max_size=40))
def test_one_and_many_agree_with_asking_every_polygon(
    city: list[MahalleArea], drawn: list[tuple[float, float]]
) -> None:
    index = MahalleIndex(city)
    asked = drawn + corner_places(city)
    expected = [held_by(city, lon, lat) for lon, lat in asked]
    assert [index.locate(lon, lat).mahalle_id for lon, lat in asked] == expected
    positions = index.locate_many([lon for lon, _ in asked], [lat for _, lat in asked])
    assert [index.areas[position].id if position >= 0 else None for position in positions.tolist()] == expected


@settings(deadline=None, max_examples=20)
@given(city=cities(), drawn=st.lists(places, min_size=1, max_size=20), data=st.data())
def test_the_order_of_the_input_changes_nothing(
    city: list[MahalleArea], drawn: list[tuple[float, float]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(city))
    asked = drawn + corner_places(city)
    one, other = MahalleIndex(city), MahalleIndex(shuffled)
    assert [one.locate(*place, 30.0) for place in asked] == [other.locate(*place, 30.0) for place in asked]


def metres_to(area: MahalleArea, lon: float, lat: float) -> float:
    """Measure with PROJ: an azimuthal equidistant map around the point is true to scale from it."""
    around = pyproj.Proj(f"+proj=aeqd +lon_0={lon} +lat_0={lat} +datum=WGS84")
    dense = shapely.segmentize(area.geometry, STEP / 2)
    flat = shapely.transform(dense, lambda xy: np.column_stack(around(xy[:, 0], xy[:, 1])))
    return float(flat.distance(shapely.Point(0, 0)))


@settings(deadline=None, max_examples=20)
@given(city=cities(), place=places, accuracy=st.floats(1, 2_000))
def test_distances_and_possible_neighbours_agree_with_a_map_projection(
    city: list[MahalleArea], place: tuple[float, float], accuracy: float
) -> None:
    city = [area for area in city if not area.geometry.is_empty]
    if not city:
        return
    answer = MahalleIndex(city).locate(*place, accuracy)
    metres = {area.id: metres_to(area, *place) for area in city}
    nearest = min(metres.values())
    assert answer.nearest_id is not None
    if answer.mahalle_id is None:
        assert answer.distance_m == pytest.approx(nearest, rel=1e-4, abs=0.01)
        assert metres[answer.nearest_id] == pytest.approx(nearest, rel=1e-4, abs=0.01)
    else:
        assert answer.distance_m == 0.0
        assert answer.nearest_id == answer.mahalle_id
    surely = {key for key, value in metres.items() if value < accuracy * 0.9998 - 0.01}
    at_most = {key for key, value in metres.items() if value < accuracy * 1.0002 + 0.01}
    named = {*answer.possible_ids, *([answer.mahalle_id] if answer.mahalle_id else [])}
    assert surely <= named | {answer.mahalle_id} <= at_most | {answer.mahalle_id}
    assert answer.mahalle_id not in answer.possible_ids
