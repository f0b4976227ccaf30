"""Which part of a file a `Range` header asks for (RFC 9110, section 14)."""

import re
from enum import Enum

import msgspec

# Single ranges only; section 14.2 lets a server ignore what it does not want to serve.
_SINGLE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class ByteRange(msgspec.Struct, frozen=True):
    """The bytes from `start` up to but without `end`."""

    start: int
    end: int

    def content_range(self, byte_size: int) -> str:
        """Write the `Content-Range` of a 206 for a file of `byte_size` bytes."""
        return f"bytes {self.start}-{self.end - 1}/{byte_size}"


class RangeAnswer(Enum):
    """What else a `Range` header can come to."""

    WHOLE = "whole"  # 200: no header, malformed, another unit, or several ranges
    UNSATISFIABLE = "unsatisfiable"  # 416 with `Content-Range: bytes */<byte_size>`


def parse_range(header: str | None, byte_size: int) -> ByteRange | RangeAnswer:
    """Read `header` against a file of `byte_size` bytes."""
    asked = _SINGLE_RANGE.fullmatch(header or "")
    if asked is None or asked.groups() == ("", ""):
        return RangeAnswer.WHOLE
    first, last = asked.groups()
    if not first:
        return _last_bytes(int(last), byte_size)
    start, end = int(first), int(last) + 1 if last else byte_size
    if last and int(last) < start:
        return RangeAnswer.WHOLE
    if start >= byte_size:
        return RangeAnswer.UNSATISFIABLE
    return ByteRange(start, min(end, byte_size))


def _last_bytes(count: int, byte_size: int) -> ByteRange | RangeAnswer:
    if count == 0 or byte_size == 0:
        return RangeAnswer.UNSATISFIABLE
    return ByteRange(max(0, byte_size - count), byte_size)
