"""The requests of this process that bring bytes of photos just now, so that whoever asks how far one is learns it.

When a connection breaks, the tablet often asks before the server has noticed: what came by then would be sent again.
Several processes do not know each other's requests; there a tablet sends again what its old request still held.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID


class Receiving(Protocol):
    """A request that brings bytes."""

    async def record_so_far(self) -> None:
        """Record what has come; the request goes on."""
        ...


class UploadsUnderWay:
    """The requests under way, by the upload that they belong to. Used from the event loop only."""

    def __init__(self) -> None:
        self._receiving: dict[UUID, list[Receiving]] = {}

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

    async def record_so_far(self, upload_id: UUID) -> bool:
        """Let every request for this upload record what has come; False where there is none."""
        requests = list(self._receiving.get(upload_id, ()))
        for receiving in requests:
            await receiving.record_so_far()
        return bool(requests)
