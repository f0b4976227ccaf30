"""Days on which nothing is planned by itself: public holidays of Türkiye, the municipality's weekend and days off.

Holidays are those of law 2429: the fixed days, Ramazan and Kurban with the afternoons before them, and the afternoon
before Cumhuriyet Bayramı. The feasts follow Diyanet's calendar, which the library `holidays` carries; it asks no
network. What a person plans on such a day stands: nobody is refused. When teams work is `work_times.py`; who notes the
municipality's own days off (*idari izin*) is `municipal_days_off.py`.
"""

from collections.abc import Collection
from datetime import date, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays
import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.insertion import insert_new
from teams.tables import DayOff, WeekendDay

# Law 2429 lets the half days begin at 13:00.
HALF_DAY_ENDS = time(13)
_DAYS_OF_WEEK = 7
_WHOLE, _HALF = "public", "half_day"


class BadWeekend(SahaError):
    """No weekend that a municipality could have: not a day of the week, or no day left to work on."""

    code = "weekend.bad"

    def __init__(self) -> None:
        super().__init__("Hafta tatili pazartesi ile pazar arasındaki günlerden, en çok altısı olabilir.")


class HolidayView(msgspec.Struct, frozen=True):
    """A public holiday, or a day off of the municipality's own; of a half day the morning is worked."""

    day: date
    name: str
    is_half_day: bool
    is_own: bool = False


class DaysOff(NamedTuple):
    """The days off of a municipality. `weekend`: days of the week, 0 is Monday; the others are those of its own."""

    weekend: frozenset[int]
    own_days: frozenset[date] = frozenset()
    own_half_days: frozenset[date] = frozenset()

    def is_off(self, day: date) -> bool:
        """Say whether a day is free as a whole: a holiday, or of the weekend."""
        return day.weekday() in self.weekend or self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Say whether a day is a public holiday, or a day off of our own, as a whole."""
        return day in self.own_days or is_holiday(day)

    def is_half_day(self, day: date) -> bool:
        """Say whether only the morning of a day is worked."""
        return (day in self.own_half_days or is_half_day(day)) and not self.is_holiday(day)

    def next_working_day(self, after: date) -> date:
        """Return the first day after another that is not free as a whole."""
        day = after + timedelta(days=1)
        while self.is_off(day):
            day += timedelta(days=1)
        return day

    def last_working_day(self, before: date) -> date:
        """Return the last day before another that is not free as a whole."""
        day = before - timedelta(days=1)
        while self.is_off(day):
            day -= timedelta(days=1)
        return day


def is_holiday(day: date) -> bool:
    """Say whether a day is a public holiday as a whole."""
    return day in _holidays(day.year, _WHOLE)


def is_half_day(day: date) -> bool:
    """Say whether only the morning of a day is worked (arife, 28 October)."""
    return day in _holidays(day.year, _HALF) and not is_holiday(day)


def list_holidays(first: date, last: date) -> list[HolidayView]:
    """List the public holidays between two days, both included."""
    found = {
        day: HolidayView(day, name, kind == _HALF)
        # Where a feast falls on an eve, the whole day counts.
        for kind in (_HALF, _WHOLE)
        for year in range(first.year, last.year + 1)
        for day, name in _holidays(year, kind).items()
        if first <= day <= last
    }
    return [found[day] for day in sorted(found)]


def list_own_days_off(session: Session, first: date, last: date) -> list[HolidayView]:
    """List the municipality's own days off between two days, both included."""
    own = select(DayOff).where(DayOff.day.between(first, last)).order_by(DayOff.day)
    return [HolidayView(row.day, row.name, row.is_half_day, is_own=True) for row in session.scalars(own)]


def read_days_off(session: Session) -> DaysOff:
    """Read the municipality's weekend and its own days off."""
    own = session.execute(select(DayOff.day, DayOff.is_half_day)).all()
    return DaysOff(
        frozenset(session.scalars(select(WeekendDay.weekday))),
        frozenset(day for day, is_half in own if not is_half),
        frozenset(day for day, is_half in own if is_half),
    )


def change_weekend(session: Session, weekdays: Collection[int]) -> None:
    """Change the municipality's weekend. Raises `BadWeekend`."""
    if not set(weekdays) < set(range(_DAYS_OF_WEEK)):
        raise BadWeekend
    # Two who change it at once: each takes away and adds, and neither meets what the other has added.
    session.execute(delete(WeekendDay).where(WeekendDay.weekday.not_in(weekdays)))
    insert_new(session, WeekendDay, [{"weekday": weekday} for weekday in sorted(set(weekdays))], key="weekday")


@lru_cache(maxsize=32)
def _holidays(year: int, kind: str) -> dict[date, str]:
    found = holidays.country_holidays("TR", years=year, categories=(kind,), language="tr")
    return {day: name for day, name in found.items() if day.year == year}
