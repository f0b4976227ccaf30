"""Makes days to plan: a clustered city of 10 × 10 km with asymmetric travel times, windows, shifts and lunch.

Travel times keep the triangle inequality at 18-40 km/h: each place has its own traffic and its own height, climbing
takes longer than going down, and the shortest way through any third place is taken. Service 4-20 minutes (most often
6), shifts 08-17; 17 % of the visits in the morning only, 16 % in the afternoon only, 8 % within two hours; 45 minutes
of lunch that begin between 12:00 and 13:00. The same seed makes the same day.
"""

import random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LON, LAT = 29.16, 40.97
_KM_PER_DEGREE_LAT, _KM_PER_DEGREE_LON = 111.2, 83.9
_CITY_KM = 10.0
MORNING, AFTERNOON = (8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600)
SHIFT = (8 * 3600, 17 * 3600)
LUNCH_S, LUNCH_FROM, LUNCH_UNTIL = 45 * 60, 12 * 3600, 13 * 3600


class InstanceVisit(NamedTuple):
    """A visit: where (a row of the matrix), for how long, and when it may begin; seconds."""

    place: int
    service_s: int
    window: tuple[int, int]


class Instance(NamedTuple):
    """A day. Place 0 is where every team begins and ends; `seconds` is the travel matrix.

    `lunches`: how long each team rests, and between which seconds it begins; empty where all rest alike.
    """

    name: str
    team_count: int
    points: list[tuple[float, float]]
    seconds: npt.NDArray[np.int32]
    visits: list[InstanceVisit]
    lunches: tuple[tuple[int, int, int], ...] = ()


def lunch_of(day: Instance, team: int) -> tuple[int, int, int]:
    """Return a team's lunch: how long, and between which seconds of the day it begins."""
    return day.lunches[team] if day.lunches else (LUNCH_S, LUNCH_FROM, LUNCH_UNTIL)


def with_own_lunches(day: Instance) -> Instance:
    """Return the same day with teams that rest early and briefly, as all do, or late and long."""
    kinds = (
        (30 * 60, 11 * 3600, 12 * 3600 - 30 * 60),
        (LUNCH_S, LUNCH_FROM, LUNCH_UNTIL),
        (3600, 13 * 3600, 14 * 3600),
    )
    lunches = tuple(kinds[team % len(kinds)] for team in range(day.team_count))
    return day._replace(name=f"{day.name}-own-lunches", lunches=lunches)


def make_instance(visit_count: int, team_count: int, seed: int, *, longest_min: int = 20) -> Instance:
    """Make the day of this seed; `longest_min`: of a visit, minutes."""
    chance = random.Random(seed)
    kilometres = _scatter(visit_count, chance)
    visits = [
        InstanceVisit(place, 60 * round(chance.triangular(4, longest_min, 6)), _window(chance))
        for place in range(1, visit_count + 1)
    ]
    seconds = _travel_times(np.array(kilometres), np.random.default_rng(seed))
    # To about a metre, as the planner remembers points.
    points = [(round(LON + x / _KM_PER_DEGREE_LON, 5), round(LAT + y / _KM_PER_DEGREE_LAT, 5)) for x, y in kilometres]
    return Instance(f"{visit_count}-{team_count}-{seed}", team_count, points, seconds, visits)


def _scatter(count: int, chance: random.Random) -> list[tuple[float, float]]:
    """Scatter homes around a few centres, a fifth of them anywhere; the office lies in the middle."""
    centres = [(chance.uniform(1, 9), chance.uniform(1, 9)) for _ in range(max(4, count // 40))]
    found = [(_CITY_KM / 2, _CITY_KM / 2)]
    for _ in range(count):
        if chance.random() < 0.2:
            found.append((chance.uniform(0, _CITY_KM), chance.uniform(0, _CITY_KM)))
            continue
        x, y = chance.choice(centres)
        found.append((min(max(chance.gauss(x, 0.5), 0), _CITY_KM), min(max(chance.gauss(y, 0.5), 0), _CITY_KM)))
    return found


def _window(chance: random.Random) -> tuple[int, int]:
    share = chance.random()
    if share < 0.17:
        return MORNING
    if share < 0.33:
        return AFTERNOON
    if share < 0.41:
        begin = chance.choice([8, 9, 10, 13, 14, 15]) * 3600
        return begin, begin + 2 * 3600
    return SHIFT


def _travel_times(kilometres: npt.NDArray[np.float64], chance: np.random.Generator) -> npt.NDArray[np.int32]:
    count = len(kilometres)
    distance = np.hypot(*(kilometres[:, None, axis] - kilometres[None, :, axis] for axis in (0, 1)))
    speed = chance.uniform(18, 40, count)
    height = chance.uniform(0, 30, count)
    seconds = distance * 3600 / ((speed[:, None] + speed[None, :]) / 2)
    seconds += np.maximum(0, height[None, :] - height[:, None])
    for through in range(count):
        np.minimum(seconds, seconds[:, through, None] + seconds[None, through, :], out=seconds)
    whole = np.ceil(seconds).astype(np.int32)
    np.fill_diagonal(whole, 0)
    return whole
