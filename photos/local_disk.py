"""Writing to a disk of this machine so that it lasts; shared by whatever is kept in folders."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photos.storage_errors import storage_failure


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


def write_fully(descriptor: int, piece: bytes) -> None:
    """Write all of `piece`, however often it takes. Raises OSError."""
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Make durable which names a folder holds. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
