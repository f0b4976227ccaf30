"""What a tablet's clock said when it sent, read from the `Date` header that ODK Collect writes. Pure, never an error.

Collect writes a 12-hour clock without saying morning or afternoon, and the names of day and month in the tablet's
language, so this is a hint for review and decides nothing. A clock that is wrong by half a day to the minute looks
right, and one that is wrong by more than six hours may be told as wrong by the rest of twelve.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(
    r"(?:[^\d,]*,?\s+)?(?P<day>\d{1,2})[\s-]+(?P<month>[^\W\d]{3,10})\.?[\s-]+(?P<year>\d{4})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})\s+(?P<zone>[A-Za-z]{0,3}(?:[+-]\d{1,2}(?::?\d{2})?)?)"
)
_OFFSET = re.compile(r"(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?")
_ZONES = {"GMT": UTC, "UTC": UTC, "Z": UTC, "TRT": timezone(timedelta(hours=3))}
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TURKISH = ("oca", "sub", "mar", "nis", "may", "haz", "tem", "agu", "eyl", "eki", "kas", "ara")
_MONTHS = {name: number for names in (_ENGLISH, _TURKISH) for number, name in enumerate(names, start=1)}
# A header is bytes: UTF-8 arrives as two letters of Latin-1, Windows' Turkish as the Icelandic ones.
_ASCII = str.maketrans("ŞşÞþĞğÐðİı", "SsSsGgGgIi")
# Beyond these nothing can be added to or taken from a moment without care; no tablet is set there.
_YEARS = range(1970, 2200)
_HALF_DAY = timedelta(hours=12)


def read_device_time(header: str | None, now: datetime) -> datetime | None:
    """Return the moment (UTC) that a `Date` header names: morning or afternoon, whichever is nearer to `now`.

    `header` is as ASGI decodes it (Latin-1). None where there is none or it cannot be understood.
    """
    found = _DATE.fullmatch(_as_utf8(header or "").strip())
    zone = _zone(found["zone"].upper()) if found else None
    month = _MONTHS.get(found["month"].translate(_ASCII).lower()[:3]) if found else None
    if found is None or zone is None or month is None or int(found["year"]) not in _YEARS:
        return None
    try:
        written = datetime(
            int(found["year"]), month, int(found["day"]), int(found["hour"]), int(found["minute"]),
            int(found["second"]), tzinfo=zone,
        )  # fmt: skip
    except ValueError:
        return None
    return min(_readings(written), key=lambda moment: abs(moment - now)).astimezone(UTC)


def _readings(written: datetime) -> tuple[datetime, ...]:
    """Return what a time can mean: 13:00 and later only itself, 12:15 also a quarter past midnight."""
    if written.hour > 12:  # noqa: PLR2004 - no 12-hour clock shows it
        return (written,)
    morning = written.replace(hour=written.hour % 12)
    return (morning, morning + _HALF_DAY)


def _zone(name: str) -> timezone | None:
    offset = _OFFSET.fullmatch(name)
    if offset is None:
        return _ZONES.get(name)
    distance = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    if distance >= timedelta(hours=24):
        return None
    return timezone(-distance if offset["sign"] == "-" else distance)


def _as_utf8(header: str) -> str:
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
