"""Reading and writing what is known of a submission's photos; the rules are in `photo_arrivals.py`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.insertion import insert_all, insert_new
from photos.tables import Photo
from service_requests.incoming import IncomingSubmission
from service_requests.photo_arrivals import PhotoPlace
from service_requests.tables import ExpectedPhoto


def remember_photos(session: Session, incoming: Sequence[IncomingSubmission]) -> set[str]:
    """Record every photo that is durably stored, so that it is processed whatever becomes of its submission.

    Returns the hashes of those that were known already.
    """
    rows = {
        photo.sha256: {
            "sha256": photo.sha256,
            "byte_size": photo.byte_size,
            "media_type": photo.media_type,
            "stored_at": item.received_at,
        }
        for item in incoming
        for photo in item.photos
        if photo.sha256
    }
    return set(rows) - insert_new(session, Photo, [rows[sha256] for sha256 in sorted(rows)], key="sha256")


def photo_row(submission_id: UUID, place: PhotoPlace) -> dict[str, Any]:
    """Make the row of one place."""
    return {"submission_id": submission_id, **msgspec.structs.asdict(place)}


def known_photos(session: Session, submission_id: UUID) -> list[PhotoPlace]:
    """Read what is known of a submission's photos."""
    rows = session.scalars(
        select(ExpectedPhoto).where(ExpectedPhoto.submission_id == submission_id).order_by(ExpectedPhoto.file_name)
    )
    return [PhotoPlace(row.file_name, row.state, row.sha256, row.reason, row.finding_id) for row in rows]


def store_photos(session: Session, submission_id: UUID, before: list[PhotoPlace], after: list[PhotoPlace]) -> None:
    """Write the places that are new or changed."""
    names = {place.file_name for place in before}
    insert_all(
        session, ExpectedPhoto, [photo_row(submission_id, place) for place in after if place.file_name not in names]
    )
    for place in after:
        if place.file_name in names and place not in before:
            session.execute(
                update(ExpectedPhoto)
                .where(ExpectedPhoto.submission_id == submission_id, ExpectedPhoto.file_name == place.file_name)
                .values(**msgspec.structs.asdict(place))
            )
