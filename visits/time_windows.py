"""Time windows of a day: when a visit suits whoever is visited ("17:00'den sonra" is `17:00-24:00`). Pure.

Written as `09:00-12:00;17:00-19:00`; minutes count from midnight in Istanbul.
"""

import re
from typing import NamedTuple

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)
END_OF_DAY_MIN = 24 * 60
_MOST_WINDOWS = 6


class Window(NamedTuple):
    """From a minute of the day until another; `ends_min` may be the end of the day, 1440."""

    starts_min: int
    ends_min: int


def read_minute(text: str) -> int | None:
    """Read `HH:MM` as minutes from midnight; `24:00` is the end of the day. None where it is no time."""
    tidy = text.strip()
    if tidy in {"24:00", "24.00"}:
        return END_OF_DAY_MIN
    found = _TIME.fullmatch(tidy)
    return int(found.group(1)) * 60 + int(found.group(2)) if found else None


def write_minute(minute: int) -> str:
    """Write a minute of the day as `HH:MM`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def tidy_time(text: str) -> str | None:
    """Take a time of the day, `HH:MM`; empty stays empty."""
    minute = read_minute(text) if text.strip() else -1
    if minute == -1:
        return ""
    return None if minute is None or minute == END_OF_DAY_MIN else write_minute(minute)


def read_windows(text: str) -> list[Window] | None:
    """Read windows in their order, those that touch or overlap joined; none at all is an empty list.

    None where one cannot be: no time, empty or backwards, or more than six of them.
    """
    parts = [part for part in text.split(";") if part.strip()]
    windows = [_read_window(part) for part in parts]
    if len(windows) > _MOST_WINDOWS or any(window is None for window in windows):
        return None
    joined: list[Window] = []
    for window in sorted(window for window in windows if window is not None):
        if joined and window.starts_min <= joined[-1].ends_min:
            joined[-1] = Window(joined[-1].starts_min, max(joined[-1].ends_min, window.ends_min))
        else:
            joined.append(window)
    return joined


def tidy_windows(text: str) -> str | None:
    """Write windows in the one way they are stored; None where one of them cannot be."""
    windows = read_windows(text)
    return None if windows is None else ";".join(map(write_window, windows))


def write_window(window: Window) -> str:
    """Write one window as `HH:MM-HH:MM`."""
    return f"{write_minute(window.starts_min)}-{write_minute(window.ends_min)}"


def _read_window(text: str) -> Window | None:
    starts, dash, ends = text.replace("–", "-").partition("-")
    first, last = read_minute(starts), read_minute(ends)
    if not dash or first is None or last is None or first >= last:
        return None
    return Window(first, last)
