"""What every place of photos promises; each test runs on the local folder and on a real S3 server."""

import hashlib
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foundation.settings import Settings
from photos.incoming import IN_MEMORY_BYTES
from photos.inspection import HEAD_BYTES, MAX_PHOTO_BYTES, refusal
from photos.storage import PhotoStorage, open_storage
from photos.storage_errors import PhotoDamaged, PhotoMissing
from tests.integration.photos.conftest import Meddle
from tests.unit.photos.sample_photos import a_jpeg

MB = 1024 * 1024


def keep(storage: PhotoStorage, content: bytes, *, piece: int = 100_000) -> str:
    with storage.new_incoming() as incoming:
        for at in range(0, len(content), piece):
            incoming.write(content[at : at + piece])
        return storage.keep(incoming)


def read(storage: PhotoStorage, sha256: str, variant: str = "original", **part: int) -> bytes:
    return b"".join(storage.read(sha256, variant, **part))


@pytest.mark.parametrize("byte_size", [1, 300_000, IN_MEMORY_BYTES, IN_MEMORY_BYTES + 1, 20 * MB])
def test_a_photo_comes_back_as_it_was_sent(storage: PhotoStorage, byte_size: int) -> None:
    content = secrets.token_bytes(byte_size)
    sha256 = keep(storage, content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert storage.byte_size(sha256) == byte_size
    assert read(storage, sha256) == content
    with storage.open_binary(sha256) as file:
        file.seek(byte_size - 1)
        assert file.read() == content[-1:]


def test_hash_size_and_first_bytes_are_known_before_it_is_kept(storage: PhotoStorage) -> None:
    content = a_jpeg()
    with storage.new_incoming() as incoming:
        for byte in content:
            incoming.write(bytes([byte]))
        assert incoming.byte_size == len(content)
        assert incoming.sha256 == hashlib.sha256(content).hexdigest()
        assert incoming.head == content[:HEAD_BYTES]
        assert refusal(incoming.byte_size) is None
        sha256 = incoming.sha256
    with pytest.raises(PhotoMissing):
        storage.byte_size(sha256)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, None), (10, 20), (299_990, None), (5, 5), (299_000, 999_999)])
def test_a_part_of_a_photo_can_be_read(storage: PhotoStorage, start: int, end: int | None) -> None:
    content = secrets.token_bytes(300_000)
    sha256 = keep(storage, content)
    assert b"".join(storage.read(sha256, start=start, end=end)) == content[start:end]


def test_variants_lie_beside_the_original_and_can_be_made_again(storage: PhotoStorage) -> None:
    sha256 = keep(storage, secrets.token_bytes(1000))
    storage.put_variant(sha256, "thumb", b"once")
    storage.put_variant(sha256, "shown", b"gosterilen")
    storage.put_variant(sha256, "thumb", b"yeniden")
    assert read(storage, sha256, "thumb") == b"yeniden"
    assert read(storage, sha256, "shown", start=2, end=5) == b"ste"
    assert storage.byte_size(sha256, "shown") == 10
    assert storage.byte_size(sha256) == 1000


@pytest.mark.parametrize("byte_size", [1000, 2 * MB, 17 * MB])
def test_the_same_photo_twice_is_one_photo(storage: PhotoStorage, byte_size: int) -> None:
    content = secrets.token_bytes(byte_size)
    assert keep(storage, content) == keep(storage, content)
    assert read(storage, hashlib.sha256(content).hexdigest()) == content


@pytest.mark.parametrize("byte_size", [1000, 2 * MB])
def test_the_same_photo_from_many_at_once_is_one_photo(storage: PhotoStorage, byte_size: int) -> None:
    content = secrets.token_bytes(byte_size)
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda _: keep(storage, content), range(16)))
    assert len(kept) == 1
    assert read(storage, kept.pop()) == content


def test_different_photos_at_once_do_not_mix(storage: PhotoStorage) -> None:
    contents = [secrets.token_bytes(50_000 + number) for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda content: keep(storage, content), contents))
    assert [read(storage, sha256) for sha256 in kept] == contents


