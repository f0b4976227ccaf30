"""What the camera wrote beside the picture (EXIF 2.32): when and where. Claims to be recorded, never to be believed.

Pure: takes tag numbers and values, whatever read them.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from foundation.clock import ISTANBUL

_DATE_TIME_ORIGINAL = 0x9003
_OFFSET_TIME_ORIGINAL = 0x9011
_GPS_LATITUDE_REF, _GPS_LATITUDE, _GPS_LONGITUDE_REF, _GPS_LONGITUDE = 1, 2, 3, 4
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])")


def read_captured_at(exif: Mapping[int, object]) -> datetime | None:
    """Read the moment the picture was taken, in UTC; without an offset the camera's clock is Istanbul's."""
    written = exif.get(_DATE_TIME_ORIGINAL)
    try:
        local = datetime.strptime(str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone just below
        return local.replace(tzinfo=_zone(exif.get(_OFFSET_TIME_ORIGINAL))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_place(gps: Mapping[int, object]) -> tuple[float, float] | None:
    """Read (lon, lat) in degrees WGS 84. None when absent, not on Earth, or 0,0: what cameras write without a fix."""
    lon = _degrees(gps.get(_GPS_LONGITUDE), gps.get(_GPS_LONGITUDE_REF), "W")
    lat = _degrees(gps.get(_GPS_LATITUDE), gps.get(_GPS_LATITUDE_REF), "S")
    if lon is None or lat is None or (lon, lat) == (0, 0):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None  # noqa: PLR2004 - the ends of the Earth


def _zone(offset: object) -> tzinfo:
    match = _OFFSET.fullmatch(str(offset).strip("\0 "))
    if match is None:
        return ISTANBUL
    sign, hours, minutes = match.groups()
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-distance if sign == "-" else distance)


def _degrees(parts: object, reference: object, negative: str) -> float | None:
    """Degrees, minutes, seconds; a damaged tag has other lengths, other types, or fractions over zero."""
    if not isinstance(parts, tuple | list):
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        return None
    return -value if str(reference).strip("\0 ").upper() == negative else value
