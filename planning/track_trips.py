"""What teams' tracks say: how much longer a way is than its bee-line, and how fast a mode gets along. Pure.

A tablet tells a point every two minutes. Between two points the track is as straight as the bee-line, so the factor is
a lower bound; the speed is measured along the same track, so that the time for a metre of bee-line, which is all that
planning uses of the two, comes out right. `learnt_paces.py` reads and keeps.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from planning.travel_matrix import CAR, WALK, metres_between

# A point less sure than this would make the track longer than the way.
_SUREST_M = 50
_PAUSE_S, _TOO_CLOSE_S = 300, 20
_LEAST_HOP_M = 60
# Slower is standing at a door or on foot with a car, faster is a mistake of the receiver.
_MOVING_KMH = {CAR: (8.0, 110.0), WALK: (2.0, 8.0)}
_LEAST_BEE_LINE_M = {CAR: 500, WALK: 200}
# Longer is a round with doors in it, not a way to somewhere.
_MOST_FACTOR = 3.0
_FACTORS, _SPEEDS_KMH = (1.05, 2.5), {CAR: (8.0, 70.0), WALK: (2.5, 6.5)}
LEAST_TRIPS = 30
# A median of fewer people's trips would say how one of them walks.
LEAST_PEOPLE = 3


class Fix(NamedTuple):
    """Where a tablet was; `at` in seconds."""

    at: float
    lon: float
    lat: float
    accuracy_m: float


class Trip(NamedTuple):
    """A stretch of a track in which somebody went along all the time."""

    track_m: float
    bee_line_m: float
    seconds: float


class Learnt(NamedTuple):
    """The medians of trips, within what is believable."""

    road_factor: float
    speed_kmh: float


def find_trips(fixes: Sequence[Fix], mode: str) -> list[Trip]:
    """Cut one tablet's track, in the order of time, into trips."""
    sure = [fix for fix in fixes if fix.accuracy_m <= _SUREST_M]
    trips: list[Trip] = []
    run: list[Fix] = []
    for before, after in pairwise(sure):
        if _is_moving(before, after, mode):
            run = [*(run or [before]), after]
        else:
            trips += _trip_of(run, mode)
            run = []
    return trips + _trip_of(run, mode)


def learn(trips: Iterable[Trip], mode: str) -> Learnt | None:
    """Take the medians; None where there are too few."""
    known = list(trips)
    if len(known) < LEAST_TRIPS:
        return None
    factor = median(trip.track_m / trip.bee_line_m for trip in known)
    speed_kmh = median(3.6 * trip.track_m / trip.seconds for trip in known)
    return Learnt(_within(factor, _FACTORS), _within(speed_kmh, _SPEEDS_KMH[mode]))


def _is_moving(before: Fix, after: Fix, mode: str) -> bool:
    seconds = after.at - before.at
    if not _TOO_CLOSE_S <= seconds <= _PAUSE_S:
        return False
    metres = metres_between((before.lon, before.lat), (after.lon, after.lat))
    slowest, fastest = _MOVING_KMH[mode]
    return metres >= _LEAST_HOP_M and slowest <= 3.6 * metres / seconds <= fastest


def _trip_of(run: Sequence[Fix], mode: str) -> list[Trip]:
    """Measure a run without its first and last hop, in which the team still stood or stood already."""
    inner = run[1:-1]
    if len(inner) < 3:  # noqa: PLR2004 - two hops, so that a way can bend
        return []
    places = [(fix.lon, fix.lat) for fix in inner]
    track_m = math.fsum(metres_between(*pair) for pair in pairwise(places))
    bee_line_m = metres_between(places[0], places[-1])
    if bee_line_m < _LEAST_BEE_LINE_M[mode] or track_m > _MOST_FACTOR * bee_line_m:
        return []
    return [Trip(track_m, bee_line_m, inner[-1].at - inner[0].at)]


def _within(value: float, bounds: tuple[float, float]) -> float:
    return round(min(max(value, bounds[0]), bounds[1]), 2)
