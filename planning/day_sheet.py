"""A day as the office knows it: visits with their fields, teams with their shifts. `building.py` makes it a problem."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

Point = tuple[float, float]


class DayVisit(NamedTuple):
    """A planned visit. `fields` are the assignment's (docs/sync-protocol.md); `point` is (lon, lat) of the target.

    `minutes` is how long it takes. `trouble`: the code of a reason that rules it out before any planning; or None.
    `preferred`: the team that is wanted for it.
    """

    id: UUID
    version: int
    team_id: UUID
    day: date
    fields: dict[str, str]
    point: Point | None
    minutes: int
    trouble: str | None = None
    preferred: UUID | None = None


class TeamDay(NamedTuple):
    """A team on a day. `starts`, `ends` and the lunch are seconds of the day; a point of None is "anywhere".

    `genders`: of who is there that day, for those who asked to be visited by one of them.
    """

    team_id: UUID
    day: date
    starts: int
    ends: int
    start: Point | None = None
    end: Point | None = None
    lunch_s: int = 0
    lunch_from: int = 12 * 3600
    lunch_until: int = 13 * 3600
    mode: str = "walk"
    genders: frozenset[str] = frozenset()


class DaySheet(NamedTuple):
    """Everything that is to be planned."""

    visits: list[DayVisit]
    team_days: list[TeamDay]
