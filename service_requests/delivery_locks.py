"""Letting only one transaction at a time receive a submission, its repeats and its corrections.

A row that is not there yet cannot be locked, and whoever loses the race to insert it has locked other rows by then:
two workers with overlapping batches lock each other out, and a correction that two workers bring at once is refused by
the second as one too many. So PostgreSQL locks the *names* first, all at once and in one order. On SQLite there is one
writer anyway.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy.orm import Session

from field_forms.submission_xml import SubmissionXml

# Another lock of ours (`foundation/migrating.py`) is a small number; these are spread over 64 bits.
_LOCK = "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(CAST(%s AS bigint[])) AS key"


def names_of(xml: SubmissionXml) -> list[str]:
    """Name what a submission touches: itself and what it corrects."""
    return [xml.instance_id, *([xml.deprecated_id] if xml.deprecated_id else [])]


def name_of_bytes(xml: bytes) -> str:
    """Name what cannot be read: it touches only itself."""
    return hashlib.sha256(xml).hexdigest()


def lock_names(session: Session, names: Iterable[str]) -> None:
    """Wait until nobody else receives any of these, and keep them until COMMIT."""
    keys = sorted({int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names})
    if keys and session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(_LOCK, (keys,))
