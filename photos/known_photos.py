"""Recording what lies in the storage, so that it is processed whatever becomes of whoever sent it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import update
from sqlalchemy.orm import Session

from foundation.insertion import insert_new
from photos.inspection import NOT_AN_IMAGE, is_image
from photos.storage_errors import LOST
from photos.tables import Photo


class StoredFile(msgspec.Struct, frozen=True):
    """A file that is durably stored under its hash."""

    sha256: str
    byte_size: int
    media_type: str
    stored_at: datetime


def remember_stored(session: Session, files: Iterable[StoredFile]) -> set[str]:
    """Record these files; returns the hashes of those that were known already.

    What is no image is processed from the start: there is nothing to decode. What the storage had lost and what came
    again is processed anew.
    """
    rows = {
        file.sha256: {
            "sha256": file.sha256,
            "byte_size": file.byte_size,
            "media_type": file.media_type,
            "stored_at": file.stored_at,
            "processed_at": None if is_image(file.media_type) else file.stored_at,
            "failure": None if is_image(file.media_type) else NOT_AN_IMAGE.code,
        }
        for file in files
    }
    known = set(rows) - insert_new(session, Photo, [rows[sha256] for sha256 in sorted(rows)], key="sha256")
    if known:
        came_again = update(Photo).where(Photo.sha256.in_(known), Photo.failure.in_(LOST))
        session.execute(came_again.values(processed_at=None).execution_options(synchronize_session=False))
    return known
