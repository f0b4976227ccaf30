"""A line that is lost halfway, without a word, looks like one that is slow: it shuts out nothing that comes later."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, closing

import httpx
import msgspec
import pytest
from litestar import Litestar

from api import sync_body
from api.wiring import Wiring
from foundation.clock import utc_now
from foundation.database import Database
from service_requests.tables import Submission
from tests.fixtures.live_server import LiveServer
from tests.fixtures.municipality import Municipality
from tests.integration.intake.posts import count, hane
from tests.integration.push.pushes import PushingTablet

HALF_OPEN = 4


class Halting:
    """The body of a push that stops in the middle until it is told to go on."""

    def __init__(self, operations: list[object]) -> None:
        self.has_begun, self.go_on = asyncio.Event(), asyncio.Event()
        self._body = msgspec.json.encode({"operations": operations})

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[:9]
        self.has_begun.set()
        await self.go_on.wait()
        yield self._body[9:]


class Lines:
    """The lines of one tablet to a server inside this process."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def push(self, operations: list[object]) -> httpx.Response:
        return await self._http.post("/v1/sync/push", json={"operations": operations})

    async def push_half(self, operations: list[object]) -> tuple[Halting, asyncio.Task[httpx.Response]]:
        """Begin a push; returns once the server waits for the rest."""
        body = Halting(operations)
        running = asyncio.create_task(self._http.post("/v1/sync/push", content=body))
        await body.has_begun.wait()
        return body, running


def play(app: Litestar, pushing: PushingTablet, scene: Callable[[Lines], Awaitable[None]]) -> None:
    """Let a tablet use several lines at once; whoever waits for ever fails."""

    async def scenario() -> None:
        headers = {"Authorization": f"Bearer {pushing.token}"}
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://testserver.local", headers=headers
        )  # fmt: skip
        async with http, asyncio.timeout(30):
            await scene(Lines(http))

    asyncio.run(scenario())


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_push_that_has_come_does_not_wait_for_half_ones(
    pushing: PushingTablet, app: Litestar, database: Database
) -> None:
    first, second = pushing.form(hane()), pushing.form(hane())

    async def scene(lines: Lines) -> None:
        half_ones = [await lines.push_half([first]) for _ in range(HALF_OPEN - 1)]
        for operation in (first, second):
            assert [one["status"] for one in (await lines.push([operation])).json()["results"]] == ["applied"]
        for body, running in half_ones:
            assert not running.done()
            body.go_on.set()
            assert [one["replayed"] for one in (await running).json()["results"]] == [True]

    play(app, pushing, scene)
    assert count(database, Submission) == 2


def test_only_so_many_half_ones_are_held_and_each_only_until_it_has_been_silent_for_long(
    pushing: PushingTablet, app: Litestar, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations: list[object] = [pushing.form(hane())]

    async def scene(lines: Lines) -> None:
        half_ones = [await lines.push_half(operations) for _ in range(HALF_OPEN)]
        assert told(await lines.push(operations)) == (429, "sync.too_many_requests")
        body, running = half_ones.pop()
        body.go_on.set()
        assert (await running).status_code == 200
        monkeypatch.setattr(sync_body, "_LONGEST_SILENCE_S", 0.05)
        _, silent = await lines.push_half(operations)
        assert told(await silent) == (408, "sync.fell_silent")
        monkeypatch.undo()
        for body, running in half_ones:
            body.go_on.set()
            assert [one["replayed"] for one in (await running).json()["results"]] == [True]
        assert wiring.pushes_arriving._under_way == {}

    play(app, pushing, scene)
    assert count(wiring.database, Submission) == 1


def test_a_line_that_is_slow_and_never_silent_for_long_is_waited_for(
    pushing: PushingTablet, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_body, "_LONGEST_SILENCE_S", 2.0)
    content = msgspec.json.encode({"operations": [pushing.form(hane())]})

    async def slowly() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 300):
            await asyncio.sleep(2.5 * 300 / len(content))
            yield content[start : start + 300]

    async def scene(lines: Lines) -> None:
        answer = await lines._http.post("/v1/sync/push", content=slowly())
        assert [one["status"] for one in answer.json()["results"]] == ["applied"]

    play(app, pushing, scene)


def test_a_tablet_whose_lines_broke_without_a_word_is_answered_on_the_next(
    live_server: LiveServer, municipality: Municipality, database: Database
) -> None:
    with httpx.Client(base_url=live_server.url, timeout=30) as client, ExitStack() as lost:
        pushing = PushingTablet(client, database, municipality)  # type: ignore[arg-type]  # a client of a real server
        operations: list[object] = [pushing.form(hane())]
        body = msgspec.json.encode({"operations": operations})
        head = (
            f"POST /v1/sync/push HTTP/1.1\r\nHost: sunucu\r\nAuthorization: Bearer {pushing.token}\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        )
        host, _, port = live_server.url.removeprefix("http://").partition(":")
        for _ in range(HALF_OPEN - 1):
            line = lost.enter_context(closing(socket.create_connection((host, int(port)), timeout=60)))
            line.sendall(head.encode())
            # The server says this when it begins to read the body.
            assert line.recv(25).startswith(b"HTTP/1.1 100 ")
            line.sendall(body[: len(body) // 2])
        results = pushing.push(*operations, sent_at=utc_now().isoformat())
        assert [one["status"] for one in results] == ["applied"]
    assert count(database, Submission) == 1
