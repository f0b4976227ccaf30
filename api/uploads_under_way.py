"""The requests of this process that bring bytes of photos just now, so that whoever asks how far one is learns it.

When a connection breaks, the tablet often asks before the server has noticed: what came by then would be sent again.
Several processes do not know each other's requests; there a tablet sends again what its old request brought since the
line fell silent (`photo_receiving.py`).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

# Bytes that have come are read within this, unless the process has more to do than it can.
_SILENCE_S = 0.02
_LONGEST_WAIT_S = 1.0


class Receiving(Protocol):
    """A request that brings bytes."""

    @property
    def came(self) -> int:
        """How many bytes it has brought so far."""
        ...

    async def record_so_far(self) -> None:
        """Record what has come; the request goes on."""
        ...


class UploadsUnderWay:
    """The requests under way, by the upload that they belong to. Used from the event loop only."""

    def __init__(self) -> None:
        self._receiving: dict[UUID, list[Receiving]] = {}
        self._announced: dict[UUID, int] = {}

    @contextmanager
    def announced(self, upload_id: UUID) -> Iterator[None]:
        """Know, while the block lasts, of a request whose sender and upload are still being looked up."""
        self._announced[upload_id] = self._announced.get(upload_id, 0) + 1
        try:
            yield
        finally:
            self._announced[upload_id] -= 1
            if not self._announced[upload_id]:
                del self._announced[upload_id]

    @contextmanager
    def noted(self, upload_id: UUID, receiving: Receiving) -> Iterator[None]:
        """Know of a request while the block lasts."""
        requests = self._receiving.setdefault(upload_id, [])
        requests.append(receiving)
        try:
            yield
        finally:
            requests.remove(receiving)
            if not requests:
                self._receiving.pop(upload_id, None)

    async def wait_for_silence(self, upload_id: UUID) -> bool:
        """Wait until what has come for this upload is read; False, and at once, where no request is under way.

        For whoever asks how far it is, not for those that bring bytes: two of them would wait for each other.
        """
        clock = asyncio.get_running_loop().time
        give_up, waited = clock() + _LONGEST_WAIT_S, False
        came_before = -1
        while clock() < give_up:
            came = self._came(upload_id)
            if upload_id not in self._announced and came == came_before:
                break
            waited, came_before = True, came
            await asyncio.sleep(_SILENCE_S)
        return waited

    async def record_so_far(self, upload_id: UUID) -> bool:
        """Let every request for this upload record what has come; False where there is none."""
        requests = list(self._receiving.get(upload_id, ()))
        for receiving in requests:
            await receiving.record_so_far()
        return bool(requests)

    def _came(self, upload_id: UUID) -> int:
        """Count the bytes of the requests under way; -1 where there is none."""
        requests = self._receiving.get(upload_id)
        return sum(receiving.came for receiving in requests) if requests else -1
