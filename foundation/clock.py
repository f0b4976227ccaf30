"""Time comes from outside: whoever needs "now" takes a `Clock`, so that tests and the demo can set it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

ISTANBUL = ZoneInfo("Europe/Istanbul")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def by_our_clock(told: datetime, ahead: timedelta) -> datetime | None:
    """Say when it was what a clock that is `ahead` of ours calls `told` (aware); None beyond the calendar."""
    try:
        return told.astimezone(UTC) - ahead
    except OverflowError:
        return None
