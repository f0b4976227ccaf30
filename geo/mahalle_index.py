"""Which mahalle is this point in? Exact, and fast enough to be asked for every submission.

The rule on borders: a mahalle owns its border. Where several mahalle hold a point (a shared border, an overlap in the
data), the one with the lowest code in plain text order has it; among equal codes, the one with the lowest id. `locate`
and `locate_many` follow the same rule, and the order in which the boundaries came plays no part.

Distances are `geo.distance`'s; longitudes are degrees in -180..180 and no boundary may cross the antimeridian.
"""

import math
from collections.abc import Iterable
from uuid import UUID

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.distance import distance_m, metres_per_degree, to_plane
from geo.mahalle_grid import FIRST_CANDIDATES, build_grid


class MahalleArea(msgspec.Struct, frozen=True):
    """A mahalle as the index needs it; `geometry` is a valid (multi)polygon in degrees (EPSG:4326)."""

    id: UUID
    code: str
    name: str
    geometry: BaseGeometry


class Location(msgspec.Struct, frozen=True):
    """The answer for one point.

    `mahalle_id` is None outside; then `nearest_id` and `distance_m` say which mahalle is nearest and how far in metres.
    Inside they are the mahalle itself and 0. `possible_ids` are the other mahalle that the accuracy radius touches, by
    the index's order. Where nothing can be said (no boundaries, no such place on Earth), the distance is infinite
    (null in JSON).
    """

    mahalle_id: UUID | None
    nearest_id: UUID | None
    distance_m: float
    possible_ids: tuple[UUID, ...] = ()


_EAST, _NORTH = 180.0, 90.0
# Half the Earth's girth: a radius beyond it, an infinite one too, touches everything.
_FARTHEST_M = 2.1e7

NOWHERE = Location(mahalle_id=None, nearest_id=None, distance_m=math.inf)


