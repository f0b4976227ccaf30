"""Unfinished uploads in a folder beside the photos: one file for each stretch."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from photos.incoming import IncomingPhoto
from photos.local_disk import disk_trouble, sync_folder, write_durably
from photos.pieces import Pieces
from photos.stretch_storage import StretchGone


class LocalStretches:
    """Stretches below `folder`, which is made when it is not there; `incoming` is where photos on their way wait."""

    def __init__(self, folder: Path, incoming: Path) -> None:
        self._folder = folder
        self._incoming = incoming
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)

    def put(self, name: str, incoming: IncomingPhoto) -> None:
        """Keep the bytes; see `StretchStorage.put`."""
        path = self._folder / name
        with incoming, disk_trouble():
            if not incoming.is_whole:
                raise ValueError("bytes that were too many, given up or kept already cannot be kept")
            _write(path, incoming)
            sync_folder(self._folder)

    def read(self, name: str) -> Pieces:
        """Iterate over the bytes. Raises `StretchGone`."""
        with disk_trouble():
            try:
                file = (self._folder / name).open("rb")
            except FileNotFoundError as error:
                raise StretchGone(name) from error
            return Pieces(file, os.fstat(file.fileno()).st_size)

    def remove(self, names: Iterable[str]) -> None:
        """Remove these files."""
        with disk_trouble():
            for name in names:
                (self._folder / name).unlink(missing_ok=True)

    def list_older_than(self, moment: datetime) -> Iterator[str]:
        """Name the files last written before `moment`."""
        return (path.name for path in _older_files(self._folder, moment))

    def clear_abandoned(self, before: datetime) -> int:
        """Remove what killed processes left in `incoming`."""
        abandoned = list(_older_files(self._incoming, before))
        with disk_trouble():
            for path in abandoned:
                path.unlink(missing_ok=True)
        return len(abandoned)


def _write(path: Path, incoming: IncomingPhoto) -> None:
    if incoming.spilled is None:
        write_durably(path, incoming.pieces)
        return
    incoming.spilled.flush()
    os.fsync(incoming.spilled.fileno())
    Path(incoming.spilled.name).rename(path)


def _older_files(folder: Path, moment: datetime) -> Iterator[Path]:
    with disk_trouble():
        for path in sorted(folder.iterdir()):
            with suppress(FileNotFoundError):  # another process has just removed it
                if path.stat().st_mtime < moment.timestamp():
                    yield path
