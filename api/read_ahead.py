"""Reads the body of an upload as it comes, before anybody asks for it.

What a connection has brought and nobody has asked for yet the HTTP server forgets when the connection breaks: up to
some hundred KB, which for a photo of everyday size is all of it, while we look up whose upload it is.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

# Held for one request; then the sender has to wait, as it would without us.
_MOST_BYTES = 512 * 1024


def read_ahead(app: ASGIApp) -> ASGIApp:
    """Wrap an application, as a middleware."""

    async def reading_ahead(scope: Scope, receive: Receive, send: Send) -> None:
        headers, method = dict(scope["headers"]), str(scope.get("method"))
        # Whoever waits to be told to go on may still be refused without having sent anything.
        if method not in {"PATCH", "POST"} or b"expect" in headers:
            await app(scope, receive, send)
            return
        with ExitStack() as announced:
            if "PATCH" in {method, headers.get(b"x-http-method-override", b"").decode("latin-1").upper()}:
                # Until its bytes are asked for; then the handler has noted it.
                under_way = scope["litestar_app"].state.wiring.uploads_under_way
                announced.enter_context(under_way.announced(scope["path_params"].get("upload_id")))
            body = _Body(receive, announced.close)
            # The first at once, not by a task: a connection that broke already is told of before a task begins.
            await body.read_next()
            reading = asyncio.ensure_future(body.read())
            try:
                await app(scope, body.receive, send)
            finally:
                reading.cancel()

    return reading_ahead


class _Body:
    def __init__(self, receive: Receive, asked_for: Callable[[], None]) -> None:
        self._receive = receive
        self._asked_for = asked_for
        self._messages: asyncio.Queue[ReceiveMessage] = asyncio.Queue()
        self._held = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_read = False

    async def read(self) -> None:
        """Read up to the last message."""
        while not self._is_read:
            await self._has_room.wait()
            await self.read_next()

    async def read_next(self) -> None:
        """Read one message."""
        message = await self._receive()
        self._is_read = message["type"] != "http.request" or not message["more_body"]
        self._hold(message, 1)
        self._messages.put_nowait(message)

    async def receive(self) -> ReceiveMessage:
        """Give the next message, as the server would."""
        self._asked_for()
        if self._is_read and self._messages.empty():
            return await self._receive()
        message = await self._messages.get()
        self._hold(message, -1)
        return message

    def _hold(self, message: ReceiveMessage, sign: int) -> None:
        self._held += sign * len(message["body"] if message["type"] == "http.request" else b"")
        if self._held < _MOST_BYTES:
            self._has_room.set()
        else:
            self._has_room.clear()
