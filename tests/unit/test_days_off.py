"""The days off: public holidays of real years, half days, the municipality's weekend."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from teams.days_off import DaysOff, is_half_day, is_holiday, list_holidays
from teams.work_times import Shift, WorkTimes

SATURDAY, SUNDAY = 5, 6
WEEKEND = DaysOff(frozenset({SATURDAY, SUNDAY}))
# By the calendar of Diyanet: the first days of Ramazan and Kurban Bayramı.
FEASTS = {
    2025: (date(2025, 3, 30), date(2025, 6, 6)),
    2026: (date(2026, 3, 20), date(2026, 5, 27)),
    2027: (date(2027, 3, 9), date(2027, 5, 16)),
}


@pytest.mark.parametrize("year", FEASTS)
def test_the_holidays_of_a_year_are_those_of_the_law(year: int) -> None:
    ramazan, kurban = FEASTS[year]
    fixed = {date(year, *day) for day in ((1, 1), (4, 23), (5, 1), (5, 19), (7, 15), (8, 30), (10, 29))}
    feasts = {ramazan + timedelta(days=n) for n in range(3)} | {kurban + timedelta(days=n) for n in range(4)}
    eves = {ramazan - timedelta(days=1), kurban - timedelta(days=1), date(year, 10, 28)}
    listed = list_holidays(date(year, 1, 1), date(year, 12, 31))
    assert {one.day for one in listed if not one.is_half_day} == fixed | feasts
    assert {one.day for one in listed if one.is_half_day} == eves
    assert all(is_holiday(day) and not is_half_day(day) for day in fixed | feasts)
    assert all(is_half_day(day) and not is_holiday(day) for day in eves)
    assert [one.day for one in listed] == sorted(one.day for one in listed)
    assert {one.name for one in listed if one.day == ramazan} == {"Ramazan Bayramı"}


def test_working_days_step_over_feasts_and_weekends() -> None:
    # Kurban Bayramı 2026 goes from Wednesday to Saturday; its eve is a Tuesday.
    assert WEEKEND.next_working_day(date(2026, 5, 26)) == date(2026, 6, 1)
    assert WEEKEND.last_working_day(date(2026, 6, 1)) == date(2026, 5, 26)
    # A municipality that works on Saturdays.
    sundays = DaysOff(frozenset({SUNDAY}))
    assert (WEEKEND.next_working_day(date(2026, 11, 20)), sundays.next_working_day(date(2026, 11, 20))) == (
        date(2026, 11, 23),
        date(2026, 11, 21),
    )


def test_a_team_is_planned_by_itself_only_when_it_works_and_no_holiday_is() -> None:
    plain, own = uuid4(), uuid4()
    on_saturdays = {
        SATURDAY: Shift(time(10), time(14), 0),
        0: Shift(time(14), time(20), 0),
        1: Shift(time(9), time(17), 60),
    }
    work = WorkTimes({own: on_saturdays}, {}, {}, WEEKEND)
    republic_day, eve = date(2026, 10, 29), date(2026, 10, 28)
    # A person may plan for a holiday; nothing is planned for it by itself.
    assert work.shift(plain, republic_day) is not None
    assert work.plannable_shift(plain, republic_day) is None
    assert work.plannable_shift(plain, eve) == Shift(time(9), time(13), 0)
    assert work.next_day(plain, eve) == date(2026, 10, 30)
    # The weekend is the municipality's, but a team's own shift on a Saturday counts.
    saturday = date(2026, 10, 31)
    assert (work.shift(plain, saturday), work.plannable_shift(own, saturday)) == (None, on_saturdays[SATURDAY])
    # Of an afternoon shift a half day leaves nothing: Ramazan's eve 2027 is a Monday; the feast lasts until Thursday.
    assert work.plannable_shift(own, date(2027, 3, 8)) is None
    assert work.next_day(own, date(2027, 3, 7)) == date(2027, 3, 13)


def test_a_day_of_our_own_is_off_as_a_holiday_is_and_a_whole_one_counts_before_a_half_one() -> None:
    snow, ice, feast = date(2026, 1, 14), date(2026, 1, 15), date(2026, 10, 29)
    days = DaysOff(WEEKEND.weekend, frozenset({snow}), frozenset({ice, feast, snow}))
    assert (days.is_holiday(snow), days.is_half_day(snow), days.is_off(snow)) == (True, False, True)
    assert (days.is_holiday(ice), days.is_half_day(ice), days.is_off(ice)) == (False, True, False)
    assert (days.is_holiday(feast), days.is_half_day(feast)) == (True, False)
    assert days.next_working_day(date(2026, 1, 13)) == ice
    assert days.last_working_day(ice) == date(2026, 1, 13)
