"""The map file that tablets keep (`SAHA_MAP_FILE`): hashed once per change, read from the disk piece by piece."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sync.package import Part

log = logging.getLogger("saha")

MAP_PATH = "harita.pmtiles"
_MEDIA_TYPE = "application/vnd.pmtiles"
_PIECE = 256 * 1024


class _Seen(NamedTuple):
    mark: tuple[int, int]
    part: Part


class PackageMap:
    """The map as it lies on the disk; without a file, or with one that cannot be read, there is none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: _Seen | None = None

    def mark(self) -> tuple[int, int] | None:
        """Return what changes with the file: its time and size. None: no file."""
        if self._path is None:
            return None
        try:
            status = self._path.stat()
        except OSError:
            log.exception("the map file cannot be read, tablets go without")
            return None
        return status.st_mtime_ns, status.st_size

    def part(self) -> Part | None:
        """Return the map as a part; hashes the file when it has changed."""
        mark = self.mark()
        if mark is None or self._path is None:
            return None
        if self._seen is None or self._seen.mark != mark:
            try:
                with self._path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                log.exception("the map file cannot be read, tablets go without")
                return None
            self._seen = _Seen(mark, Part(MAP_PATH, sha256, mark[1], _MEDIA_TYPE))
        return self._seen.part

    def holds(self, sha256: str) -> Part | None:
        """Return the part with this hash, where the file still is what was hashed."""
        seen = self._seen
        return seen.part if seen and seen.part.sha256 == sha256 and self.mark() == seen.mark else None

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Read the bytes from `start` up to but without `end`."""
        if self._path is None:
            return
        with self._path.open("rb") as file:
            file.seek(start)
            while start < end and (piece := file.read(min(_PIECE, end - start))):
                start += len(piece)
                yield piece
