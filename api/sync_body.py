"""Reading the JSON that tablets send: at most 1 MiB unpacked, gzip or plain, and nothing that exhausts us.

What is too large is noticed while it arrives and is inflated; nothing further is read then, nor when nothing comes for
long. What the JSON means is decided where it is used: here it is only an object, a list, a text or a number. A route
that reads through this sets `request_max_body_size=None`, because the limit here is the narrower one.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

import msgspec
from litestar import Request

from foundation.errors import SahaError

MOST_BYTES = 1024 * 1024
DEEPEST = 64

# A line that is lost without a word looks like one that is slow. A mobile one is silent for seconds between two cells.
_LONGEST_SILENCE_S = 30.0
# zlib's name for "a gzip header and trailer".
_GZIP = 31
# A JSON text, or what would be one up to the end. Possessive: a hostile text cannot make it try anything twice.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


class SyncUnreadable(SahaError):
    """Not JSON, nested too deep, not the gzip it says it is, or not the envelope that was agreed on."""

    code = "sync.unreadable"

    def __init__(self) -> None:
        super().__init__("Gönderi anlaşılamadı. Tablet uygulamasını güncelleyip yeniden gönderin.")


class BatchTooLarge(SahaError):
    """More operations or bytes than a push may have; the tablet halves it."""

    code = "sync.batch_too_large"

    def __init__(self) -> None:
        super().__init__("Gönderi çok büyük. Daha küçük parçalarla yeniden gönderin.")


class FellSilent(SahaError):
    """The body began and did not go on; nothing of it was looked at."""

    code = "sync.fell_silent"

    def __init__(self) -> None:
        super().__init__("Gönderinin devamı gelmedi. Kayıtlar tablette duruyor; uygulama birazdan yeniden gönderir.")


async def read_sync_json(request: Request[Any, Any, Any]) -> Any:  # noqa: ANN401 - JSON
    """Read and decode a request's body. Raises `SyncUnreadable`, `BatchTooLarge`, `FellSilent`."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise BatchTooLarge
    return decode_json(await read_body(request.headers.get("content-encoding", ""), request.stream()))


async def read_body(encoding: str, chunks: AsyncIterable[bytes], *, most: int = MOST_BYTES) -> bytes:
    """Read a body of at most `most` bytes unpacked; `encoding` is its Content-Encoding.

    Raises `SyncUnreadable` for another encoding or a damaged gzip, `BatchTooLarge` before more than that is held,
    `FellSilent`.
    """
    unpacked = _Unpacked(most)
    match encoding.strip().lower():
        case "" | "identity":
            async for chunk in until_silence(chunks):
                unpacked.add(chunk)
        case "gzip" | "x-gzip":
            await _inflate(until_silence(chunks), unpacked)
        case _:
            raise SyncUnreadable
    return bytes(unpacked.content)


async def until_silence(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Iterate over chunks. Raises `FellSilent` once none has come for long."""
    coming = aiter(chunks)
    while True:
        try:
            async with asyncio.timeout(_LONGEST_SILENCE_S):
                chunk = await anext(coming)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise FellSilent from error
        yield chunk


class _Unpacked:
    """What has been unpacked so far."""

    def __init__(self, most: int) -> None:
        self.content = bytearray()
        self._most = most

    @property
    def room(self) -> int:
        """How many bytes to ask for: one more than may come, to see that there are more."""
        return self._most - len(self.content) + 1

    def add(self, piece: bytes) -> None:
        self.content += piece
        if len(self.content) > self._most:
            raise BatchTooLarge


async def _inflate(chunks: AsyncIterable[bytes], unpacked: _Unpacked) -> None:
    inflating = zlib.decompressobj(_GZIP)
    try:
        async for chunk in chunks:
            if inflating.eof and chunk:
                raise SyncUnreadable
            # `max_length` stops a bomb while it inflates. What was not inflated for lack of room means: too large.
            unpacked.add(inflating.decompress(chunk, unpacked.room))
            if inflating.unconsumed_tail:
                raise BatchTooLarge
    except zlib.error as error:
        raise SyncUnreadable from error
    if not inflating.eof or inflating.unused_data:
        raise SyncUnreadable


def decode_json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Decode JSON that is nested at most `DEEPEST` levels. Raises `SyncUnreadable`."""
    if not is_shallow(body):
        raise SyncUnreadable
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SyncUnreadable from error


def is_shallow(body: bytes) -> bool:
    """Count levels before decoding, which recurses: each round takes away every innermost pair of brackets."""
    brackets = _TEXT.sub(b"", body).translate(_ONE_KIND, _NO_BRACKET)
    for _ in range(DEEPEST):
        if not brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    # Brackets without a partner are left over, too: no JSON either.
    return not brackets
