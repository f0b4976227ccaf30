"""What `saha storage check` tries on any storage, with a small photo-like object that is removed again."""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from foundation.errors import SahaError
from photos.storage_check import StorageCheck
from photos.storage_errors import PhotoMissing
from photos.stretch_storage import name_stretch

if TYPE_CHECKING:  # `storage` chooses among the places, and the places use these checks
    from photos.storage import PhotoStorage

_PROBE_BYTES = 4096
# The storage's clock may be another than ours.
_A_DAY = timedelta(days=1)


def check_everyday_use(storage: "PhotoStorage") -> list[StorageCheck]:
    """Write, write again, read back, read a part, delete. After a failed write the rest would say nothing new."""
    content = secrets.token_bytes(_PROBE_BYTES)
    sha256 = ""

    def write() -> str:
        nonlocal sha256
        sha256 = _keep(storage, content)
        return f"{_PROBE_BYTES} bayt yazıldı"

    first = run_check("yazma", write)
    if not first.ok:
        return [first]
    steps: Sequence[tuple[str, Callable[[], str]]] = (
        ("yeniden yazma", lambda: _write_again(storage, content)),
        ("geri okuma", lambda: _read_back(storage, sha256, content)),
        ("parça okuma", lambda: _read_part(storage, sha256, content)),
        ("silme", lambda: _delete(storage, sha256)),
    )
    checks = [first, *(run_check(name, step) for name, step in steps)]
    with suppress(SahaError):  # leave nothing behind, whatever failed; that it failed is in the list
        storage.delete(sha256)
    return checks


def check_stretches(storage: "PhotoStorage") -> str:
    """Try what unfinished uploads need: put, list, read, remove."""
    content = secrets.token_bytes(_PROBE_BYTES)
    name = name_stretch(UUID(int=0), 0)
    with storage.new_incoming() as incoming:
        incoming.write(content)
        storage.stretches.put(name, incoming)
    try:
        if b"".join(storage.stretches.read(name)) != content:
            raise UnexpectedAnswer("okunan, yazılanla aynı değil")
        if name not in storage.stretches.list_older_than(datetime.now(UTC) + _A_DAY):
            raise UnexpectedAnswer("yazılan listelenmiyor")
    finally:
        storage.stretches.remove([name])
    return "yarım yüklemeler saklanıp listelenebiliyor"


def run_check(name: str, step: Callable[[], str]) -> StorageCheck:
    """Run one step: its answer is the detail, a `SahaError` or AssertionError is the failure."""
    try:
        return StorageCheck(name=name, ok=True, detail=step())
    except SahaError as error:
        return StorageCheck(name=name, ok=False, detail=str(error.facts.get("cause") or error.sentence))
    except UnexpectedAnswer as answer:
        return StorageCheck(name=name, ok=False, detail=str(answer))


class UnexpectedAnswer(Exception):
    """The storage answered, but not what a storage we can trust would answer."""


def _keep(storage: "PhotoStorage", content: bytes) -> str:
    with storage.new_incoming() as incoming:
        incoming.write(content)
        return storage.keep(incoming)


def _write_again(storage: "PhotoStorage", content: bytes) -> str:
    sha256 = _keep(storage, content)
    if storage.byte_size(sha256) != len(content):
        raise UnexpectedAnswer("aynı içerik ikinci kez yazılınca boyutu değişti")
    return "aynı içerik ikinci kez yazılabiliyor, kopyalanmıyor"


def _read_back(storage: "PhotoStorage", sha256: str, content: bytes) -> str:
    if b"".join(storage.read(sha256)) != content:
        raise UnexpectedAnswer("okunan, yazılanla aynı değil")
    return "okunan, yazılanla aynı"


def _read_part(storage: "PhotoStorage", sha256: str, content: bytes) -> str:
    if b"".join(storage.read(sha256, start=1000, end=1500)) != content[1000:1500]:
        raise UnexpectedAnswer("dosyanın bir parçası istenince başka bir şey geldi (Range desteklenmiyor)")
    return "dosyanın bir parçası okunabiliyor"


def _delete(storage: "PhotoStorage", sha256: str) -> str:
    storage.delete(sha256)
    try:
        storage.byte_size(sha256)
    except PhotoMissing:
        return "silinen dosya artık yok"
    raise UnexpectedAnswer("silinen dosya hâlâ duruyor")
