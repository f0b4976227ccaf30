"""Locking the names of entities that may not be there yet: a row that is not there cannot be locked.

Without it two tablets that create and update the same entity in the same moment would each find nothing, and the update
would be held although its predecessor has come. On SQLite there is one writer anyway.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK = text("SELECT count(pg_advisory_xact_lock(key)) FROM unnest(CAST(:keys AS bigint[])) AS key")


def lock_absent(session: Session, ids: Iterable[UUID]) -> None:
    """Wait until nobody else writes any of these, there or not, and keep them until COMMIT."""
    keys = sorted({int.from_bytes(hashlib.sha256(b"entity " + one.bytes).digest()[:8], signed=True) for one in ids})
    if keys and session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"keys": keys})
