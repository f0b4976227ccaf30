"""Geopoint answers: `latitude longitude altitude accuracy`, in that order, as ODK XForms write them."""

import math
from functools import lru_cache

import msgspec

MIN_PARTS = 2
MAX_PARTS = 4
_LONGEST_REMEMBERED = 200
# Turkey with its waters, wide enough for Gökçeada, Iğdır, Sinop and Hatay.
TURKEY_LAT = (35.5, 42.5)
TURKEY_LON = (25.4, 45.0)


class Point(msgspec.Struct, frozen=True):
    """A place in WGS 84 degrees; `accuracy_m` is the radius the device stated, None when it stated none."""

    lon: float
    lat: float
    accuracy_m: float | None = None

    @property
    def is_on_earth(self) -> bool:
        """Whether latitude and longitude are possible at all."""
        return abs(self.lat) <= 90 and abs(self.lon) <= 180  # noqa: PLR2004 degrees of a globe

    @property
    def is_null_island(self) -> bool:
        """Whether it is 0,0: what devices write when they know nothing."""
        return self.lat == 0 and self.lon == 0

    @property
    def is_in_turkey(self) -> bool:
        """Whether it lies in the box around Turkey."""
        return TURKEY_LAT[0] <= self.lat <= TURKEY_LAT[1] and TURKEY_LON[0] <= self.lon <= TURKEY_LON[1]

    @property
    def swapped(self) -> "Point":
        """The same answer with latitude and longitude exchanged."""
        return Point(lon=self.lat, lat=self.lon, accuracy_m=self.accuracy_m)


def parse_point(text: str) -> Point | None:
    """Read a geopoint (`41.0 29.0`, `41.0 29.0 0 0`); None when it is none."""
    # What a stranger wrote in the place of a point may be 5 MB long: not to be remembered.
    return _parse(text) if len(text) <= _LONGEST_REMEMBERED else _parse.__wrapped__(text)


@lru_cache(maxsize=4_096)
def _parse(text: str) -> Point | None:
    parts = text.split()
    if not MIN_PARTS <= len(parts) <= MAX_PARTS:
        return None
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if not all(math.isfinite(number) for number in numbers):
        return None
    accuracy = numbers[3] if len(numbers) == MAX_PARTS and numbers[3] > 0 else None
    return Point(lon=numbers[1], lat=numbers[0], accuracy_m=accuracy)
