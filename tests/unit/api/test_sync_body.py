"""What tablets send is read within its limits, whatever it is."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sync_body import DEEPEST, MOST_BYTES, BatchTooLarge, SyncUnreadable, decode_json, read_body


class Arriving:
    """A body that arrives in chunks, and how many of them were read."""

    def __init__(self, body: bytes, size: int = 65_536) -> None:
        self._chunks = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            self.read += 1
            yield chunk
        yield b""

    def __len__(self) -> int:
        return len(self._chunks)


def read(body: bytes, encoding: str = "", size: int = 65_536) -> bytes:
    return asyncio.run(read_body(encoding, Arriving(body, size)))


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize("size", [1, 7, 65_536])
def test_plain_and_gzipped_bodies_are_read_alike(size: int) -> None:
    body = json.dumps({"operations": [{"id": "şğü"}] * 20}).encode()
    assert read(body, "", size) == body
    assert read(gzip.compress(body), "gzip", size) == body


def test_the_limit_is_exact() -> None:
    whole = b"x" * MOST_BYTES
    assert read(whole) == whole
    assert read(gzip.compress(whole), "gzip") == whole
    for encoding, body in (("", whole + b"x"), ("gzip", gzip.compress(whole + b"x"))):
        with pytest.raises(BatchTooLarge):
            read(body, encoding)


def test_a_bomb_is_stopped_while_it_inflates_and_the_rest_is_not_read() -> None:
    bomb = gzip.compress(gzip.compress(bytes(200 * 1024 * 1024), 9), 0)
    packed = gzip.decompress(bomb)
    arriving = Arriving(packed, 4096)
    tracemalloc.start()
    try:
        with pytest.raises(BatchTooLarge):
            asyncio.run(read_body("gzip", arriving))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MOST_BYTES
    assert arriving.read < len(arriving) / 10


def test_a_plain_body_that_is_too_large_is_not_read_to_its_end() -> None:
    arriving = Arriving(b"x" * (20 * MOST_BYTES))
    with pytest.raises(BatchTooLarge):
        asyncio.run(read_body("", arriving))
    assert arriving.read < len(arriving) / 10


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"{}", "gzip"),
        (gzip.compress(b"{}", mtime=0)[:-3], "gzip"),
        (gzip.compress(b"{}", mtime=0) + b"more", "gzip"),
        (gzip.compress(b"{}", mtime=0)[:-8] + bytes(8), "gzip"),
        (zlib.compress(b"{}"), "gzip"),
        (b"", "gzip"),
        (zlib.compress(b"{}"), "deflate"),
        (b"{}", "br"),
    ],
)
@pytest.mark.parametrize("size", [1, 65_536])
def test_a_gzip_that_is_none_and_other_encodings_are_unreadable(body: bytes, encoding: str, size: int) -> None:
    with pytest.raises(SyncUnreadable):
        read(body, encoding, size)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"}", b"nul", b"[1,]", b"\xff\xfe", b'"\xed\xa0\x80"', b'{"a":1}x', b'"\\ud800"', b"[}", b'"',
        b"[" + b"9" * 5000 + b"]", b"1e999999", b"NaN",
    ],
)  # fmt: skip
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(SyncUnreadable):
        decode_json(body)


def test_nesting_is_counted_before_it_is_decoded() -> None:
    assert decode_json(nested(DEEPEST))
    for body in (
        nested(DEEPEST + 1),
        nested(10_000),
        b"[" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * (MOST_BYTES // 2) + b"]" * (MOST_BYTES // 2),
        b'[{"a":' * DEEPEST + b"1" + b"}]" * DEEPEST,
    ):
        with pytest.raises(SyncUnreadable):
            decode_json(body)


def test_brackets_in_texts_do_not_count() -> None:
    for text in ("[" * 1000, '\\"[' * 200, "\\\\", '"', "\\", "]" * 300):
        assert decode_json(json.dumps({text: [text]}).encode()) == {text: [text]}


def test_hostile_texts_take_no_longer_than_their_length() -> None:
    """Unterminated texts full of escapes would take minutes if anything were tried twice."""
    for body in (b'"' + b'\\"' * (MOST_BYTES // 2), b'["' * (MOST_BYTES // 2), b"[]" * (MOST_BYTES // 2)):
        with pytest.raises(SyncUnreadable):
            decode_json(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('[]{}"\\ab'), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_that_is_not_too_deep_is_decoded_as_it_is(value: Any) -> None:  # noqa: ANN401 - JSON
    assert decode_json(json.dumps(value).encode()) == value
    assert decode_json(json.dumps(value, ensure_ascii=False).encode()) == value
