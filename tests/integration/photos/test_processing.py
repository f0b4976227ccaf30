"""Photos after the reply: recorded, shown, marked when broken, waiting while the storage is away."""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from foundation.database import Database
from foundation.settings import Settings
from photos.inspection import sniff_media_type
from photos.local_storage import LocalStorage
from photos.processing import PhotoProcessor, process_waiting
from photos.storage import PhotoStorage, open_storage
from photos.storage_errors import PhotoMissing, StorageUnavailable
from photos.tables import Photo
from tests.unit.photos.sample_photos import a_heic, a_jpeg, a_picture, a_png_bomb, exif_of

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def now() -> datetime:
    return NOW


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "photos")


def send(database: Database, storage: PhotoStorage, content: bytes, *, stored_at: datetime = NOW) -> str:
    with storage.new_incoming() as incoming:
        incoming.write(content)
        sha256 = storage.keep(incoming)
    record(database, sha256, len(content), sniff_media_type(content[:64]) or "image/jpeg", stored_at)
    return sha256


def record(database: Database, sha256: str, byte_size: int, media_type: str, stored_at: datetime = NOW) -> None:
    with database.writing() as session:
        session.add(Photo(sha256=sha256, byte_size=byte_size, media_type=media_type, stored_at=stored_at))


def photo_of(database: Database, sha256: str) -> Photo:
    with database.reading() as session:
        return session.scalars(select(Photo).where(Photo.sha256 == sha256)).one()


def test_a_photo_is_recorded_and_shown_without_what_the_camera_wrote(database: Database, storage: PhotoStorage) -> None:
    exif = exif_of(orientation=6, taken="2026:05:03 18:00:00", place=(29.23, 41.005))
    sha256 = send(database, storage, a_jpeg(a_picture(seed=secrets.randbits(32)), exif))

    assert process_waiting(database, storage, at=now) == 1

    photo = photo_of(database, sha256)
    assert photo.failure is None
    assert photo.processed_at == NOW
    assert (photo.width, photo.height) == (48, 64)
    assert photo.captured_at == datetime(2026, 5, 3, 15, 0, tzinfo=UTC)
    assert (photo.captured_lon, photo.captured_lat) == pytest.approx((29.23, 41.005), abs=1e-6)
    for variant in ("shown", "thumb"):
        shown = b"".join(storage.read(sha256, variant))
        assert sniff_media_type(shown) == "image/jpeg"
        assert b"GIZLI" not in shown
    assert process_waiting(database, storage, at=now) == 0
    storage.delete(sha256)


_WHOLE = a_jpeg(a_picture(800, 600))


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (_WHOLE[: len(_WHOLE) // 2], "photos.not_decodable"),
        (b"\xff\xd8\xff\xe0 this is no photo", "photos.not_decodable"),
        (a_png_bomb(12_000), "photos.too_many_pixels"),
        (a_heic()[:400], "photos.not_decodable"),
    ],
    ids=["truncated", "not an image", "bomb", "truncated heic"],
)
def test_a_broken_photo_is_marked_once_and_holds_up_nobody(
    database: Database, local: LocalStorage, content: bytes, failure: str
) -> None:
    broken = send(database, local, content, stored_at=NOW - timedelta(hours=1))
    whole = send(database, local, a_heic())

    assert process_waiting(database, local, at=now) == 2

    assert photo_of(database, broken).failure == failure
    assert photo_of(database, broken).processed_at == NOW
    with pytest.raises(PhotoMissing):
        local.read(broken, "shown")
    assert photo_of(database, whole).failure is None
    assert process_waiting(database, local, at=now) == 0


def test_a_photo_that_is_not_in_the_storage_is_marked(database: Database, local: LocalStorage) -> None:
    record(database, "ab" * 32, 5, "image/jpeg")
    assert process_waiting(database, local, at=now) == 1
    assert photo_of(database, "ab" * 32).failure == "photos.missing"


def test_a_damaged_original_is_marked_and_not_shown(database: Database, local: LocalStorage, tmp_path: Path) -> None:
    sha256 = send(database, local, a_jpeg())
    other = a_jpeg(a_picture(seed=9))
    next((tmp_path / "photos").rglob(sha256)).write_bytes(other)
    assert process_waiting(database, local, at=now) == 1
    assert photo_of(database, sha256).failure == "photos.damaged"
    with pytest.raises(PhotoMissing):
        local.read(sha256, "shown")


