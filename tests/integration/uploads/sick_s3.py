"""What befalls an S3: the requests that a fault is for, and the sicknesses of the tests."""

from collections.abc import Callable
from typing import NamedTuple

from tests.fixtures.relay import Fault, Relay

FOREVER = 10**6
Fits = Callable[[str], bool]


def puts_stretch(line: str) -> bool:
    """Say whether bytes under way are stored."""
    return line.startswith("PUT ") and "/uploads/" in line


def puts_photo(line: str) -> bool:
    """Say whether a photo is stored in its place."""
    return line.startswith("PUT ") and "/uploads/" not in line


def reads_stretch(line: str) -> bool:
    """Say whether bytes under way are read back."""
    return line.startswith("GET ") and "/uploads/" in line


def reads_photo(line: str) -> bool:
    """Say whether a photo is read."""
    return line.startswith("GET ") and "/uploads/" not in line


def joins_photo(line: str) -> bool:
    """Say whether this ends a multipart upload, as photos from 16 MiB on are stored."""
    return line.startswith("POST ") and "uploadId=" in line


def anything(line: str) -> bool:
    """Say yes to every request."""
    return bool(line)


def refused_with(status: int, code: str, fits: Fits = anything) -> Fault:
    """Let S3 refuse for good, in its own words."""
    return Fault(fits, FOREVER, status=status, body=f"<Error><Code>{code}</Code></Error>".encode())


class Sickness(NamedTuple):
    """What befalls S3, and the code by which a tablet is told."""

    fall_ill: Callable[[Relay], object]
    code: str = "photos.storage_unavailable"


SICK = {
    "down": Sickness(Relay.close),
    "cut off": Sickness(lambda relay: relay.order(Fault(anything, FOREVER, cut_after=0))),
    "slow": Sickness(lambda relay: relay.order(Fault(anything, FOREVER, late_s=1.5))),
    "failing": Sickness(lambda relay: relay.order(refused_with(500, "InternalError"))),
    "shut": Sickness(lambda relay: relay.order(refused_with(403, "AccessDenied"))),
    "disk full": Sickness(
        lambda relay: relay.order(refused_with(507, "XMinioStorageFull", lambda line: line.startswith("PUT "))),
        "photos.storage_full",
    ),
    "quota full": Sickness(
        lambda relay: relay.order(refused_with(403, "QuotaExceeded", lambda line: line.startswith("PUT "))),
        "photos.storage_full",
    ),
}


def heal(relay: Relay, sickness: Sickness) -> None:
    """Make S3 well again."""
    relay.heal()
    if sickness.fall_ill is Relay.close:
        relay.listen()
