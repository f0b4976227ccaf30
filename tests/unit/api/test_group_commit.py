"""Requests that share a COMMIT: each caller gets its own answer, whatever happens to the others."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from api.group_commit import GroupCommit


class Refuses(Exception):
    """What the writer raises for one item."""


class Writer:
    """Writes groups of numbers; the first waits until `go_on`, so that the others gather behind it."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.began = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, items: list[int]) -> list[int]:
        self.began.set()
        assert self.go_on.wait(30)
        self.groups.append(items)
        if any(item < 0 for item in items):
            raise Refuses
        return [item * 10 for item in items]


@contextmanager
def running(
    writer: Writer, *, largest: int = 64, linger_s: float = 0, longest_linger_s: float = 0
) -> Iterator[GroupCommit[int, int]]:
    line: GroupCommit[int, int] = GroupCommit(
        writer, largest=largest, linger_s=linger_s, longest_linger_s=longest_linger_s
    )
    line.start()
    try:
        yield line
    finally:
        writer.go_on.set()
        line.stop()


async def gather_behind_the_first(
    line: GroupCommit[int, int], writer: Writer, items: list[int]
) -> list[asyncio.Task[int]]:
    """Hand in the items; the first is being written while all others wait."""
    tasks = [asyncio.create_task(line.write(items[0]))]
    await asyncio.to_thread(writer.began.wait, 30)
    tasks += [asyncio.create_task(line.write(item)) for item in items[1:]]
    await asyncio.sleep(0)
    return tasks


def test_outcomes_go_to_those_who_asked_and_the_waiting_ones_share_a_group() -> None:
    writer = Writer()

    async def ask() -> list[int]:
        with running(writer) as line:
            tasks = await gather_behind_the_first(line, writer, list(range(20)))
            writer.go_on.set()
            return await asyncio.gather(*tasks)

    assert asyncio.run(ask()) == [item * 10 for item in range(20)]
    assert writer.groups == [[0], list(range(1, 20))]


def test_a_group_is_never_larger_than_agreed() -> None:
    writer = Writer()

    async def ask() -> list[int]:
        with running(writer, largest=4) as line:
            tasks = await gather_behind_the_first(line, writer, list(range(10)))
            writer.go_on.set()
            return await asyncio.gather(*tasks)

    assert asyncio.run(ask()) == [item * 10 for item in range(10)]
    assert [len(group) for group in writer.groups] == [1, 4, 4, 1]


def test_those_who_were_answered_together_go_together_again_and_a_lone_one_waits_for_nobody() -> None:
    writer = Writer()

    async def ask() -> None:
        # So long that whoever waited in vain would be noticed.
        with running(writer, linger_s=3600) as line:
            tasks = await gather_behind_the_first(line, writer, [0, 1, 2, 3])
            writer.go_on.set()
            first, *others = tasks
            await first
            await asyncio.gather(line.write(4), *others)
            again = []
            for item in (5, 6, 7, 8):
                again.append(asyncio.create_task(line.write(item)))
                await asyncio.sleep(0.01)
            await asyncio.gather(*again)

    asyncio.run(ask())
    assert writer.groups == [[0], [1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_group_waits_for_whoever_is_announced() -> None:
    writer = Writer()
    writer.go_on.set()

    async def ask() -> list[int]:
        with running(writer, longest_linger_s=30) as line:
            with line.announce():
                first = asyncio.create_task(line.write(1))
                # Time enough for a group to go off without the other.
                await asyncio.sleep(0.1)
            return await asyncio.gather(first, line.write(2))

    assert asyncio.run(ask()) == [10, 20]
    assert writer.groups == [[1, 2]]


def test_one_that_fails_does_not_fail_the_others() -> None:
    writer = Writer()

    async def ask() -> list[int | BaseException]:
        with running(writer) as line:
            tasks = await gather_behind_the_first(line, writer, [1, 2, -3, 4])
            writer.go_on.set()
            return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third, fourth = asyncio.run(ask())
    assert (first, second, fourth) == (10, 20, 40)
    assert isinstance(third, Refuses)
    assert writer.groups == [[1], [2, -3, 4], [2], [-3], [4]]


def test_stopping_finishes_what_waits() -> None:
    writer = Writer()

    async def ask() -> list[int]:
        with running(writer) as line:
            tasks = await gather_behind_the_first(line, writer, [1, 2, 3])
            stopping = asyncio.create_task(asyncio.to_thread(line.stop))
            writer.go_on.set()
            await stopping
            return await asyncio.gather(*tasks)

    assert asyncio.run(ask()) == [10, 20, 30]


def test_a_client_that_goes_away_is_written_all_the_same_and_harms_nobody() -> None:
    writer = Writer()

    async def ask() -> int:
        with running(writer) as line:
            _, gone, stays = await gather_behind_the_first(line, writer, [1, 2, 3])
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone
            writer.go_on.set()
            return await stays

    assert asyncio.run(ask()) == 30
    assert writer.groups == [[1], [2, 3]]
