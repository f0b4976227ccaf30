"""What people write in lists, made into what we store: days, points, names of mahalle. Pure; None is unreadable.

Stricter rules of what a field may hold at last are in `field_values.py`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple
from uuid import UUID

from geo.turkish import mahalle_name, search_key
from visits.xlsx_cells import day_of_serial

_NUMBERS = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})(?:[ T].*)?", re.ASCII)
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T].*)?", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})\s+(\w+)\s+(\d{4})(?:\s.*)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_MONTHS = {
    "ocak": 1, "subat": 2, "mart": 3, "nisan": 4, "mayis": 5, "haziran": 6, "temmuz": 7, "agustos": 8, "eylul": 9,
    "ekim": 10, "kasim": 11, "aralik": 12,
}  # fmt: skip
_CENTURY = 100
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E[+]?\d{1,2}", re.IGNORECASE | re.ASCII)
_TWO_NUMBERS = re.compile(r"(-?\d{1,3}(?:[.,]\d+)?)\s*[;,/ ]\s*(-?\d{1,3}(?:[.,]\d+)?)", re.ASCII)
_PHONE_PARTING = re.compile(r"\s*(?:[/;|]|,|\bve\b|\n)\s*")
_MAHALLE_IN_ADDRESS = re.compile(r"([\w.\- ]+?)\s*(?:mahallesi|mah|mh)\b", re.IGNORECASE)
_YES = frozenset({"evet", "e", "x", "1", "var", "ziyaret edilmesin", "istemiyor"})


def read_day(written: str, date_base: int = 1900) -> date | None:
    """Read a day as it is written in Turkey, in ISO 8601, or as the bare number of a spreadsheet's cell."""
    text = written.strip()
    try:
        if match := _ISO.fullmatch(text):
            return date(*map(int, match.groups()))
        if match := _NUMBERS.fullmatch(text):
            day, month, year = map(int, match.groups())
            return date(year + 2000 if year < _CENTURY else year, month, day)
        if match := _IN_WORDS.fullmatch(text):
            month_number = _MONTHS.get(search_key(match[2]))
            return date(int(match[3]), month_number, int(match[1])) if month_number else None
    except ValueError:
        return None
    return day_of_serial(float(text), date_base) if _SERIAL.fullmatch(text) else None


def read_degrees(written: str) -> float | None:
    """Read one coordinate, with the decimal comma of Turkey or a point."""
    try:
        return float(written.replace(",", ".").replace("°", "").strip())
    except ValueError:
        return None


def read_point(written: str) -> tuple[float, float] | None:
    """Read latitude and longitude out of one cell: `41.0053, 29.2134`, also with decimal commas."""
    match = _TWO_NUMBERS.fullmatch(written.strip().strip("()"))
    if match is None:
        return None
    lat, lon = (read_degrees(one) for one in match.groups())
    return None if lat is None or lon is None else (lat, lon)


def split_phones(written: str) -> list[str]:
    """Part a cell that holds several phones."""
    return [one for one in _PHONE_PARTING.split(written) if one.strip()]


def is_shortened(written: str) -> bool:
    """Notice a number that a spreadsheet shortened to powers of ten: its digits are lost."""
    return bool(_SHORTENED.fullmatch(written.strip()))


def means_yes(written: str) -> bool:
    """Say whether a cell says yes."""
    return search_key(written) in _YES


class MahalleNames(NamedTuple):
    """The mahalle of the municipality by their folded names, as lists may call them."""

    by_key: Mapping[str, UUID]
    names: Mapping[str, str]

    @classmethod
    def of(cls, mahalle: Sequence[tuple[str, UUID]]) -> "MahalleNames":
        """Take names with their ids; a name that two of them share names neither."""
        keys = [search_key(mahalle_name(name)) for name, _ in mahalle]
        unique = {key: one for key, (_, one) in zip(keys, mahalle, strict=True) if keys.count(key) == 1}
        return cls(unique, {key: name for key, (name, _) in zip(keys, mahalle, strict=True)})

    def find(self, written: str) -> UUID | None:
        """Find a mahalle by its name, with or without its suffix, whole or abbreviated where that fits only one."""
        key = search_key(mahalle_name(written))
        found = self.by_key.get(key)
        if found is not None or not key:
            return found
        fitting = {one for name, one in self.by_key.items() if _abbreviates(key.split(), name.split())}
        return fitting.pop() if len(fitting) == 1 else None

    def in_address(self, address: str) -> UUID | None:
        """Find the mahalle that an address names (`Akpınar Mah. Gül Sk. 12`)."""
        match = _MAHALLE_IN_ADDRESS.match(address)
        return self.find(match[1]) if match else None

    def suggest(self, written: str) -> list[str]:
        """Name the mahalle that may have been meant."""
        close = get_close_matches(search_key(mahalle_name(written)), list(self.names), n=2, cutoff=0.7)
        return [self.names[key] for key in close]


def _abbreviates(short: list[str], name: list[str]) -> bool:
    return len(short) == len(name) and all(whole.startswith(part) for part, whole in zip(short, name, strict=True))
