"""The day's problem and its answer, as plain data: what `solving.py` is given and what it gives back. Pure.

All times are whole seconds on one axis that begins at midnight (Istanbul) of the first day; the second day lies 86,400
further on. A place is an index into the rows and columns of the travel matrices. Problems travel to a worker process as
MessagePack, so nothing here knows a table.
"""

from typing import NamedTuple

import msgspec

DAY_S = 86_400
# What stands in a travel matrix where there is no way; never 0, which would be "next door".
UNREACHABLE = -1

URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
PRIORITIES = (URGENT, HIGH, NORMAL, LOW)
# What it is worth that the team goes that was asked for: so much longer a way is taken for it, not more. Nobody is left
# out for it (`prizes.py`).
WISH_S = 30 * 60

Window = tuple[int, int]


class Visit(msgspec.Struct, frozen=True):
    """A visit to be placed. A service must begin within one of `windows`; `allowed` are teams, None for all of them.

    `required`: promised or pinned, so it goes before everything that is not. `priority` is 1 (urgent) to 4.
    `preferred` is the team that was asked for, one of `allowed`; another one goes where it costs more than `WISH_S`.
    """

    id: str
    place: int
    service_s: int
    windows: tuple[Window, ...]
    priority: int = NORMAL
    required: bool = False
    allowed: frozenset[int] | None = None
    preferred: int | None = None


class Shift(msgspec.Struct, frozen=True):
    """One team's working time on one day. `lunch_s` is 0 where nobody eats in it.

    Its lunch begins between `lunch_from` and `lunch_until`, seconds of the day.
    """

    team: int
    day: int
    start: int
    end: int
    start_place: int
    end_place: int
    lunch_s: int = 0
    mode: str = "car"
    lunch_from: int = 12 * 3600
    lunch_until: int = 13 * 3600


class TravelMatrix(msgspec.Struct, frozen=True):
    """Seconds from place to place by one mode: `seconds` are size × size int32 in rows, little-endian."""

    size: int
    seconds: bytes


class Problem(msgspec.Struct, frozen=True):
    """Everything the solver needs. `previous` is an order to begin with: ids of visits for each shift.

    `seconds` is how long the search may take.
    """

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    travel: dict[str, TravelMatrix]
    seconds: float
    is_balanced: bool = False
    previous: tuple[tuple[str, ...], ...] = ()
    seed: int = 1


class Stop(msgspec.Struct, frozen=True):
    """One visit in a route: when the team arrives, begins and ends, and the seconds of the way there."""

    visit: str
    arrival: int
    start: int
    end: int
    travel_s: int


class Route(msgspec.Struct, frozen=True):
    """A shift with its stops in order. `lunch` is begin and end; `travel_s` counts the way back, too."""

    shift: int
    departure: int
    back_at: int
    stops: tuple[Stop, ...]
    lunch: Window | None
    travel_s: int


class Unfitted(msgspec.Struct, frozen=True):
    """A visit without a place, and why (a code of `reasons.py`)."""

    visit: str
    reason: str


class Missed(msgspec.Struct, frozen=True):
    """A visit that another team makes than the one asked for, and why (a code of `wishes.py`)."""

    visit: str
    reason: str


class Plan(msgspec.Struct, frozen=True):
    """The answer: the routes that have stops, what could not be fitted, and whom another team visits."""

    routes: tuple[Route, ...]
    unfitted: tuple[Unfitted, ...]
    missed: tuple[Missed, ...] = ()


class Ride(NamedTuple):
    """A visit in the window it is made in."""

    visit: Visit
    window: Window
