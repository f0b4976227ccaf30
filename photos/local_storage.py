"""Photos in a folder of this machine.

A photo is written under a name of its own in `incoming/`, made durable, and only then renamed to its address, so that
a power cut or a full disk leaves either the whole photo or none. `s3_storage` is the other place.
"""

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from photos.addresses import ORIGINAL, VARIANTS, place_of, sisters_of
from photos.incoming import IncomingPhoto, open_waiting_room
from photos.local_disk import disk_trouble, let_go, size_or_none, sync_folder, write_durably
from photos.local_stretches import LocalStretches
from photos.pieces import PIECE_BYTES, Pieces
from photos.storage_check import StorageCheck
from photos.storage_errors import PhotoDamaged, PhotoMissing
from photos.storage_probe import check_everyday_use, check_stretches, run_check


class LocalStorage:
    """Photos below `folder`, which is made when it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._made_durable: set[Path] = set()
        with disk_trouble():
            self._incoming = open_waiting_room(self._folder / "incoming")
            self.stretches = LocalStretches(self._folder / "uploads", self._incoming)

    def new_incoming(self) -> IncomingPhoto:
        """Begin to take a photo; a large one waits in `incoming/`, on the same disk."""
        return IncomingPhoto(self._incoming)

    def keep(self, incoming: IncomingPhoto) -> str:
        """Keep the original; see `PhotoStorage.keep`."""
        with incoming, disk_trouble():
            if not incoming.is_whole:
                raise ValueError("a photo that was too large, given up or kept already cannot be kept")
            sha256 = incoming.sha256
            address = self._folder / place_of(sha256, ORIGINAL)
            if _is_whole(address, incoming.byte_size, sha256):
                # Whoever renamed it may not have made the folder durable yet, and we are about to promise it.
                self._make_durable_folder(address.parent)
                sync_folder(address.parent)
                return sha256
            self._write_out(incoming, address)
            return sha256

    def put_variant(self, sha256: str, variant: str, data: bytes) -> None:
        """Keep a picture made from the original; as durable, because its row says that it exists."""
        with disk_trouble():
            self._write_pieces([data], self._folder / place_of(sha256, variant))

    def read(self, sha256: str, variant: str = ORIGINAL, start: int = 0, end: int | None = None) -> Pieces:
        """Iterate over some bytes; see `PhotoStorage.read`."""
        file = self._open(sha256, variant)
        try:
            byte_size = os.fstat(file.fileno()).st_size
            end = byte_size if end is None else min(end, byte_size)
            if variant == ORIGINAL and start == 0 and end == byte_size:
                _refuse_damaged(file, sha256)
            file.seek(start)
        except BaseException:
            file.close()
            raise
        return Pieces(file, end - start)

    def open_binary(self, sha256: str, variant: str = ORIGINAL) -> BinaryIO:
        """Open for seeking and reading; see `PhotoStorage.open_binary`."""
        file = self._open(sha256, variant)
        try:
            if variant == ORIGINAL:
                _refuse_damaged(file, sha256)
        except BaseException:
            file.close()
            raise
        return file

    def byte_size(self, sha256: str, variant: str = ORIGINAL) -> int:
        """Tell the size in bytes. Raises `PhotoMissing`."""
        with disk_trouble():
            byte_size = size_or_none(self._folder / place_of(sha256, variant))
        if byte_size is None:
            raise PhotoMissing(sha256, variant)
        return byte_size

    def delete(self, sha256: str) -> None:
        """Remove the original and its variants, durably: a retention time that comes back is none."""
        with disk_trouble():
            addresses = [self._folder / place_of(sha256, variant) for variant in VARIANTS]
            for address in addresses:
                address.unlink(missing_ok=True)
            if addresses[0].parent.exists():
                sync_folder(addresses[0].parent)

    def probe(self) -> Sequence[StorageCheck]:
        """Try what we need of the folder."""
        return [*check_everyday_use(self), run_check("yarım yüklemeler", lambda: check_stretches(self))]

    def close(self) -> None:
        """Nothing is held open."""

    def _open(self, sha256: str, variant: str) -> BinaryIO:
        address = self._folder / place_of(sha256, variant)
        with disk_trouble():
            try:
                return address.open("rb")
            except FileNotFoundError as error:
                raise PhotoMissing(sha256, variant) from error

    def _write_out(self, incoming: IncomingPhoto, address: Path) -> None:
        if incoming.spilled is None:
            self._write_pieces(incoming.pieces, address)
            return
        incoming.spilled.flush()
        os.fsync(incoming.spilled.fileno())
        let_go(incoming.spilled.fileno())
        self._move_in(Path(incoming.spilled.name), address)

    def _write_pieces(self, pieces: Sequence[bytes], address: Path) -> None:
        written = self._incoming / secrets.token_hex(16)
        write_durably(written, pieces)
        try:
            self._move_in(written, address)
        except BaseException:
            written.unlink(missing_ok=True)
            raise

    def _move_in(self, written: Path, address: Path) -> None:
        self._make_durable_folder(address.parent)
        written.replace(address)
        sync_folder(address.parent)

    def _make_durable_folder(self, folder: Path) -> None:
        """Make `ab/c` with all its sisters, so that a process waits for the disk 256 times and not 4,096 times.

        Those that are there already may be another process's that has not made them durable yet. Without a lock: who
        does the same meanwhile does it twice.
        """
        if folder.parent in self._made_durable:
            return
        for sister in sisters_of(folder):
            sister.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
        sync_folder(self._folder)
        self._made_durable.add(folder.parent)


def _is_whole(address: Path, byte_size: int, sha256: str) -> bool:
    """Say whether the very content lies there: damage leaves the size as it is."""
    if size_or_none(address) != byte_size:
        return False
    with address.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _refuse_damaged(file: BinaryIO, sha256: str) -> None:
    with disk_trouble():
        digest = hashlib.sha256()
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            raise PhotoDamaged(sha256)
        file.seek(0)
