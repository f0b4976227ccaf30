"""Who goes, and on which day, where no person says so: the first day on which a team can, with whom was asked. Pure.

Who asked for a woman or a man gets one or nobody (`campaign_visitors.py` has the wish). Who asked for a team gets it
where it works on that very day (`preferred_teams.py`); nobody waits for it where another has whom they want.
"""

from collections.abc import Collection, MutableMapping
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from teams.work_times import WorkTimes

Load = MutableMapping[tuple[date, UUID], int]


class Asked(NamedTuple):
    """What a household asked for: to be visited by a woman or a man (`kadin`, `erkek`), by this team."""

    visitor: str = ""
    team: UUID | None = None


class VisitChoice:
    """Chooses for one visit after the other; `load` counts the visits of each team and day, and grows."""

    def __init__(self, work: WorkTimes, load: Load, today: date) -> None:
        self._work, self._load, self._today = work, load, today

    def choose(
        self, teams: Collection[UUID], asked: Asked, last_day: date, *, otherwise: Collection[UUID] = ()
    ) -> tuple[date, UUID] | None:
        """Choose the team that can go first, of several the one with the fewest visits that day; None where none can.

        From tomorrow on, when a day can still be planned; today where any later day would be too late. Where none of
        the teams can go in time, one of `otherwise` may go before them; where none can, the one that was asked for.
        """
        best = self._earliest(teams, asked, last_day)
        if best is None or best[0] > last_day:
            best = self._earliest([*teams, *otherwise], asked, last_day)
        if best is None and asked.team is not None:
            best = self._earliest([asked.team], asked, last_day)
        if best is None:
            return None
        day, team = best[0], self.team_on(best[0], asked, best[1])
        self._load[(day, team)] = self._load.get((day, team), 0) + 1
        return day, team

    def team_on(self, day: date, asked: Asked, otherwise: UUID) -> UUID:
        """Return the team that was asked for if it can go on that day, else the other one."""
        can_go = asked.team is not None and self._work.can_go(asked.team, day, asked.visitor)
        return asked.team if asked.team is not None and can_go else otherwise

    def _earliest(self, teams: Collection[UUID], asked: Asked, last_day: date) -> tuple[date, UUID] | None:
        found = [(self._first_day(team, asked.visitor, last_day), team) for team in teams]
        days = [(day, team) for day, team in found if day is not None]
        return min(days, key=lambda one: (one[0], self._load.get(one, 0), one[1]), default=None)

    def _first_day(self, team: UUID, visitor: str, last_day: date) -> date | None:
        following = self._work.next_day(team, self._today)
        if not visitor:
            return self._today if following > last_day and self._work.can_go(team, self._today) else following
        # In time, or late where days off leave nothing else.
        ahead = (max(last_day, following) - self._today).days
        days = (self._today + timedelta(days=number) for number in (*range(1, ahead + 1), 0))
        return next((day for day in days if self._work.can_go(team, day, visitor)), None)
