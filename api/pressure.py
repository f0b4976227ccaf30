"""Keeping one tablet, or all at once, from taking more than their share of a process.

Limits are per device, never per address: a whole team sits behind one mobile gateway. They are counted in this
process; with several workers each counts for itself, and what must hold across them is locked in the database.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from foundation.errors import SahaError

_RUNNING_AND_WAITING = 2
_MOST_REMEMBERED = 20_000


class TooManyRequests(SahaError):
    """The tablet has a request running and one waiting, or asks faster than anybody needs."""

    code = "sync.too_many_requests"

    def __init__(self) -> None:
        super().__init__(
            "Tablet çok sık istek gönderiyor. Biraz bekleyip yeniden deneyin; hiçbir kayıt kaybolmaz.",
            retry_after_s=jittered(2),
        )


class Overloaded(SahaError):
    """More requests are under way in this process than it can answer in time; nothing was stored."""

    code = "sync.overloaded"

    def __init__(self) -> None:
        super().__init__(
            "Sunucu şu an çok yoğun. Kayıtlar tablette duruyor; uygulama birazdan kendisi yeniden dener.",
            retry_after_s=jittered(10),
        )


def jittered(seconds: int) -> int:
    """Spread a wait over `seconds` to three times that, so that those sent away together do not return together."""
    return random.randint(seconds, 3 * seconds)  # noqa: S311 - no secret


class DeviceQueue:
    """Lets one request per tablet run and one wait; a third is refused. For one event loop."""

    def __init__(self) -> None:
        self._turns: dict[UUID, _Turns] = {}

    @asynccontextmanager
    async def enter(self, device_id: UUID) -> AsyncIterator[None]:
        """Wait for the tablet's other request, then hold its turn. Raises `TooManyRequests`."""
        turns = self._turns.setdefault(device_id, _Turns())
        if turns.count >= _RUNNING_AND_WAITING:
            raise TooManyRequests
        turns.count += 1
        try:
            async with turns.lock:
                yield
        finally:
            turns.count -= 1
            if not turns.count:
                del self._turns[device_id]


class _Turns:
    """The requests of one tablet: how many there are, and whose turn it is."""

    def __init__(self) -> None:
        self.count = 0
        self.lock = asyncio.Lock()


class DeviceCount:
    """Counts what each tablet has under way and refuses more than `most`. For one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: dict[UUID, int] = {}

    @contextmanager
    def enter(self, device_id: UUID) -> Iterator[None]:
        """Count this request of the tablet while it is under way. Raises `TooManyRequests`."""
        count = self._under_way.get(device_id, 0)
        if count >= self._most:
            raise TooManyRequests
        self._under_way[device_id] = count + 1
        try:
            yield
        finally:
            self._under_way[device_id] -= 1
            if not self._under_way[device_id]:
                del self._under_way[device_id]


class PaceLimit:
    """A token bucket per tablet: `burst` requests at once, then `per_second`.

    Of two threads that count the same tablet at once one may go uncounted; no lock is worth that.
    """

    def __init__(
        self, *, burst: int, per_second: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        self._burst = burst
        self._per_second = per_second
        self._monotonic = monotonic
        self._buckets: dict[UUID, tuple[float, float]] = {}

    def spend(self, device_id: UUID) -> None:
        """Count one request of the tablet. Raises `TooManyRequests`."""
        now = self._monotonic()
        left, at = self._buckets.get(device_id, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._per_second)
        if left < 1:
            raise TooManyRequests
        if len(self._buckets) >= _MOST_REMEMBERED and device_id not in self._buckets:
            self._forget_idle(now)
        self._buckets[device_id] = (left - 1, now)

    def _forget_idle(self, now: float) -> None:
        full_after = self._burst / self._per_second
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < full_after}


class Admission:
    """Counts the requests under way in a process and refuses more than `most`. Used from one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way = 0

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Count this request while it is under way. Raises `Overloaded`."""
        if self._under_way >= self._most:
            raise Overloaded
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
