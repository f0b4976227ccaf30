"""Identifiers made here: UUID version 7 (RFC 9562, section 5.7), which sort by the time they were made.

Random keys would touch a random page of every index on each insert; these touch the last one. Ids made one after the
other for the same millisecond keep their order (method 1 of section 6.2: the 12 bits behind the time count).
"""

import os
import threading
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last_millisecond = -1
_count = 0


def uuid7(at: datetime | None = None) -> UUID:
    """Make a UUID v7 for the moment `at` (aware; now when not given)."""
    milliseconds = int((at or datetime.now(UTC)).timestamp() * 1000)
    # One call for all that is random in it: 62 bits behind, 11 bits where the count starts.
    random_bits = int.from_bytes(os.urandom(10))
    return UUID(
        int=(milliseconds << 80)
        | (0x7 << 76)
        | (_count_within(milliseconds, random_bits >> 69) << 64)
        | (0b10 << 62)
        | random_bits & ((1 << 62) - 1)
    )


def first_uuid7(at: datetime) -> UUID:
    """Return what no UUID v7 made at `at` or later sorts before: where a search by time begins."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (0x7 << 76) | (0b10 << 62))


def moment_of(identifier: UUID) -> datetime | None:
    """Tell when a UUID v7 was made; None for any other, which does not say."""
    version_7 = 7
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC) if identifier.version == version_7 else None


def _count_within(millisecond: int, start: int) -> int:
    """Count up within a millisecond; 12 bits, from a random start below 2048 that leaves room."""
    global _last_millisecond, _count  # noqa: PLW0603 - one counter per process is the point
    with _lock:
        _count = (_count + 1) & 0xFFF if millisecond == _last_millisecond else start
        _last_millisecond = millisecond
        return _count
