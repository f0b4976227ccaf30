"""What a returned submission says, for its author's tablet to open it again: the XML as it came, and its files.

Only for the tablet that sent it, while it is returned and the tablet is in the team it was sent for. The feed
(`submission_feed.py`) says that there is something to open.
"""

from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from photos.tables import Photo
from service_requests.submission_feed import RETURNED
from service_requests.tables import ExpectedPhoto, Submission, SubmissionDocument
from teams.devices import CallingDevice


class ReturnedFile(msgspec.Struct, frozen=True):
    """A file that the answers name; `is_here` is False while the tablet has not sent it."""

    name: str
    sha256: str
    media_type: str
    is_here: bool


class ReturnedAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to open a submission once more; `form_version_id` is None while its version is unknown."""

    worker_id: UUID
    form_version_id: UUID | None
    xml: str
    target_id: UUID | None
    assignment_id: UUID | None
    photos: list[ReturnedFile]


def returned_answers(session: Session, device: CallingDevice, submission_id: UUID) -> ReturnedAnswers | None:
    """Read a returned submission; None where this tablet has none of that id to open."""
    submission = session.scalars(
        select(Submission).where(
            Submission.id == submission_id,
            Submission.sent_by_device_id == device.id,
            Submission.team_id == device.team_id,
            Submission.review == RETURNED,
            Submission.superseded_by_id.is_(None),
        )
    ).one_or_none()
    if submission is None:
        return None
    return ReturnedAnswers(
        worker_id=submission.user_id,
        form_version_id=submission.form_version_id,
        xml=session.get_one(SubmissionDocument, submission_id).xml.decode(),
        target_id=submission.target_id,
        assignment_id=submission.assignment_id,
        photos=_files(session, submission_id),
    )


def _files(session: Session, submission_id: UUID) -> list[ReturnedFile]:
    sha256 = func.coalesce(ExpectedPhoto.sha256, ExpectedPhoto.promised_sha256)
    rows = session.execute(
        select(ExpectedPhoto.file_name, sha256, ExpectedPhoto.sha256.is_not(None), Photo.media_type)
        .outerjoin(Photo, Photo.sha256 == ExpectedPhoto.sha256)
        .where(ExpectedPhoto.submission_id == submission_id, sha256.is_not(None))
        .order_by(ExpectedPhoto.file_name)
    )
    return [ReturnedFile(name, hashed, media_type or "", bool(is_here)) for name, hashed, is_here, media_type in rows]
