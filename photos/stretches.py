"""Keeping the bytes of an upload as they arrive, and putting them together at the end.

Nothing is known here of the upload's row: what a function returns counts once the caller has recorded it
(`uploads.py`), and what is recorded nowhere is swept. So a crash between the two leaves the upload as it was.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from photos.incoming import IncomingPhoto
from photos.storage import PhotoStorage
from photos.stretch_storage import StretchGone, name_stretch
from photos.uploads import Stretch, Upload

# What arrives is made durable at least this often, so that a server that dies costs a tablet no more than this.
STRETCH_BYTES = 5 * 1024 * 1024


class StretchLost(Exception):
    """A stretch is gone or is no longer what arrived; the upload has to go on from `start`."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


class Kept(msgspec.Struct, frozen=True):
    """The stretches of an upload as they are now, and those that are needed no longer once that is recorded."""

    stretches: tuple[Stretch, ...]
    replaced: tuple[Stretch, ...]


def keep_stretch(storage: PhotoStorage, upload: Upload, arrived: IncomingPhoto) -> Kept:
    """Make the next bytes of `upload` durable; `arrived` is used up.

    Short ones are joined with what is at least as short before them, as the digits of a binary counter: a tablet that
    sends byte by byte makes some dozens of stretches, not millions, and no byte is written more than some dozen times.
    Raises `StretchLost`, `StorageUnavailable`.
    """
    staying = list(upload.stretches)
    byte_size = arrived.byte_size
    while staying and staying[-1].byte_size <= min(byte_size, STRETCH_BYTES - 1):
        byte_size += staying.pop().byte_size
    replaced = upload.stretches[len(staying) :]
    start = sum(stretch.byte_size for stretch in staying)
    whole = _join(storage, replaced, start, arrived) if replaced else arrived
    with arrived, whole:
        new = Stretch(name_stretch(upload.id, start), whole.byte_size, whole.sha256)
        storage.stretches.put(new.name, whole)
    return Kept((*staying, new), replaced)


def join_stretches(storage: PhotoStorage, upload: Upload, last: IncomingPhoto) -> IncomingPhoto:
    """Put everything that arrived together, hashed anew; `last` is left as it is.

    Raises `StretchLost`, `StorageUnavailable`.
    """
    return _join(storage, upload.stretches, 0, last)


def remove_stretches(storage: PhotoStorage, stretches: Sequence[Stretch]) -> None:
    """Remove stretches that no row names. Raises `StorageUnavailable`; then the sweep does it."""
    storage.stretches.remove(stretch.name for stretch in stretches)


def _join(storage: PhotoStorage, stretches: Sequence[Stretch], start: int, last: IncomingPhoto) -> IncomingPhoto:
    try:
        return _read_together(storage, stretches, start, last)
    except StretchLost:
        # It may have been damaged on its way back only, and the tablet would send everything from there on again.
        return _read_together(storage, stretches, start, last)


def _read_together(
    storage: PhotoStorage, stretches: Sequence[Stretch], start: int, last: IncomingPhoto
) -> IncomingPhoto:  # fmt: skip
    whole = storage.new_incoming()
    try:
        for stretch in stretches:
            _read_into(whole, storage, stretch, start)
            start += stretch.byte_size
        for chunk in last.held():
            whole.write(chunk)
    except BaseException:
        whole.discard()
        raise
    return whole


def _read_into(whole: IncomingPhoto, storage: PhotoStorage, stretch: Stretch, start: int) -> None:
    digest = hashlib.sha256()
    try:
        for piece in storage.stretches.read(stretch.name):
            digest.update(piece)
            whole.write(piece)
    except StretchGone as error:
        raise StretchLost(start) from error
    if digest.hexdigest() != stretch.sha256:
        raise StretchLost(start)
