"""The takip no that a citizen is told: `26-0001234-7`, year, running number, check digit.

The check digit is Damm's (H. M. Damm, Total anti-symmetrische Quasigruppen, Marburg 2004): it notices every single
mistyped digit and every two neighbours swapped, with digits alone, so that it can be read out on the telephone.
"""

import re

from foundation.errors import SahaError

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_NUMBER = re.compile(r"(\d{2})-?(\d{7,})-?(\d)")


class TrackingNumberMistyped(SahaError):
    """The check digit does not fit, or it is no tracking number at all."""

    code = "tracking_no.mistyped"

    def __init__(self) -> None:
        super().__init__("Takip numarası hatalı yazılmış. Rakamları kontrol edip yeniden yazın.")


def _check_digit(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def tracking_number(year: int, number: int) -> str:
    """Write the tracking number of the `number`-th request, opened in `year` (four digits)."""
    digits = f"{year % 100:02d}{number:07d}"
    return f"{digits[:2]}-{digits[2:]}-{_check_digit(digits)}"


def read_tracking_number(typed: str) -> str:
    """Bring what somebody typed (spaces, missing dashes) into the stored form. Raises `TrackingNumberMistyped`."""
    compact = re.sub(r"\s", "", typed)
    match = _NUMBER.fullmatch(compact) if compact.isascii() else None
    if match is None or _check_digit("".join(match.groups())) != 0:
        raise TrackingNumberMistyped
    return "-".join(match.groups())
