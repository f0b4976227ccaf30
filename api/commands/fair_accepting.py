"""A loop whose servers take connections in turns, so that worker processes which share a socket share its load.

uvloop takes all that wait as soon as one worker wakes: of 32 tablets that came together 24 to 29 were with one of two
workers. Connections live long, so that one stayed busy while the other slept. Here whoever has more waits longer.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Sized
from ssl import SSLContext
from typing import Any

import uvloop

log = logging.getLogger("saha")

# A millisecond for each connection that is open, but no more than a caller would notice.
_LONGEST_WAIT_MS = 4
# Whoever has many takes several at a time: waiting must not become the limit of a server whose callers do not stay.
_OPEN_PER_TURN = 8
# With no descriptors left, accepting fails at once and again: give those under way time to end.
_PAUSE_MS = 500


class FairLoop(uvloop.Loop):
    """uvloop, but for how `create_server` accepts on a socket that is given."""

    async def create_server(  # type: ignore[override]  # of its many options, uvicorn gives these
        self, protocol_factory: Callable[[], Any], *, sock: socket.socket, ssl: SSLContext | None, backlog: int
    ) -> "FairServer":
        """Accept on `sock`, which is bound."""
        sock.listen(backlog)
        return FairServer(self, protocol_factory, sock, ssl)


class FairServer:
    """What `create_server` answers. Accepts for uvicorn's protocols, which all know the set of open `connections`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], Any],
        listening: socket.socket,
        tls: SSLContext | None,
    ) -> None:
        self._loop, self._protocol_factory, self._listening, self._tls = loop, protocol_factory, listening, tls
        self._open: Sized = ()
        self._opening: set[asyncio.Task[None]] = set()
        self._is_closed = False
        listening.settimeout(0)
        self._watch()

    def close(self) -> None:
        """Accept no more; connections that are open stay, and the socket is its owner's to close."""
        self._is_closed = True
        self._loop.remove_reader(self._listening)

    async def wait_closed(self) -> None:
        """Wait for connections that are just being opened."""
        await asyncio.gather(*self._opening)

    def _watch(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self._listening, self._somebody_waits)

    def _somebody_waits(self) -> None:
        self._loop.remove_reader(self._listening)
        wait_ms = min(len(self._open) + len(self._opening), _LONGEST_WAIT_MS)
        self._loop.call_later(wait_ms / 1000, self._accept)

    def _accept(self) -> None:
        if self._is_closed:
            return
        try:
            for _ in range(1 + len(self._open) // _OPEN_PER_TURN):
                connection, _address = self._listening.accept()
                opening = self._loop.create_task(self._converse(connection))
                self._opening.add(opening)
                opening.add_done_callback(self._opening.discard)
        except (BlockingIOError, ConnectionAbortedError):
            pass  # another worker was quicker, or the caller has gone
        except OSError as error:
            log.warning("no connection can be accepted for now: %s", error.strerror)
            self._loop.call_later(_PAUSE_MS / 1000, self._watch)
            return
        self._watch()

    async def _converse(self, connection: socket.socket) -> None:
        protocol = self._protocol_factory()
        self._open = protocol.connections
        try:
            await self._loop.connect_accepted_socket(lambda: protocol, connection, ssl=self._tls)
        except (TimeoutError, OSError):
            connection.close()  # gone, or what it said was no TLS
