"""One tablet's requests take turns, and nobody takes more than their share."""

import asyncio
from uuid import uuid4

import pytest

from api.pressure import Admission, DeviceQueue, Overloaded, PaceLimit, TooManyRequests, jittered

A, B = uuid4(), uuid4()


def test_those_who_are_sent_away_together_come_back_spread_over_three_times_the_least() -> None:
    # One of five numbers is missing from 200 draws in one of 10^19 runs.
    assert {jittered(2) for _ in range(200)} == {2, 3, 4, 5, 6}


def test_one_request_of_a_tablet_runs_one_waits_and_a_third_is_sent_away() -> None:
    async def scenario() -> list[str]:
        queue, told, go_on = DeviceQueue(), [], asyncio.Event()

        async def push(name: str) -> None:
            async with queue.enter(A):
                told.append(f"{name} runs")
                await go_on.wait()
                told.append(f"{name} is done")

        first, second = asyncio.create_task(push("first")), asyncio.create_task(push("second"))
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests) as refused:
            await push("third")
        assert 2 <= refused.value.facts["retry_after_s"] <= 6
        async with queue.enter(B):
            told.append("another tablet is not held up")
        go_on.set()
        await asyncio.gather(first, second)
        await push("fourth")
        return told

    assert asyncio.run(scenario()) == [
        "first runs", "another tablet is not held up", "first is done", "second runs", "second is done",
        "fourth runs", "fourth is done",
    ]  # fmt: skip


def test_a_request_that_fails_or_is_given_up_gives_its_turn_back() -> None:
    async def scenario() -> None:
        queue = DeviceQueue()
        for _ in range(3):
            with pytest.raises(RuntimeError):
                async with queue.enter(A):
                    raise RuntimeError
        async with queue.enter(A):
            waiting = asyncio.create_task(_enter(queue))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        await _enter(queue)
        assert queue._turns == {}

    async def _enter(queue: DeviceQueue) -> None:
        async with queue.enter(A):
            pass

    asyncio.run(scenario())


def test_a_tablet_may_ask_in_a_burst_and_then_at_a_pace() -> None:
    now = [0.0]
    pace = PaceLimit(burst=3, per_second=2.0, monotonic=lambda: now[0])
    for _ in range(3):
        pace.spend(A)
    with pytest.raises(TooManyRequests):
        pace.spend(A)
    pace.spend(B)
    now[0] += 0.5
    pace.spend(A)
    with pytest.raises(TooManyRequests):
        pace.spend(A)
    now[0] += 3600
    for _ in range(3):
        pace.spend(A)
    with pytest.raises(TooManyRequests):
        pace.spend(A)


def test_the_paces_of_tablets_long_silent_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pressure._MOST_REMEMBERED", 10)
    now = [0.0]
    pace = PaceLimit(burst=2, per_second=1.0, monotonic=lambda: now[0])
    for _ in range(200):
        now[0] += 1
        pace.spend(uuid4())
    assert len(pace._buckets) <= 10


def test_more_than_can_be_answered_are_sent_away_with_a_time_to_come_back() -> None:
    async def scenario() -> None:
        admission = Admission(1)
        async with admission.enter():
            with pytest.raises(Overloaded) as refused:
                async with admission.enter():
                    pass
            assert 10 <= refused.value.facts["retry_after_s"] <= 30
        async with admission.enter():
            pass

    asyncio.run(scenario())
