"""A photo on its way in: small ones in memory, large ones in a file beside the storage, hashed while they arrive.

Small ones are hashed when somebody asks first, which for what comes with a post is in a thread of the storage: the
event loop only gathers their bytes.
"""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

from photos.inspection import HEAD_BYTES, MAX_PHOTO_BYTES
from photos.pieces import PIECE_BYTES
from photos.storage_errors import storage_failure

# Thirty-two clients at once must not hold more than a few dozen megabytes of photos in a worker's memory.
IN_MEMORY_BYTES = 1024 * 1024
_ABANDONED_AFTER_S = 24 * 3600


def open_waiting_room(folder: Path) -> Path:
    """Make the folder for photos on their way, and clear what killed processes left in it.

    Younger files may belong to another worker. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
            path.unlink(missing_ok=True)
    return folder


class IncomingPhoto:
    """Takes the bytes of one photo as they arrive; large ones wait in `folder`.

    Used as a context or ended with `discard`, which `keep` does too.

    Past `MAX_PHOTO_BYTES` nothing more is held, only counted: such a photo is refused, it must not fill the disk.
    `is_whole` tells whether all that arrived is still held, so that nothing shorter is ever kept under its hash.
    """

    def __init__(self, folder: Path) -> None:
        self.byte_size = 0
        self.head = b""
        self.is_whole = True
        self.pieces: list[bytes] = []
        self.spilled: IO[bytes] | None = None
        self._folder = folder
        self._hash = hashlib.sha256()
        self._hashed_pieces = 0

    @property
    def sha256(self) -> str:
        """The hash of what has arrived so far, 64 lower-case hexadecimal digits."""
        self._hash_pieces()
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises `StorageUnavailable` when there is no room for them.
        """
        self.byte_size += len(chunk)
        if self.byte_size > MAX_PHOTO_BYTES:
            self.discard()
        if not self.is_whole:
            return
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        try:
            self._hold(chunk)
        except OSError as error:
            self.discard()
            raise storage_failure("gelen dosya yazılamadı", error) from error

    def held(self) -> Iterator[bytes]:
        """Iterate over what has arrived. Raises `StorageUnavailable`."""
        yield from self.pieces
        if self.spilled is None:
            return
        try:
            self.spilled.seek(0)
            while piece := self.spilled.read(PIECE_BYTES):
                yield piece
        except OSError as error:
            raise storage_failure("gelen dosya okunamadı", error) from error

    def discard(self) -> None:
        """Give up what is held: memory, and the file where there is one. Doing it twice is harmless."""
        self.is_whole = False
        self.pieces.clear()
        if self.spilled is None:
            return
        # Closing flushes, which fails on a full disk; the second time there is nothing left to flush.
        try:
            self.spilled.close()
        except OSError:
            self.spilled.close()
        Path(self.spilled.name).unlink(missing_ok=True)
        self.spilled = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def _hold(self, chunk: bytes) -> None:
        if self.spilled is None and self.byte_size <= IN_MEMORY_BYTES:
            self.pieces.append(bytes(chunk))
            return
        if self.spilled is None:
            # Named, because it becomes the stored file by a rename; closed and removed by `discard`.
            self.spilled = tempfile.NamedTemporaryFile(dir=self._folder, delete=False)  # noqa: SIM115 - outlives this
            self._hash_pieces()
            self.spilled.writelines(self.pieces)
            self.pieces.clear()
        self._hash.update(chunk)
        self.spilled.write(chunk)

    def _hash_pieces(self) -> None:
        for piece in self.pieces[self._hashed_pieces :]:
            self._hash.update(piece)
        self._hashed_pieces = len(self.pieces)
