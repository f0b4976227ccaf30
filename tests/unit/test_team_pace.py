"""Which teams stand out on the live board."""

from datetime import UTC, datetime, time, timedelta

import pytest

from reports.team_pace import Doing, judge_pace, minutes_late
from teams.work_times import Shift

# 14:00 in Istanbul.
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
SHIFT = Shift(time(9), time(17), 60)


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("doing", "pace"),
    [
        (Doing(3, None, "14:30", ago(10), ago(5)), ""),
        (Doing(3, None, "13:30", ago(10), ago(5)), "late"),
        (Doing(3, ago(100), "14:30", ago(120), ago(5)), "stuck"),
        (Doing(3, ago(10), "14:30", ago(120), ago(5)), ""),
        (Doing(3, None, "", ago(20), ago(70)), "silent"),
        (Doing(3, None, "", None, None), "stuck"),
        (Doing(0, None, "", ago(300), ago(300)), ""),
    ],
)
def test_a_team_stands_out_where_it_is_stuck_late_or_silent(doing: Doing, pace: str) -> None:
    assert judge_pace(doing, SHIFT, NOW) == pace


def test_nobody_stands_out_outside_the_shift_or_without_one() -> None:
    stuck = Doing(3, ago(300), "10:00", None, None)
    assert judge_pace(stuck, None, NOW) == ""
    assert judge_pace(stuck, Shift(time(9), time(13), 0), NOW) == ""


def test_how_late_a_team_is_counts_from_the_planned_time_in_istanbul() -> None:
    assert [minutes_late(planned, NOW) for planned in ("13:45", "14:10", "")] == [15, 0, 0]
