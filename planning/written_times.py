"""Hours and moments as fields of assignments write them: `09:00-12:00;17:00-19:00`, `14:30`. Pure."""

import re

_MOMENT = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
MIDNIGHT_S = 24 * 3600


def read_moment(text: str) -> int | None:
    """Read `HH:MM` as seconds of the day; None where it is none."""
    found = _MOMENT.fullmatch(text.strip())
    seconds = (int(found[1]) * 60 + int(found[2])) * 60 if found else None
    return seconds if seconds is not None and seconds <= MIDNIGHT_S else None


def read_windows(text: str) -> list[tuple[int, int]] | None:
    """Read hours as pairs of seconds of the day: empty for "any time", None where no one of them makes sense."""
    parts = [part for part in re.split(r"[;,]", text) if part.strip()]
    found = []
    for part in parts:
        begin, _, end = part.partition("-")
        early, late = read_moment(begin), read_moment(end)
        if early is not None and late is not None and early <= late:
            found.append((early, late))
    return None if parts and not found else found


def write_moment(seconds: int) -> str:
    """Write seconds of the day as `HH:MM`."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:02d}:{minutes:02d}"
