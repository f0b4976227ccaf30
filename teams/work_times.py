"""When teams work: their shifts by day of the week, less leave. Read once for many teams and days, asked in memory.

A team without any shift works as most do, so that a municipality can plan before anybody has filled that page. Days off
(`days_off.py`) keep nobody from planning by hand; what is planned by itself asks `plannable_shift`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from teams.days_off import HALF_DAY_ENDS, DaysOff, read_days_off
from teams.tables import Team, TeamLeave, TeamShift, User

# Nobody is sent further ahead than this to find a day on which a team works.
_FURTHEST_DAYS = 60


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

    def morning(self) -> "Shift | None":
        """Return what of it lies before the afternoon off of a half day, without lunch; None where nothing does."""
        if self.starts >= HALF_DAY_ENDS:
            return None
        return self if self.ends <= HALF_DAY_ENDS else Shift(self.starts, HALF_DAY_ENDS, 0)


USUAL = Shift(time(9), time(17), 60)


class Away(NamedTuple):
    """Days on which somebody does not work, the last one included."""

    first_day: date
    last_day: date

    def holds(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first_day <= day <= self.last_day


class Member(NamedTuple):
    """Somebody of a team: `gender` (`kadin`, `erkek`; empty where nobody said), and when they are away."""

    gender: str
    away: Sequence[Away]

    def is_there(self, day: date) -> bool:
        """Say whether they are not on leave."""
        return not any(away.holds(day) for away in self.away)


class WorkTimes:
    """The shifts and leaves of some teams."""

    def __init__(
        self, shifts: Mapping[UUID, Mapping[int, Shift]], team_away: Mapping[UUID, Sequence[Away]],
        members: Mapping[UUID, Sequence[Member]], days_off: DaysOff,
    ) -> None:  # fmt: skip
        self.days_off = days_off
        self._shifts, self._team_away, self._members = shifts, team_away, members

    def shift(self, team_id: UUID, day: date) -> Shift | None:
        """Return the shift of a team on a day; None where it does not work: no shift, leave, or nobody is there.

        Of holidays it knows nothing: whoever plans by hand for one has their reason.
        """
        by_weekday = self._shifts.get(team_id)
        usual = None if day.weekday() in self.days_off.weekend else USUAL
        shift = by_weekday.get(day.weekday()) if by_weekday else usual
        if shift is None or any(away.holds(day) for away in self._team_away.get(team_id, ())):
            return None
        members = self._members.get(team_id, ())
        nobody_is_there = bool(members) and not any(member.is_there(day) for member in members)
        return None if nobody_is_there else shift

    def plannable_shift(self, team_id: UUID, day: date) -> Shift | None:
        """Return the shift for which visits may be planned without a person: none on a holiday, half of a half day.

        A shift of the team's own at the weekend counts: somebody wants the team to work then.
        """
        shift = None if self.days_off.is_holiday(day) else self.shift(team_id, day)
        return shift.morning() if shift and self.days_off.is_half_day(day) else shift

    def genders(self, team_id: UUID, day: date) -> frozenset[str]:
        """Return of which genders a team has somebody there on a day, as far as they are known."""
        members = self._members.get(team_id, ())
        return frozenset(member.gender for member in members if member.gender and member.is_there(day))

    def can_go(self, team_id: UUID, day: date, visitor: str = "") -> bool:
        """Say whether visits may be planned for a team on a day; of a named gender, somebody has to be there."""
        works = self.plannable_shift(team_id, day) is not None
        return works and (not visitor or visitor in self.genders(team_id, day))

    def next_day(self, team_id: UUID, after: date) -> date:
        """Return the next day for which a team may be planned by itself; the very next one where it never works."""
        for day in _days_after(after):
            if self.plannable_shift(team_id, day) is not None:
                return day
        return after + timedelta(days=1)


def read_work_times(session: Session, team_ids: Collection[UUID], since: date) -> WorkTimes:
    """Read the shifts of teams, and their leaves that are not over before `since`."""
    shifts: dict[UUID, dict[int, Shift]] = defaultdict(dict)
    for row in session.scalars(select(TeamShift).where(TeamShift.team_id.in_(team_ids))):
        shifts[row.team_id][row.weekday] = Shift(
            row.starts, row.ends, row.lunch_minutes, row.lunch_from, row.lunch_until
        )  # fmt: skip
    rows = session.execute(
        select(User.id, User.team_id, User.gender).where(User.team_id.in_(team_ids), User.is_active)
    ).all()
    team_away: dict[UUID, list[Away]] = defaultdict(list)
    user_away: dict[UUID, list[Away]] = defaultdict(list)
    for leave in session.scalars(select(TeamLeave).where(TeamLeave.last_day >= since)):
        away = Away(leave.first_day, leave.last_day)
        if leave.team_id:
            team_away[leave.team_id].append(away)
        elif leave.user_id:
            user_away[leave.user_id].append(away)
    members: dict[UUID, list[Member]] = defaultdict(list)
    for user_id, team_id, gender in rows:
        if team_id:
            members[team_id].append(Member(gender, user_away.get(user_id, [])))
    return WorkTimes(shifts, team_away, members, read_days_off(session))


def active_teams(session: Session, team_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the teams that are there and were not removed."""
    return set(session.scalars(select(Team.id).where(Team.id.in_(team_ids), Team.is_active)))


def active_team_ids(session: Session) -> list[UUID]:
    """Return the teams that were not removed."""
    return list(session.scalars(select(Team.id).where(Team.is_active)))


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=ahead) for ahead in range(1, _FURTHEST_DAYS))


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
