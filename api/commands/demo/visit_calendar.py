"""When the demo's visits happen: workdays, hours and seasons of field teams, over the twelve months before a day."""

import random
from datetime import date, datetime, time, timedelta

from foundation.clock import ISTANBUL

DAYS = 365
# Monday to Sunday.
_WEEK = (10, 11, 11, 10, 9, 2.5, 0.3)
# Bereaved families are visited on any day.
_WEEK_OF_CONDOLENCES = (10, 10, 10, 10, 10, 9, 7)
# January to December: fewer visits in the cold and in August's holidays.
_SEASON = (0.75, 0.8, 1.0, 1.1, 1.15, 1.1, 0.85, 0.7, 1.1, 1.2, 1.05, 0.9)
# Soldiers leave in waves.
_SEASON_OF_SOLDIERS = (0.4, 2.0, 0.5, 0.6, 2.0, 0.5, 0.6, 2.2, 0.5, 0.6, 2.2, 0.4)
# Days on which nobody works, year after year (month, day); feasts that wander are left out.
_HOLIDAYS = {(1, 1), (4, 23), (5, 1), (5, 19), (7, 15), (8, 30), (10, 29)}
_HOURS = (9, 10, 11, 12, 13, 14, 15, 16)
_HOUR_WEIGHTS = (6, 10, 10, 3, 7, 10, 10, 7)


class VisitCalendar:
    """Draws moments for one kind of visit; the last day is the day before `today`."""

    def __init__(self, rng: random.Random, visit_type: str, today: date) -> None:
        self._rng = rng
        self._days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
        week = _WEEK_OF_CONDOLENCES if visit_type == "taziye" else _WEEK
        season = _SEASON_OF_SOLDIERS if visit_type == "asker_ugurlama" else _SEASON
        self._weights = [_weight(day, week, season, any_day=visit_type == "taziye") for day in self._days]

    def starts(self, count: int) -> list[datetime]:
        """Draw when `count` visits start."""
        days = self._rng.choices(self._days, self._weights, k=count)
        return [datetime.combine(day, self._time_of_day(), ISTANBUL) for day in days]

    def _time_of_day(self) -> time:
        hour = self._rng.choices(_HOURS, _HOUR_WEIGHTS)[0]
        return time(hour, self._rng.randrange(60), self._rng.randrange(60), self._rng.randrange(1000) * 1000)


def arrival(rng: random.Random, ended_at: datetime, *, latest: datetime) -> datetime:
    """Draw when a form finished at `ended_at` reaches us: mostly soon, often at day's end, seldom days later."""
    chance = rng.random()
    if chance < 0.7:  # noqa: PLR2004 - shares of a plausible day
        arrived = ended_at + timedelta(seconds=rng.expovariate(1 / 400))
    elif chance < 0.985:  # noqa: PLR2004 - as above
        arrived = ended_at.replace(hour=17, minute=rng.randrange(60), second=rng.randrange(60)) + timedelta(minutes=20)
    else:
        arrived = ended_at + timedelta(days=rng.uniform(0.7, 5))
    return min(max(arrived, ended_at + timedelta(seconds=2)), latest)


def _weight(day: date, week: tuple[float, ...], season: tuple[float, ...], *, any_day: bool) -> float:
    if (day.month, day.day) in _HOLIDAYS and not any_day:
        return 0.0
    return week[day.weekday()] * season[day.month - 1]