def test_what_is_not_there_is_missing(storage: PhotoStorage) -> None:
    sha256 = secrets.token_hex(32)
    for ask in (storage.byte_size, storage.read, storage.open_binary):
        with pytest.raises(PhotoMissing):
            ask(sha256)
    kept = keep(storage, secrets.token_bytes(10))
    with pytest.raises(PhotoMissing):
        storage.read(kept, "thumb")


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "ab" * 32 + "/x", "AB" * 32, "", "ab" * 31])
def test_an_address_cannot_lead_out_of_the_storage(storage: PhotoStorage, sha256: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        storage.read(sha256)
    with pytest.raises(ValueError, match="no address"):
        storage.put_variant("ab" * 32, "../thumb", b"x")


def test_a_deleted_photo_is_gone_with_its_variants(storage: PhotoStorage) -> None:
    sha256 = keep(storage, secrets.token_bytes(10))
    storage.put_variant(sha256, "thumb", b"kucuk")
    storage.delete(sha256)
    storage.delete(sha256)
    for variant in ("original", "thumb"):
        with pytest.raises(PhotoMissing):
            storage.byte_size(sha256, variant)


@pytest.mark.parametrize("byte_size", [1000, 2 * MB])
def test_a_damaged_photo_is_reported_and_never_shown(storage: PhotoStorage, meddle: Meddle, byte_size: int) -> None:
    content = secrets.token_bytes(byte_size)
    sha256 = keep(storage, content)
    for damaged in (content[:-1] + bytes([content[-1] ^ 1]), content[:500], b""):
        meddle(sha256, damaged)
        for ask in (storage.read, storage.open_binary):
            with pytest.raises(PhotoDamaged):
                ask(sha256)


@pytest.mark.parametrize("byte_size", [1000, 2 * MB, 17 * MB])
def test_a_resend_mends_a_photo_that_was_damaged(storage: PhotoStorage, meddle: Meddle, byte_size: int) -> None:
    content = secrets.token_bytes(byte_size)
    sha256 = keep(storage, content)
    # The second has lost nothing but its sense: its size says nothing.
    for damaged in (content[: byte_size // 2], content[:-1] + bytes([content[-1] ^ 1])):
        meddle(sha256, damaged)
        keep(storage, content)
        assert read(storage, sha256) == content


def test_a_photo_of_sixty_megabytes_is_refused_and_holds_no_space(storage: PhotoStorage) -> None:
    piece = b"\xff\xd8\xff" + bytes(MB - 3)
    with storage.new_incoming() as incoming:
        for _ in range(60):
            incoming.write(piece)
        assert incoming.byte_size == 60 * MB > MAX_PHOTO_BYTES
        refused = refusal(incoming.byte_size)
        assert refused is not None
        assert refused.code == "photos.too_large"
        assert incoming.spilled is None
        assert incoming.pieces == []
        with pytest.raises(ValueError, match="too large"):
            storage.keep(incoming)


def test_a_photo_that_is_no_longer_whole_is_never_kept(storage: PhotoStorage) -> None:
    with storage.new_incoming() as given_up:
        given_up.write(secrets.token_bytes(1000))
        given_up.discard()
        given_up.write(b"the end")
        with pytest.raises(ValueError, match="given up"):
            storage.keep(given_up)
        with pytest.raises(PhotoMissing):
            storage.byte_size(given_up.sha256)


def test_what_a_killed_process_left_is_cleared_after_a_day(settings: Settings, storage: PhotoStorage) -> None:
    waiting_room: Path = storage.new_incoming()._folder
    for name, age_s in (("of-yesterday", 25 * 3600), ("of-now", 60)):
        (waiting_room / name).write_bytes(b"half a photo")
        then = time.time() - age_s
        os.utime(waiting_room / name, (then, then))
    open_storage(settings).close()
    assert [path.name for path in waiting_room.iterdir()] == ["of-now"]


def test_nothing_is_left_on_its_way(storage: PhotoStorage, settings: Settings) -> None:
    for byte_size in (1000, 2 * MB):
        content = secrets.token_bytes(byte_size)
        keep(storage, content)
        keep(storage, content)
        with storage.new_incoming() as given_up:
            given_up.write(content)
    waiting_room: Path = storage.new_incoming()._folder
    assert list(waiting_room.iterdir()) == []
    # On the same disk, or the rename into place would be a copy that can end in the middle.
    assert settings.photo_storage == "s3" or waiting_room.parent == settings.resolved_photo_dir


def test_a_reader_that_goes_away_leaves_nothing_open(storage: PhotoStorage) -> None:
    sha256 = keep(storage, secrets.token_bytes(3 * MB))
    never_started = storage.read(sha256, start=1)
    never_started.close()
    begun = storage.read(sha256, start=1)
    assert next(begun)
    begun.close()


def test_the_probe_tries_everything_and_leaves_nothing(storage: PhotoStorage, settings: Settings) -> None:
    checks = storage.probe()
    assert [(check.name, check.detail) for check in checks if not check.ok] == []
    names = [check.name for check in checks]
    assert names[:5] == ["yazma", "yeniden yazma", "geri okuma", "parça okuma", "silme"]
    if settings.photo_storage == "s3":
        assert names[5:] == ["yarım yüklemeler", "koşullu yazma", "imza denetimi"]
    else:
        assert [path for path in settings.resolved_photo_dir.rglob("*") if path.is_file()] == []
