"""Identifiers made here: UUID version 7 (RFC 9562, section 5.7), which sort by the time they were made.

Random keys would touch a random page of every index on each insert; these touch the last one.
"""

import secrets
from datetime import UTC, datetime
from uuid import UUID


def uuid7(at: datetime | None = None) -> UUID:
    """Make a UUID v7 for the moment `at` (aware; now when not given)."""
    milliseconds = int((at or datetime.now(UTC)).timestamp() * 1000)
    random_a = secrets.randbits(12)
    random_b = secrets.randbits(62)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (random_a << 64) | (0b10 << 62) | random_b)
