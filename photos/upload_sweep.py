"""Tidying up after uploads: those whose time is over, and bytes in the storage that no upload knows."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from foundation.database import Database
from photos.storage import PhotoStorage
from photos.stretches import remove_stretches
from photos.uploads import end_expired, names_in_use

_AT_A_TIME = 200
# Bytes are recorded seconds after they are stored; a day allows for any clock.
_NOBODYS_AFTER = timedelta(days=1)


def sweep_uploads(database: Database, storage: PhotoStorage, at: datetime) -> int:
    """End open uploads that have expired, and remove their bytes; returns how many stretches those were.

    Raises `StorageUnavailable`; what could not be removed then is nobody's, and is found by the other sweep.
    """
    with database.writing() as session:
        stretches = end_expired(session, at, limit=_AT_A_TIME)
    remove_stretches(storage, stretches)
    return len(stretches)


def sweep_orphaned_bytes(database: Database, storage: PhotoStorage, at: datetime) -> int:
    """Remove stretches of a day ago and older that no upload counts; returns how many. Raises `StorageUnavailable`."""
    removed = 0
    for names in _batches(storage.stretches.list_older_than(at - _NOBODYS_AFTER)):
        upload_ids = [upload_id for name in names if (upload_id := _upload_id_in(name))]
        with database.reading() as session:
            orphaned = set(names) - names_in_use(session, upload_ids)
        storage.stretches.remove(orphaned)
        removed += len(orphaned)
    return removed


def sweep_abandoned_photos(storage: PhotoStorage, at: datetime) -> int:
    """Remove what killed processes left of photos that were on their way in; returns how many of them."""
    return storage.stretches.clear_abandoned(at - _NOBODYS_AFTER)


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while batch := list(islice(rest, _AT_A_TIME)):
        yield batch


def _upload_id_in(name: str) -> UUID | None:
    try:
        return UUID(name.partition("-")[0])
    except ValueError:
        return None
