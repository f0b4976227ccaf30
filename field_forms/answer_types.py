"""Whether the text of an answer is of the type its bind states, in every spelling the clients use.

JavaRosa, Enketo and xforms-engine differ: `3` or `3.0`, `Z` or `+03:00`, `0 6` or `0.0 6.0 0.0 0.0`.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time

from field_forms.points import parse_point

_INTEGER = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")
_DATE_LENGTH = len("2026-11-21")
_MAX_FILE_NAME = 255
_YEARS = (1900, 2200)


def parse_moment(text: str) -> datetime | None:
    """Read a dateTime; None when it is none. Without an offset the result is naive."""
    if len(text) <= _DATE_LENGTH:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # At the ends of the calendar a change of time zone overflows; no visit took place there.
    return moment if _YEARS[0] <= moment.year <= _YEARS[1] else None


def parse_day(text: str) -> date | None:
    """Read a date, also one written with a time; None when it is none."""
    try:
        return date.fromisoformat(text) if len(text) <= _DATE_LENGTH else datetime.fromisoformat(text).date()
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Read a time of day (`09:30`, `09:30:00.000+03:00`); None when it is none."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def is_safe_file_name(text: str) -> bool:
    """Whether it can be the name of a file sent beside the XML: one component, not hidden, no path in it."""
    return len(text) <= _MAX_FILE_NAME and not text.startswith(".") and not any(c in text for c in "/\\\0")


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None


def _is_decimal(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None and math.isfinite(float(text))


def _is_boolean(text: str) -> bool:
    return text in {"true", "false", "0", "1"}


def _is_line(text: str) -> bool:
    return all(parse_point(part) is not None for part in text.strip("; ").split(";"))


# Data type -> (test, what the coordinator would call it). Types not named here are any text.
TYPE_TESTS: dict[str, tuple[Callable[[str], bool], str]] = {
    "int": (_is_integer, "tam sayı"),
    "integer": (_is_integer, "tam sayı"),
    "decimal": (_is_decimal, "sayı"),
    "date": (lambda text: parse_day(text) is not None, "tarih"),
    "dateTime": (lambda text: parse_moment(text) is not None, "tarih ve saat"),
    "time": (lambda text: parse_time(text) is not None, "saat"),
    "boolean": (_is_boolean, "evet/hayır"),
    "geopoint": (lambda text: parse_point(text) is not None, "konum"),
    "geotrace": (_is_line, "çizgi"),
    "geoshape": (_is_line, "alan"),
    "binary": (is_safe_file_name, "dosya adı"),
}
