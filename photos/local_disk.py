"""Writing to a disk of this machine so that it lasts; shared by whatever is kept in folders."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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


def write_durably(address: Path, pieces: Sequence[bytes]) -> None:
    """Make a new file of `pieces`; durable once it returns, gone when it raises OSError."""
    # O_DSYNC: written and durable in one system call. Between two of them another thread may take the interpreter.
    descriptor = os.open(address, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_DSYNC, 0o600)
    try:
        try:
            write_fully(descriptor, pieces)
            let_go(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        address.unlink(missing_ok=True)
        raise


def let_go(descriptor: int) -> None:
    """Tell the system that it need not hold in memory what is durable.

    Photos are read once more, later; the database's pages are read all the time. And where a virtual machine gives
    memory back to its host, each page that is new costs ten times what copying into it does.
    """
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):  # only advice
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Make durable which names a folder holds. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
