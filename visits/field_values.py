"""Checking and tidying single field values of targets and assignments. Pure; None is what cannot be one."""

import re
from datetime import date
from uuid import UUID

from field_forms.points import parse_point

_PHONE_SIGNS = re.compile(r"[\s()./\-]+")
_NATIONAL = re.compile(r"(?:\+90|0090|90|0)?([2-58]\d{9})", re.ASCII)
_ABROAD = re.compile(r"(?:\+|00)([1-9]\d{7,14})", re.ASCII)
_ADDRESS_NO = re.compile(r"\d{1,10}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,5}", re.ASCII)


def tidy_text(text: str, longest: int) -> str | None:
    """Strip a text and take out what no database keeps; None where it is longer than `longest` characters."""
    tidy = text.replace("\0", "").strip()
    return tidy if len(tidy) <= longest else None


def tidy_phone(text: str) -> str | None:
    """Write a telephone number as E.164: 0532 123 45 67 becomes +905321234567; other countries need their + or 00."""
    digits = _PHONE_SIGNS.sub("", text)
    if not digits:
        return ""
    national = _NATIONAL.fullmatch(digits)
    if national:
        return f"+90{national.group(1)}"
    abroad = _ABROAD.fullmatch(digits)
    return f"+{abroad.group(1)}" if abroad else None


def tidy_point(text: str) -> str | None:
    """Take `lat lon alt accuracy`; not 0,0, which is what devices write when they know nothing."""
    if not text.strip():
        return ""
    point = parse_point(text)
    if point is None or not point.is_on_earth or point.is_null_island:
        return None
    return " ".join(text.split())


def tidy_day(text: str) -> str | None:
    """Take a day of the calendar, `YYYY-MM-DD`."""
    tidy = text.strip()
    if not tidy:
        return ""
    try:
        date.fromisoformat(tidy)
    except ValueError:
        return None
    return tidy if _DAY.fullmatch(tidy) else None


def tidy_id(text: str) -> str | None:
    """Take a UUID, in its canonical form."""
    try:
        return str(UUID(text.strip().removeprefix("uuid:")))
    except ValueError:
        return None


def tidy_id_or_none(text: str) -> str | None:
    """Take a UUID, in its canonical form; empty stays empty."""
    return tidy_id(text) if text.strip() else ""


def tidy_address_no(text: str) -> str | None:
    """Take a number of the national address registry: up to ten digits."""
    tidy = text.strip()
    return tidy if not tidy or _ADDRESS_NO.fullmatch(tidy) else None


def tidy_within(text: str, least: int, most: int) -> str | None:
    """Take a whole number from `least` to `most`; empty stays empty."""
    tidy = text.strip()
    if not tidy:
        return ""
    return str(int(tidy)) if _NUMBER.fullmatch(tidy) and least <= int(tidy) <= most else None


def tidy_position(text: str) -> str | None:
    """Take which of the day's visits it is; empty is the first."""
    tidy = text.strip() or "0"
    return str(int(tidy)) if _NUMBER.fullmatch(tidy) else None
