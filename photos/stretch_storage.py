"""Where the bytes of unfinished uploads lie: one protocol, two places (`local_stretches`, `s3_stretches`).

A stretch is a run of bytes of one upload. It is written once under a name of its own and never changed, so that
whoever writes at the same time cannot spoil it; which stretches count says the upload's row (`stretches.py`).
"""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from photos.incoming import IncomingPhoto
from photos.pieces import Pieces


class StretchGone(Exception):
    """Nothing lies under this name, or other bytes than were put there."""


class StretchStorage(Protocol):
    """A place for stretches. Everything raises `StorageUnavailable` when it cannot be used just now."""

    def put(self, name: str, incoming: IncomingPhoto) -> None:
        """Keep the bytes under a new name; durable once it returns. `incoming` is used up either way."""
        ...

    def read(self, name: str) -> Pieces:
        """Iterate over the bytes; close the iterator if it is not read out. Raises `StretchGone`."""
        ...

    def remove(self, names: Iterable[str]) -> None:
        """Remove these; what is not there is gone already."""
        ...

    def list_older_than(self, moment: datetime) -> Iterator[str]:
        """Name the stretches that were put before `moment`."""
        ...

    def clear_abandoned(self, before: datetime) -> int:
        """Remove what was begun before that moment and has no name yet; returns how many."""
        ...


def name_stretch(upload_id: UUID, start: int) -> str:
    """Make a new name for the bytes of an upload that begin at `start`."""
    return f"{upload_id.hex}-{start:08d}-{secrets.token_hex(8)}"
