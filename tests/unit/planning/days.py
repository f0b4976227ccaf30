"""Small days to plan, for tests: places on a line, so many minutes apart."""

from collections.abc import Sequence

import numpy as np

from planning.lunch_clock import LunchClock
from planning.problem import Problem, Shift, Visit
from planning.travel_matrix import pack_matrix

HOUR = 3600
WHOLE_DAY = ((8 * HOUR, 17 * HOUR),)
LUNCH = LunchClock(12 * HOUR, 13 * HOUR, 45 * 60)


def at(clock: str, day: int = 0) -> int:
    """Read `HH:MM` of a day as seconds."""
    hours, minutes = clock.split(":")
    return (day * 24 + int(hours)) * HOUR + int(minutes) * 60


def line(count: int, minutes: int = 10) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Return the travel times of places on a line."""
    places = np.arange(count)
    return (np.abs(places[:, None] - places) * minutes * 60).astype(np.int32)


def a_visit(
    name: str, place: int = 1, *windows: tuple[str, str], minutes: int = 20, **more: object
) -> Visit:  # fmt: skip
    """Make a visit that may begin within `windows` (`HH:MM`); without one all day long."""
    given = tuple((at(early), at(late)) for early, late in windows) or WHOLE_DAY
    return Visit(name, place, minutes * 60, given, **more)  # type: ignore[arg-type]  # the fields of a visit


def a_shift(
    team: int = 0, begin: str = "08:00", end: str = "17:00", *, day: int = 0, lunch: int = 45,
    between: tuple[str, str] = ("12:00", "13:00"),
) -> Shift:  # fmt: skip
    """Make a shift that begins and ends at place 0; its lunch begins `between`."""
    return Shift(team, day, at(begin, day), at(end, day), 0, 0, lunch * 60, "car", *map(at, between))


def a_problem(visits: Sequence[Visit], shifts: Sequence[Shift], *, seconds: float = 0.3, **more: object) -> Problem:
    """Make a problem on a line long enough for its visits."""
    travel = more.pop("travel", line(1 + max((visit.place for visit in visits), default=0)))
    return Problem(
        tuple(visits), tuple(shifts), {"car": pack_matrix(travel)}, seconds, **more  # type: ignore[arg-type]
    )  # fmt: skip
