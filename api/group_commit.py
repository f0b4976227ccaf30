"""Requests that arrive together share one transaction; each reply still waits for the COMMIT of its group.

While one group is being committed the next ones gather; a lone request waits for nobody. One thread per process, so
the database sees few, large transactions instead of many small ones fighting for the sequence row (measured on two
cores with PostgreSQL: 1,650-2,200/s against 530-614/s with a transaction per request).

Whoever has just been answered sends again in a moment. A group that goes off without them leaves two half groups that
take turns, and half of what a group costs is the same for one item or sixteen: so it waits for as many as were here
last, and a little longer for those whose photos are just being made durable (measured with 32 clients: groups of
fifteen instead of seven, a quarter more photos received).
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from functools import partial
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

log = logging.getLogger("saha")

# How long a group waits for those who were here together with the last one.
LINGER_S = 0.008
# And for those who are announced: a disk that is busy takes about as long to make a photo durable.
LONGEST_LINGER_S = 0.030


class _Waiting(NamedTuple, Generic[Item, Outcome]):
    item: Item
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Outcome]"


class GroupCommit(Generic[Item, Outcome]):
    """Calls `write` with 1 to `largest` items; `write` returns one outcome per item after its COMMIT, or raises."""

    def __init__(
        self, write: Callable[[list[Item]], list[Outcome]], *, largest: int = 64, linger_s: float = LINGER_S,
        longest_linger_s: float = LONGEST_LINGER_S,
    ) -> None:  # fmt: skip
        self._write = write
        self._largest = largest
        self._linger_s, self._longest_linger_s = linger_s, longest_linger_s
        self._waiting: queue.SimpleQueue[_Waiting[Item, Outcome] | None] = queue.SimpleQueue()
        self._announced = 0
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)

    def start(self) -> None:
        """Start the writing thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting and end the thread."""
        self._waiting.put(None)
        self._thread.join()

    @contextmanager
    def announce(self) -> Iterator[None]:
        """Say that an item comes as soon as this is left. From the event loop."""
        self._announced += 1
        try:
            yield
        finally:
            self._announced -= 1

    async def write(self, item: Item) -> Outcome:
        """Hand in one item; returns its outcome once it is durably committed, or raises why it is not."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.put(_Waiting(item, loop, future))
        return await future

    def _run(self) -> None:
        together = 1
        while (first := self._waiting.get()) is not None:
            group, ends = self._gather(first, together)
            self._write_group(group)
            if ends:
                return
            together = len(group) + self._waiting.qsize()

    def _gather(self, first: _Waiting[Item, Outcome], together: int) -> tuple[list[_Waiting[Item, Outcome]], bool]:
        """Take what waits, and wait a moment until it is `together` and nobody is announced.

        Says, too, whether the thread shall end.
        """
        group = [first]
        began_at = time.monotonic()
        while len(group) < self._largest:
            left_s = began_at + self._patience(group, together) - time.monotonic()
            try:
                following = self._waiting.get(timeout=max(left_s, 0))
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _patience(self, group: Sized, together: int) -> float:
        """Tell how many seconds after its beginning a group goes off."""
        if self._announced:
            return self._longest_linger_s
        return self._linger_s if len(group) < together else 0

    def _write_group(self, group: list[_Waiting[Item, Outcome]]) -> None:
        try:
            outcomes = self._write([waiting.item for waiting in group])
        except Exception as error:
            if len(group) > 1:
                # One of them may be the cause; alone, each gets its own answer.
                log.warning("group of %d failed, writing one by one", len(group), exc_info=error)
                for waiting in group:
                    self._write_group([waiting])
                return
            _tell_loop(group[0].loop, partial(_refuse, group[0], error))
            return
        _tell_loop(group[0].loop, partial(_answer, group, outcomes))


def _answer(group: list[_Waiting[Item, Outcome]], outcomes: list[Outcome]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if not waiting.future.done():  # or the client went away
            waiting.future.set_result(outcome)


def _refuse(waiting: _Waiting[Item, Outcome], error: Exception) -> None:
    if not waiting.future.done():
        waiting.future.set_exception(error)


def _tell_loop(loop: asyncio.AbstractEventLoop, settle: Callable[[], None]) -> None:
    """Wake the loop once for a whole group: each waking is a system call and takes time from the next group."""
    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        # The loop is closed: the server is stopping. What was written is written; the client asks again.
        log.info("answer dropped, the server is stopping")
