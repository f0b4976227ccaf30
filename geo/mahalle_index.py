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
        bounds = shapely.total_bounds(self._polygon_array)
        self._plane_lat = float(bounds[1] + bounds[3]) / 2.0
        self._plane = shapely.STRtree([to_plane(polygon, self._plane_lat) for polygon in self._polygons])

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
        if accuracy_m is None or not accuracy_m > 0.0 or accuracy_m <= self._rings[cell] * grid.cell_m:
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
            possible_ids=self._touched(lon, lat, accuracy_m),
        )  # fmt: skip

    def _inside_with_neighbours(self, position: int, lon: float, lat: float, accuracy_m: float) -> Location:
        own = self.areas[position].id
        others = tuple(other for other in self._touched(lon, lat, accuracy_m) if other != own)
        return Location(mahalle_id=own, nearest_id=own, distance_m=0.0, possible_ids=others)

    def _touched(self, lon: float, lat: float, accuracy_m: float | None) -> tuple[UUID, ...]:
        if accuracy_m is None or not accuracy_m > 0.0:
            return ()
        # The plane is true at one latitude only, so it is asked for a little more and each answer measured again.
        near = self._plane.query(self._plane_point(lon, lat), "dwithin", distance=min(accuracy_m * 1.02, 1e7))
        measured = (
            position for position in sorted(near.tolist()) if self._distance_to(position, lon, lat) <= accuracy_m
        )
        return tuple(self.areas[position].id for position in measured)

    def _plane_point(self, lon: float, lat: float) -> shapely.Point:
        metres_lon, metres_lat = metres_per_degree(self._plane_lat)
        return shapely.Point(lon * metres_lon, lat * metres_lat)

    def _distance_to(self, position: int, lon: float, lat: float) -> float:
        if shapely.intersects_xy(self._polygons[position], lon, lat):
            return 0.0
        metres_lon, metres_lat = metres_per_degree(self._plane_lat)
        line = shapely.shortest_line(self._plane_point(lon, lat), self._plane.geometries[position])
        (_, _), (x, y) = shapely.get_coordinates(line).tolist()
        return distance_m(lon, lat, x / metres_lon, y / metres_lat)