class MahalleIndex:
    """All boundaries of a municipality, ready to be asked. It never changes; a new import makes a new index."""

    def __init__(self, areas: Iterable[MahalleArea]) -> None:
        with_area = (area for area in areas if not area.geometry.is_empty)
        self.areas: tuple[MahalleArea, ...] = tuple(sorted(with_area, key=lambda area: (area.code, str(area.id))))
        # Copies, because preparing a geometry changes it for everybody who holds it.
        self._polygons = [shapely.from_wkb(shapely.to_wkb(area.geometry)) for area in self.areas]
        self._inside = [
            Location(mahalle_id=area.id, nearest_id=area.id, distance_m=0.0, possible_ids=()) for area in self.areas
        ]
        if not self.areas:
            return
        self._grid = build_grid(self._polygons)
        # A memoryview answers one index several times faster than the array itself.
        self._codes, self._rings = self._grid.codes.data, self._grid.rings.data
        self._polygon_array = np.array(self._polygons, dtype=object)
        # GEOS builds a polygon's search tree at the first question; here, so that no two threads ever do it at once.
        shapely.intersects_xy(self._polygon_array, 0.0, 0.0)
        longest = max((len(ranks) for ranks in self._grid.candidates), default=0)
        self._candidate_table = np.array(
            [[*ranks, *[-1] * (longest - len(ranks))] for ranks in self._grid.candidates] or [[-1]], np.int32
        )
        _, south, _, north = shapely.total_bounds(self._polygon_array).tolist()
        middle = (south + north) / 2.0
        self._metres_lon, self._metres_lat = metres_per_degree(middle)
        # The plane is true to scale at its middle; this is by how much it is not at its northern or southern end.
        self._plane_error = 0.001 + max(
            abs(metres_per_degree(end)[0] / self._metres_lon - 1.0) for end in (south, north)
        )
        self._plane = shapely.STRtree([to_plane(polygon, middle) for polygon in self._polygons])
        self._plane_polygons = self._plane.geometries
        shapely.prepare(self._plane_polygons)
        shapely.dwithin(self._plane_polygons, shapely.Point(0, 0), 1.0)  # builds the distance trees, as above

    def locate(self, lon: float, lat: float, accuracy_m: float | None = None) -> Location:
        """Say which mahalle holds the point (degrees), or which is nearest and how far.

        `accuracy_m` is the radius the GPS states; None, negative or not a number means that it is not known.
        """
        if not self.areas or not (-_EAST <= lon <= _EAST and -_NORTH <= lat <= _NORTH):
            return NOWHERE
        grid = self._grid
        x, y = (lon - grid.min_lon) * grid.per_lon, (lat - grid.min_lat) * grid.per_lat
        if not (0.0 <= x < grid.columns and 0.0 <= y < grid.rows):
            return self._outside(lon, lat, accuracy_m)
        cell = int(y) * grid.columns + int(x)
        code = self._codes[cell]
        position = code if code >= -1 else self._first_holding(grid.candidates[FIRST_CANDIDATES - code], lon, lat)
        if position < 0:
            return self._outside(lon, lat, accuracy_m)
        if accuracy_m is None or not accuracy_m > 0.0:
            return self._inside[position]
        rings = self._rings[cell]
        if rings >= 0:
            x, y = x % 1.0, y % 1.0
            if accuracy_m <= (rings + min(x, y, 1.0 - x, 1.0 - y)) * grid.cell_m:
                return self._inside[position]
        return self._inside_with_neighbours(position, lon, lat, accuracy_m)

    def locate_many(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """Return for each point its mahalle's position in `areas`, -1 outside (and for what is no place on Earth)."""
        lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        if lon.shape != lat.shape:
            raise ValueError("as many longitudes as latitudes are needed")
        positions = np.full(lon.shape, -1, np.int32)
        if not self.areas or not lon.size:
            return positions
        grid = self._grid
        x, y = (lon - grid.min_lon) * grid.per_lon, (lat - grid.min_lat) * grid.per_lat
        # Comparisons with NaN are false, so NaN is outside.
        on_map = (x >= 0.0) & (x < grid.columns) & (y >= 0.0) & (y < grid.rows)
        on_map &= (np.abs(lon) <= _EAST) & (np.abs(lat) <= _NORTH)
        cells = y[on_map].astype(np.int64) * grid.columns + x[on_map].astype(np.int64)
        codes = grid.codes[cells]
        doubtful = np.flatnonzero(codes <= FIRST_CANDIDATES)
        codes[doubtful] = self._settle(FIRST_CANDIDATES - codes[doubtful], lon[on_map][doubtful], lat[on_map][doubtful])
        positions[on_map] = codes
        return positions

    def _first_holding(self, candidates: tuple[int, ...], lon: float, lat: float) -> int:
        for position in candidates:
            if shapely.intersects_xy(self._polygons[position], lon, lat):
                return position
        return -1

    def _settle(
        self, lists: npt.NDArray[np.int32], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.int32]:
        """Test the points of border cells against their candidates, first ones first; return positions."""
        settled = np.full(lists.shape, -1, np.int32)
        waiting = np.argsort(lists, kind="stable")  # points of one polygon together: its tree stays in the cache
        for turn in range(self._candidate_table.shape[1]):
            candidate = self._candidate_table[lists[waiting], turn]
            waiting, candidate = waiting[candidate >= 0], candidate[candidate >= 0]
            held = shapely.intersects_xy(self._polygon_array[candidate], lon[waiting], lat[waiting])
            settled[waiting[held]] = candidate[held]
            waiting = waiting[~held]
        return settled

    def _outside(self, lon: float, lat: float, accuracy_m: float | None) -> Location:
        point = self._plane_point(lon, lat)
        nearest = self._plane.query_nearest(point, all_matches=True).tolist()
        distance, position = min((self._distance_to(position, lon, lat), position) for position in nearest)
        return Location(
            mahalle_id=None, nearest_id=self.areas[position].id, distance_m=distance,
            possible_ids=self._touched(lon, lat, accuracy_m or 0.0),
        )  # fmt: skip

    def _inside_with_neighbours(self, position: int, lon: float, lat: float, accuracy_m: float) -> Location:
        others = self._touched(lon, lat, accuracy_m, besides=position)
        if not others:
            return self._inside[position]
        own = self.areas[position].id
        return Location(mahalle_id=own, nearest_id=own, distance_m=0.0, possible_ids=others)

    def _touched(self, lon: float, lat: float, accuracy_m: float, besides: int = -1) -> tuple[UUID, ...]:
        """Return the mahalle, without the one at position `besides`, that the circle around the point touches."""
        if not accuracy_m > 0.0:
            return ()
        x, y = lon * self._metres_lon, lat * self._metres_lat
        # The plane is asked for a little more than the radius, and each answer is measured again.
        radius = min(accuracy_m, _FARTHEST_M) * (1.0 + self._plane_error)
        near = self._plane.query(shapely.box(x - radius, y - radius, x + radius, y + radius))
        near = np.sort(near[near != besides])
        near = near[shapely.dwithin(self._plane_polygons[near], self._plane_point(lon, lat), radius)]
        return tuple(
            self.areas[position].id for position in near.tolist() if self._distance_to(position, lon, lat) <= accuracy_m
        )

    def _plane_point(self, lon: float, lat: float) -> shapely.Point:
        return shapely.Point(lon * self._metres_lon, lat * self._metres_lat)

    def _distance_to(self, position: int, lon: float, lat: float) -> float:
        if shapely.intersects_xy(self._polygons[position], lon, lat):
            return 0.0
        line = shapely.shortest_line(self._plane_point(lon, lat), self._plane_polygons[position])
        (_, _), (x, y) = shapely.get_coordinates(line).tolist()
        return distance_m(lon, lat, x / self._metres_lon, y / self._metres_lat)
