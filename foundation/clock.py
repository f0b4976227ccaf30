"""Time comes from outside: whoever needs "now" takes a `Clock`, so that tests and the demo can set it."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

ISTANBUL = ZoneInfo("Europe/Istanbul")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
