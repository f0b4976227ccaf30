"""Reading and writing what is known of a submission's photos; the rules are in `photo_arrivals.py`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.insertion import insert_all
from photos.inspection import is_image
from photos.known_photos import StoredFile, remember_stored
from photos.tables import Photo
from service_requests.incoming import IncomingSubmission
from service_requests.photo_arrivals import PhotoPlace
from service_requests.tables import ExpectedPhoto


def remember_photos(session: Session, incoming: Sequence[IncomingSubmission]) -> set[str]:
    """Record every file that is durably stored, so that it is processed whatever becomes of its submission.

    Returns the hashes of those that were known already.
    """
    return remember_stored(
        session,
        (
            StoredFile(photo.sha256, photo.byte_size, photo.media_type, item.received_at)
            for item in incoming
            for photo in item.photos
            if photo.sha256
        ),
    )


def photo_row(submission_id: UUID, place: PhotoPlace) -> dict[str, Any]:
    """Make the row of one place."""
    return {"submission_id": submission_id, **_columns(place)}


def _columns(place: PhotoPlace) -> dict[str, Any]:
    # Whether it is an image stands in the photo's own row.
    return {
        "file_name": place.file_name,
        "state": place.state,
        "sha256": place.sha256,
        "reason": place.reason,
        "finding_id": place.finding_id,
        "promised_sha256": place.promised_sha256,
    }


def known_photos(session: Session, submission_id: UUID) -> list[PhotoPlace]:
    """Read what is known of a submission's photos."""
    rows = session.execute(
        select(ExpectedPhoto, Photo.media_type)
        .outerjoin(Photo, Photo.sha256 == ExpectedPhoto.sha256)
        .where(ExpectedPhoto.submission_id == submission_id)
        .order_by(ExpectedPhoto.file_name)
    )
    return [
        PhotoPlace(
            row.file_name,
            row.state,
            row.sha256,
            row.reason,
            row.finding_id,
            row.promised_sha256,
            is_image=is_image(media_type or ""),
        )
        for row, media_type in rows
    ]


def store_photos(session: Session, submission_id: UUID, before: list[PhotoPlace], after: list[PhotoPlace]) -> None:
    """Write the places that are new or changed; one whose file has moved to another place is removed."""
    names = {place.file_name for place in before}
    moved = names - {place.file_name for place in after}
    if moved:
        session.execute(
            delete(ExpectedPhoto).where(
                ExpectedPhoto.submission_id == submission_id, ExpectedPhoto.file_name.in_(sorted(moved))
            )
        )
    insert_all(
        session, ExpectedPhoto, [photo_row(submission_id, place) for place in after if place.file_name not in names]
    )
    for place in after:
        if place.file_name in names and place not in before:
            session.execute(
                update(ExpectedPhoto)
                .where(ExpectedPhoto.submission_id == submission_id, ExpectedPhoto.file_name == place.file_name)
                .values(**_columns(place))
            )
