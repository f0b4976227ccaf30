"""What happens to a photo after the reply: place and time recorded, upright pictures made, broken ones marked.

Decoding is slow and may fail; the sender does not wait for it. `PhotoProcessor` is the thread the app runs.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.database import Database
from photos.addresses import SHOWN, THUMB
from photos.storage import PhotoStorage
from photos.storage_errors import PhotoDamaged, PhotoMissing, StorageUnavailable
from photos.tables import Photo

if TYPE_CHECKING:
    from photos.pictures import Processed

_LOG = logging.getLogger(__name__)

# Told a photo's hash and the failure's code, in the transaction that records the failure; None: it is whole again.
PhotoFailed = Callable[[Session, str, str | None], None]


def tell_nobody(session: Session, sha256: str, failure: str | None) -> None:
    """Leave a failure to whoever reads the photo's row."""


class Outcome(msgspec.Struct, frozen=True):
    """What a photo's row learns from processing; `failure` is a stable code, and the rest is empty then."""

    failure: str | None = None
    width: int | None = None
    height: int | None = None
    captured_at: datetime | None = None
    captured_lon: float | None = None
    captured_lat: float | None = None


def process_photo(photo: BinaryIO) -> "Processed":
    """Decode `photo` and make its pictures; touches nothing else. Raises `photos.pictures.NotDecodable`."""
    from photos.pictures import make_pictures  # noqa: PLC0415 - Pillow costs memory that workers without photos save

    return make_pictures(photo)


def process_stored(storage: PhotoStorage, sha256: str) -> Outcome:
    """Make and store the pictures of one stored photo. Doing it twice comes to the same.

    Raises `StorageUnavailable`, in which case the photo is to wait.
    """
    from photos.pictures import NotDecodable  # noqa: PLC0415 - as above

    try:
        with storage.open_binary(sha256) as photo:
            made = process_photo(photo)
    except (PhotoMissing, PhotoDamaged) as fact:
        return Outcome(failure=fact.code)
    except NotDecodable as fact:
        return Outcome(failure=fact.code)
    storage.put_variant(sha256, SHOWN, made.shown)
    storage.put_variant(sha256, THUMB, made.thumb)
    lon, lat = made.place or (None, None)
    return Outcome(
        width=made.width, height=made.height, captured_at=made.captured_at, captured_lon=lon, captured_lat=lat
    )


class _Work(msgspec.Struct, frozen=True):
    """What processing a photo needs."""

    database: Database
    storage: PhotoStorage
    at: Clock
    failed: PhotoFailed


def process_waiting(
    database: Database, storage: PhotoStorage, *, at: Clock, failed: PhotoFailed = tell_nobody, limit: int = 20
) -> int:
    """Process up to `limit` waiting photos, oldest first, and tell how many are done.

    Raises `StorageUnavailable`: that photo and the rest wait.
    """
    process_next = _process_next_unlocked if database.is_sqlite else _process_next_locked
    work = _Work(database, storage, at, failed)
    done = 0
    while done < limit and process_next(work):
        done += 1
    return done


def _process_next_locked(work: _Work) -> bool:
    """Hold the row while decoding, so that other workers take other photos.

    FOR NO KEY UPDATE: a plain FOR UPDATE would make every submission that refers to the photo wait for us.
    """
    with work.database.writing() as session:
        sha256 = session.scalar(_oldest_waiting().with_for_update(skip_locked=True, key_share=True))
        if sha256 is None:
            return False
        _record(session, sha256, process_stored(work.storage, sha256), work)
    return True


def _process_next_unlocked(work: _Work) -> bool:
    """Decode outside the transaction: SQLite has one writer, and nobody may wait for a picture."""
    with work.database.reading() as session:
        sha256 = session.scalar(_oldest_waiting())
    if sha256 is None:
        return False
    outcome = process_stored(work.storage, sha256)
    with work.database.writing() as session:
        _record(session, sha256, outcome, work)
    return True


def _oldest_waiting() -> Select[str]:
    return select(Photo.sha256).where(Photo.processed_at.is_(None)).order_by(Photo.stored_at).limit(1)


def _record(session: Session, sha256: str, outcome: Outcome, work: _Work) -> None:
    values = msgspec.structs.asdict(outcome) | {"processed_at": work.at()}
    before = session.scalar(select(Photo.failure).where(Photo.sha256 == sha256))
    recorded = session.scalar(
        update(Photo)
        .where(Photo.sha256 == sha256, Photo.processed_at.is_(None))
        .values(**values)
        .returning(Photo.sha256)
        .execution_options(synchronize_session=False)
    )
    if recorded and outcome.failure != before:
        work.failed(session, sha256, outcome.failure)


_PAUSE_S = 0.25
_LONGEST_WAIT_S = 1.0


class PhotoProcessor:
    """The thread that works off waiting photos: soon after a nudge, and every `poll_seconds` for what was missed.

    A tablet that waits for its reply comes before a picture: while submissions keep arriving, one photo a second is
    worked off and the rest waits for the next pause (measured with 32 clients: a third more photos received).
    """

    def __init__(
        self, database: Database, storage: PhotoStorage, *, at: Clock, failed: PhotoFailed = tell_nobody,
        poll_seconds: float = 60,
    ) -> None:  # fmt: skip
        self._database = database
        self._storage = storage
        self._at = at
        self.failed = failed
        self._poll_seconds = poll_seconds
        self._nudged = threading.Event()
        self._nudged_at = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="photo-processor", daemon=True)

    def start(self) -> None:
        """Begin, with what has been waiting since the last run."""
        self._nudged.set()
        self._thread.start()

    def nudge(self) -> None:
        """Say that submissions have been committed: there may be photos among them, and more may follow."""
        self._nudged_at = time.monotonic()
        self._nudged.set()

    def stop(self) -> None:
        """Finish the photo at hand and return when the thread has ended."""
        self._stopping.set()
        self._nudged.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._nudged.wait(self._poll_seconds)
            self._nudged.clear()
            self._work_off()

    def _work_off(self) -> None:
        try:
            # One at a time, so that `stop` waits for one photo and no longer.
            while self._paused() and process_waiting(
                self._database, self._storage, at=self._at, failed=self.failed, limit=1
            ):
                pass
        except StorageUnavailable as error:
            _LOG.warning("photos wait for the storage: %s", error.facts.get("cause"))
        except Exception:  # noqa: BLE001 - logged with its trace
            # A database that is away for a moment must not end the thread; the next round tries again.
            _LOG.exception("photos could not be processed in this round")

    def _paused(self) -> bool:
        """Wait for a pause in what arrives, at most a second; False when the thread is to end."""
        give_up = time.monotonic() + _LONGEST_WAIT_S
        while (still := min(self._nudged_at + _PAUSE_S, give_up) - time.monotonic()) > 0:
            if self._stopping.wait(still):
                return False
        return not self._stopping.is_set()
