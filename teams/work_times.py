"""When teams work: their shifts by day of the week, less leave. Read once for many teams and days, asked in memory.

A team without any shift works as most do, so that a municipality can plan before anybody has filled that page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from teams.tables import Team, TeamLeave, TeamShift, User

# Nobody is sent further ahead than this to find a day on which a team works.
_FURTHEST_DAYS = 60
_WORKING_WEEK = range(5)


class Shift(NamedTuple):
    """The hours of one day, in Istanbul."""

    starts: time
    ends: time
    lunch_minutes: int
    # Lunch begins between these; None where there is none, or nobody has said.
    lunch_from: time | None = None
    lunch_until: time | None = None

    @property
    def minutes(self) -> int:
        """How long is worked, without lunch."""
        return max(_minute(self.ends) - _minute(self.starts) - self.lunch_minutes, 0)

    def holds(self, moment: time) -> bool:
        """Say whether a time of the day lies in the shift."""
        return self.starts <= moment <= self.ends


USUAL = Shift(time(9), time(17), 60)


class Away(NamedTuple):
    """Days on which somebody does not work, the last one included."""

    first_day: date
    last_day: date

    def holds(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first_day <= day <= self.last_day


class WorkTimes:
    """The shifts and leaves of some teams."""

    def __init__(
        self, shifts: Mapping[UUID, Mapping[int, Shift]], team_away: Mapping[UUID, Sequence[Away]],
        members_away: Mapping[UUID, Sequence[Sequence[Away]]],
    ) -> None:  # fmt: skip
        self._shifts, self._team_away, self._members_away = shifts, team_away, members_away

    def shift(self, team_id: UUID, day: date) -> Shift | None:
        """Return the shift of a team on a day; None where it does not work: no shift, leave, or nobody is there."""
        by_weekday = self._shifts.get(team_id)
        usual = USUAL if day.weekday() in _WORKING_WEEK else None
        shift = by_weekday.get(day.weekday()) if by_weekday else usual
        if shift is None or any(away.holds(day) for away in self._team_away.get(team_id, ())):
            return None
        members = self._members_away.get(team_id, ())
        nobody_is_there = bool(members) and all(any(away.holds(day) for away in member) for member in members)
        return None if nobody_is_there else shift

    def next_day(self, team_id: UUID, after: date) -> date:
        """Return the next day on which a team works; the very next one where it never does."""
        for day in _days_after(after):
            if self.shift(team_id, day) is not None:
                return day
        return after + timedelta(days=1)


def read_work_times(session: Session, team_ids: Collection[UUID], since: date) -> WorkTimes:
    """Read the shifts of teams, and their leaves that are not over before `since`."""
    shifts: dict[UUID, dict[int, Shift]] = defaultdict(dict)
    for row in session.scalars(select(TeamShift).where(TeamShift.team_id.in_(team_ids))):
        shifts[row.team_id][row.weekday] = Shift(
            row.starts, row.ends, row.lunch_minutes, row.lunch_from, row.lunch_until
        )  # fmt: skip
    members = session.execute(select(User.id, User.team_id).where(User.team_id.in_(team_ids), User.is_active)).all()
    team_away: dict[UUID, list[Away]] = defaultdict(list)
    user_away: dict[UUID, list[Away]] = defaultdict(list)
    for leave in session.scalars(select(TeamLeave).where(TeamLeave.last_day >= since)):
        away = Away(leave.first_day, leave.last_day)
        if leave.team_id:
            team_away[leave.team_id].append(away)
        elif leave.user_id:
            user_away[leave.user_id].append(away)
    members_away: dict[UUID, list[list[Away]]] = defaultdict(list)
    for user_id, team_id in members:
        if team_id:
            members_away[team_id].append(user_away.get(user_id, []))
    return WorkTimes(shifts, team_away, members_away)


def active_teams(session: Session, team_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the teams that are there and were not removed."""
    return set(session.scalars(select(Team.id).where(Team.id.in_(team_ids), Team.is_active)))


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=ahead) for ahead in range(1, _FURTHEST_DAYS))


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