def test_photos_wait_while_the_storage_is_away(database: Database, local: LocalStorage, tmp_path: Path) -> None:
    sha256 = send(database, local, a_jpeg())
    away = open_storage(
        Settings(
            data_dir=tmp_path,
            photo_storage="s3",
            s3_endpoint="http://127.0.0.1:1",
            s3_access_key="a",
            s3_secret_key="b",
        )
    )
    with pytest.raises(StorageUnavailable):
        process_waiting(database, away, at=now)
    assert photo_of(database, sha256).processed_at is None
    assert process_waiting(database, local, at=now) == 1
    away.close()


def test_several_workers_share_the_work_and_all_of_it_is_done(database: Database, local: LocalStorage) -> None:
    sent = [send(database, local, a_jpeg(a_picture(seed=seed))) for seed in range(12)]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: process_waiting(database, local, at=now), range(3)))
    assert sum(done) >= len(sent)
    assert {photo_of(database, sha256).failure for sha256 in sent} == {None}
    assert {photo_of(database, sha256).width for sha256 in sent} == {64}


class Meanwhile(LocalStorage):
    """Lets something else happen while a photo is being worked on."""

    def __init__(self, folder: Path, happens: Callable[[], None]) -> None:
        super().__init__(folder)
        self._happens = happens

    def put_variant(self, sha256: str, variant: str, data: bytes) -> None:
        super().put_variant(sha256, variant, data)
        if variant == "thumb":
            self._happens()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_at_a_photo_stops_neither_other_workers_nor_submissions(
    database: Database, local: LocalStorage, tmp_path: Path
) -> None:
    first = send(database, local, a_jpeg(a_picture(seed=1)), stored_at=NOW - timedelta(hours=1))
    second = send(database, local, a_jpeg(a_picture(seed=2)))
    done_meanwhile = []
    # Whoever waits for the other one would wait for ever; so waiting is an error here.
    with database.writing() as session:
        name = session.scalar(select(func.current_database()))
        session.execute(text(f"ALTER DATABASE {name} SET lock_timeout = '5s'"))
    database.engine.dispose()

    def others_work() -> None:
        done_meanwhile.append(process_waiting(database, local, at=now))
        # The lock a foreign key takes when a submission refers to the photo that is being decoded.
        row = select(Photo.sha256).where(Photo.sha256 == first)
        with database.writing() as submission:
            assert submission.scalar(row.with_for_update(read=True, key_share=True, nowait=True)) == first

    busy = Meanwhile(tmp_path / "photos", others_work)
    assert process_waiting(database, busy, at=now, limit=1) == 1
    assert done_meanwhile == [1]
    assert [photo_of(database, sha256).failure for sha256 in (first, second)] == [None, None]


class Signalling(LocalStorage):
    """Tells when a thumbnail has been written, so that a test need not guess how long that takes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.thumbs = threading.Semaphore(0)

    def put_variant(self, sha256: str, variant: str, data: bytes) -> None:
        super().put_variant(sha256, variant, data)
        if variant == "thumb":
            self.thumbs.release()


def test_the_thread_works_at_once_when_nudged_and_ends_when_stopped(database: Database, tmp_path: Path) -> None:
    storage = Signalling(tmp_path / "photos")
    waiting_since_before = send(database, storage, a_jpeg(a_picture(seed=1)))
    processor = PhotoProcessor(database, storage, at=now, poll_seconds=3600)
    processor.start()
    assert storage.thumbs.acquire(timeout=60)
    sent = send(database, storage, a_jpeg(a_picture(seed=2)))
    processor.nudge()
    assert storage.thumbs.acquire(timeout=60)
    processor.stop()
    for sha256 in (waiting_since_before, sent):
        assert photo_of(database, sha256).processed_at == NOW


def test_the_thread_survives_a_bad_round(database: Database, tmp_path: Path) -> None:
    storage = Signalling(tmp_path / "photos")
    failed = threading.Event()

    def clock_that_fails_once() -> datetime:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("the first round goes wrong")
        return NOW

    sha256 = send(database, storage, a_jpeg())
    processor = PhotoProcessor(database, storage, at=clock_that_fails_once, poll_seconds=3600)
    processor.start()
    assert storage.thumbs.acquire(timeout=60)
    assert failed.wait(timeout=60)
    processor.nudge()
    assert storage.thumbs.acquire(timeout=60)
    processor.stop()
    assert photo_of(database, sha256).processed_at == NOW


def test_a_thread_that_was_never_started_can_be_stopped(database: Database, local: LocalStorage) -> None:
    stop: Callable[[], None] = PhotoProcessor(database, local, at=now).stop
    stop()
