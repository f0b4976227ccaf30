"""What happens when a place of photos fails: the sender is told to keep its copy, and nothing half is visible."""

import hashlib
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from foundation.settings import Settings
from photos.storage import PhotoStorage, open_storage
from photos.storage_errors import PhotoMissing, StorageUnavailable
from tests.fixtures.s3_server import S3Server
from tests.integration.photos.conftest import s3_settings

MB = 1024 * 1024


def keep(storage: PhotoStorage, content: bytes) -> str:
    with storage.new_incoming() as incoming:
        incoming.write(content)
        return storage.keep(incoming)


@pytest.fixture
def server_back_afterwards(s3_server: S3Server) -> Iterator[S3Server]:
    yield s3_server
    if not s3_server.is_answering:
        s3_server.answer_again()


@pytest.mark.parametrize(
    "wrong",
    [{"s3_secret_key": "baska-bir-anahtar"}, {"s3_access_key": "saha:yabanci"}, {"s3_bucket": "olmayan-kova"}],
    ids=["secret", "account", "bucket"],
)
def test_wrong_credentials_or_bucket_are_an_unavailable_storage(
    s3_server: S3Server, tmp_path: Path, wrong: dict[str, str]
) -> None:
    storage = open_storage(s3_settings(s3_server, tmp_path, **wrong))
    sha256 = secrets.token_hex(32)
    for use in (
        lambda: keep(storage, b"\xff\xd8\xff" + secrets.token_bytes(100)),
        lambda: keep(storage, b"\xff\xd8\xff" + secrets.token_bytes(17 * MB)),
        lambda: storage.put_variant(sha256, "thumb", b"x"),
        lambda: storage.byte_size(sha256),
        lambda: storage.read(sha256),
        lambda: storage.open_binary(sha256),
        lambda: storage.delete(sha256),
    ):
        with pytest.raises(StorageUnavailable):
            use()
    checks = storage.probe()
    assert checks[0].name == "yazma"
    assert not checks[0].ok
    storage.close()


def test_an_s3_that_is_away_keeps_nothing_and_takes_the_resend(
    s3_storage: PhotoStorage, server_back_afterwards: S3Server
) -> None:
    content = secrets.token_bytes(300_000)
    sha256 = hashlib.sha256(content).hexdigest()
    server_back_afterwards.stop_answering()
    with pytest.raises(StorageUnavailable) as told:
        keep(s3_storage, content)
    assert "silmeyin" in told.value.sentence
    server_back_afterwards.answer_again()
    with pytest.raises(PhotoMissing):
        s3_storage.byte_size(sha256)
    assert keep(s3_storage, content) == sha256
    assert b"".join(s3_storage.read(sha256)) == content


class StopsTheServerOnItsWay:
    """A file that is read as any other, but the server dies before its second part is sent."""

    def __init__(self, file: IO[bytes], server: S3Server) -> None:
        self._file = file
        self._server = server
        self._large_reads = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def read(self, amount: int = -1) -> bytes:
        self._large_reads += amount > MB
        if self._large_reads == 2 and self._server.is_answering:
            self._server.stop_answering()
        return self._file.read(amount)


def test_an_s3_that_dies_in_the_middle_of_a_large_photo_shows_nothing_of_it(
    s3_storage: PhotoStorage, server_back_afterwards: S3Server
) -> None:
    content = secrets.token_bytes(40 * MB)
    sha256 = hashlib.sha256(content).hexdigest()
    with s3_storage.new_incoming() as incoming:
        incoming.write(content)
        assert incoming.spilled is not None
        incoming.spilled = StopsTheServerOnItsWay(incoming.spilled, server_back_afterwards)  # type: ignore[assignment] - a file for all that keep does
        with pytest.raises(StorageUnavailable):
            s3_storage.keep(incoming)
    assert not server_back_afterwards.is_answering
    server_back_afterwards.answer_again()
    with pytest.raises(PhotoMissing):
        s3_storage.read(sha256)
    assert keep(s3_storage, content) == sha256
    assert b"".join(s3_storage.read(sha256)) == content


def test_an_s3_that_dies_while_a_photo_is_read_is_told_apart_from_its_end(
    s3_storage: PhotoStorage, server_back_afterwards: S3Server
) -> None:
    sha256 = keep(s3_storage, secrets.token_bytes(30 * MB))
    pieces = s3_storage.read(sha256, start=1)
    assert next(pieces)
    server_back_afterwards.stop_answering()
    with pytest.raises(StorageUnavailable):
        list(pieces)


_FILL_THE_DISK = """
import resource, signal, sys
from pathlib import Path
from photos.local_storage import LocalStorage
from photos.storage_errors import StorageUnavailable

folder, byte_size = Path(sys.argv[1]), int(sys.argv[2])
storage = LocalStorage(folder)
kept = []
# No file may grow past this: a write beyond fails in the middle, with some bytes already in the file.
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with storage.new_incoming() as incoming:
        for _ in range(byte_size // 1000):
            incoming.write(b"x" * 1000)
        storage.keep(incoming)
except StorageUnavailable as error:
    print(error.code)
with storage.new_incoming() as small:
    small.write(b"kucuk")
    print(storage.keep(small))
"""


@pytest.mark.parametrize("byte_size", [300_000, 3 * MB])
def test_a_full_disk_keeps_nothing_and_later_photos_are_taken(tmp_path: Path, byte_size: int) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _FILL_THE_DISK, str(tmp_path), str(byte_size)],
        capture_output=True,
        text=True,
        check=True,
    )
    small = hashlib.sha256(b"kucuk").hexdigest()
    assert done.stdout.split() == ["photos.storage_unavailable", small]
    assert done.stderr == ""
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [small]


def test_a_folder_that_cannot_be_made_is_an_unavailable_storage(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(StorageUnavailable):
        open_storage(Settings(photo_dir=tmp_path / "taken"))
