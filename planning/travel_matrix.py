"""Travel times as the crow flies: haversine, times a road factor, by a speed of each mode. Pure.

Stands in wherever no routing service is set or none answers (`travel_times.py`).
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from planning.problem import TravelMatrix

_EARTH_RADIUS_M = 6_371_008.8
CAR, WALK = "car", "walk"
MODES = (CAR, WALK)

Place = tuple[float, float]


class Pace(msgspec.Struct, frozen=True):
    """How a mode gets along: metres of road for each metre of bee-line, and kilometres per hour."""

    road_factor: float
    speed_kmh: float


def bee_line_matrix(places: Sequence[Place], pace: Pace) -> npt.NDArray[np.int32]:
    """Return seconds between all places, `(lon, lat)` in degrees; size × size, zero on the diagonal."""
    degrees = np.radians(np.asarray(places, dtype=np.float64).reshape(-1, 2))
    lon, lat = degrees[:, 0], degrees[:, 1]
    half = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    metres = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    seconds: npt.NDArray[np.int32] = np.ceil(metres * pace.road_factor * 3.6 / pace.speed_kmh).astype(np.int32)
    return seconds


def metres_between(here: Place, there: Place) -> float:
    """Return the bee-line between two places."""
    (lon, lat), (other_lon, other_lat) = ((math.radians(degree) for degree in place) for place in (here, there))
    half = math.sin((lat - other_lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((lon - other_lon) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(half, 1.0)))


def pack_matrix(seconds: npt.NDArray[np.int32]) -> TravelMatrix:
    """Make a matrix fit to travel to another process."""
    return TravelMatrix(len(seconds), seconds.astype("<i4").tobytes())


def unpack_matrix(matrix: TravelMatrix) -> npt.NDArray[np.int32]:
    """Read a matrix that came from another process."""
    seconds: npt.NDArray[np.int32] = np.frombuffer(matrix.seconds, dtype="<i4")
    return seconds.reshape(matrix.size, matrix.size)
