"""Writing to a disk of this machine so that it lasts; shared by whatever is kept in folders."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from photos.storage_errors import storage_failure

# What POSIX lets one writev take (IOV_MAX).
_MOST_AT_ONCE = 1024


@contextmanager
def disk_trouble() -> Iterator[None]:
    """Tell whatever goes wrong inside as `StorageUnavailable`."""
    try:
        yield
    except OSError as error:
        raise storage_failure("fotoğraf klasörü", error) from error


def size_or_none(address: Path) -> int | None:
    """Tell the size of a file in bytes; None where there is none."""
    try:
        return address.stat().st_size
    except FileNotFoundError:
        return None


def write_fully(descriptor: int, pieces: Sequence[bytes]) -> None:
    """Write all of `pieces`, however often it takes: all at once, as a rule. Raises OSError."""
    rest = [memoryview(piece) for piece in pieces if piece]
    while rest:
        written = os.writev(descriptor, rest[:_MOST_AT_ONCE])
        while rest and written >= len(rest[0]):
            written -= len(rest.pop(0))
        if written:
            rest[0] = rest[0][written:]


def sync_folder(folder: Path) -> None:
    """Make durable which names a folder holds. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
