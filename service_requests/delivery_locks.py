"""Letting only one transaction at a time receive a submission, its repeats and its corrections.

A row that is not there yet cannot be locked, and whoever loses the race to insert it has locked other rows by then:
two workers with overlapping batches lock each other out, and a correction that two workers bring at once is refused by
the second as one too many. So PostgreSQL locks the *names* first, all at once and in one order. On SQLite there is one
writer anyway.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from field_forms.submission_xml import SubmissionXml
from foundation.statements import Found, Statement, send_together

# Another lock of ours (`foundation/migrating.py`) is a small number; these are spread over 64 bits.
_LOCK = "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(CAST(%s AS bigint[])) AS key"


def names_of(xml: SubmissionXml) -> list[str]:
    """Name what a submission touches: itself and what it corrects."""
    return [xml.instance_id, *([xml.deprecated_id] if xml.deprecated_id else [])]


def name_of_bytes(xml: bytes) -> str:
    """Name what cannot be read: it touches only itself."""
    return hashlib.sha256(xml).hexdigest()


class _NameLocks(NamedTuple):
    """The `Statement` that takes the locks with these numbers."""

    keys: list[int]

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        return _LOCK, (self.keys,)

    def on_sqlite(self, connection: Connection) -> Found:
        del connection
        return []


def locks_to_take(names: Iterable[str]) -> list[Statement]:
    """Make the statement that waits until nobody else receives any of these, and keeps them until COMMIT."""
    keys = sorted({int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names})
    return [_NameLocks(keys)] if keys else []


def lock_names(session: Session, names: Iterable[str]) -> None:
    """Take the locks of `locks_to_take` now."""
    send_together(session, *locks_to_take(names))
