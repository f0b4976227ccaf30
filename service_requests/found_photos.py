"""Photos that the storage has and the database forgot: a backup was put back, and the folder is newer.

A tablet drops its file once it was told `verified`, so nobody sends such a photo again. `saha restored` looks for what
was awaited when the backup was made, a sweep for what tablets send again afterwards: their forms name photos by hash.
"""

from collections.abc import Collection, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.library import FormLibrary
from foundation.database import Database
from photos.inspection import HEAD_BYTES, OTHER_MEDIA_TYPE, sniff_media_type
from photos.known_photos import StoredFile
from photos.storage import PhotoStorage
from photos.storage_errors import PhotoDamaged, PhotoMissing
from photos.tables import Photo
from service_requests.photo_arrivals import AWAITED
from service_requests.tables import ExpectedPhoto
from service_requests.uploaded_photos import record_found
from sync.tombstones import restored_at

# Tablets send again what they did in the last 30 days; one may have been switched off as long.
LOOKS_FOR = timedelta(days=60)


class Search(NamedTuple):
    """What was looked for in the storage, and what of it was there, whole."""

    wanted: Collection[str]
    found: Collection[str]


def search_storage(
    database: Database, storage: PhotoStorage, forms: FormLibrary, at: datetime, *, but: Collection[str] = ()
) -> Search:
    """Record awaited photos that lie in the storage whole, and tell who awaits them; `but`: these were looked for.

    Raises `StorageUnavailable`; what was found until then is recorded.
    """
    with database.reading() as session:
        wanted = _unknown(session) - set(but)
    return Search(wanted, [one.sha256 for one in _recorded(database, storage, forms, sorted(wanted), at)])


class StorageSweep:
    """Looks in the storage for what is awaited, once each, in the time after a backup was put back."""

    def __init__(self, database: Database, storage: PhotoStorage) -> None:
        self._database = database
        self._storage = storage
        self._looked_for: set[str] = set()

    def look(self, forms: FormLibrary, at: datetime) -> int:
        """Look for what nobody has looked for; returns how many photos were found."""
        with self._database.reading() as session:
            restored = restored_at(session)
        if restored is None or at - restored > LOOKS_FOR:
            return 0
        search = search_storage(self._database, self._storage, forms, at, but=self._looked_for)
        self._looked_for.update(search.wanted)
        return len(search.found)


def _unknown(session: Session) -> set[str]:
    """Name photos that are awaited and unknown to the database: nobody, of whatever team, has brought them since."""
    awaited = (
        select(ExpectedPhoto.promised_sha256)
        .outerjoin(Photo, Photo.sha256 == ExpectedPhoto.promised_sha256)
        .where(ExpectedPhoto.state == AWAITED, ExpectedPhoto.promised_sha256.is_not(None), Photo.sha256.is_(None))
    )
    return {sha256 for sha256 in session.scalars(awaited) if sha256}


def _recorded(
    database: Database, storage: PhotoStorage, forms: FormLibrary, wanted: Iterable[str], at: datetime
) -> Iterable[StoredFile]:
    for sha256 in wanted:
        file = _in_storage(storage, sha256, at)
        if file is not None:
            with database.writing() as session:
                record_found(session, forms, file, at)
            yield file


def _in_storage(storage: PhotoStorage, sha256: str, at: datetime) -> StoredFile | None:
    """Look at a file; None where it is not there, or does not hash to its name."""
    try:
        with closing(storage.open_binary(sha256)) as file:
            head = file.read(HEAD_BYTES)
        byte_size = storage.byte_size(sha256)
    except (PhotoMissing, PhotoDamaged):
        return None
    return StoredFile(sha256, byte_size, sniff_media_type(head) or OTHER_MEDIA_TYPE, at)
