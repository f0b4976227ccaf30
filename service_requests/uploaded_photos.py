"""What a photo that was uploaded on its own does: it is recorded, and the submissions that await it are told.

The submission went first and named the photo with its hash (`expected_photo.promised_sha256`); which file stands where
decides `photo_arrivals.py`, as for the files that come with a post.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, union, update
from sqlalchemy.orm import Session

from field_forms.library import FormLibrary
from field_forms.remarks import Remark
from field_forms.submission_xml import read_submission
from photos.known_photos import StoredFile, remember_stored
from photos.storage_errors import LOST
from photos.tables import Photo, PhotoUpload
from photos.uploads import COMPLETE, Upload, record_complete
from service_requests.broken_photos import sentence_of_failure
from service_requests.delivery_locks import lock_names
from service_requests.incoming import ArrivedPhoto, IncomingSubmission
from service_requests.interpretation import name_pictures, remark_columns
from service_requests.photo_arrivals import (
    AWAITED,
    PHOTO_REMARKS,
    RECEIVED,
    count_photos,
    expect_photos,
    photo_remarks,
)
from service_requests.photo_rows import known_photos, store_photos
from service_requests.submission_feed import tell_submissions
from service_requests.tables import ExpectedPhoto, Submission, SubmissionDocument
from sync.change_log import FeedChanges, write_feed


def lock_photos(session: Session, hashes: Sequence[str]) -> None:
    """Let nobody else say of these photos that they have come, or that they are awaited, until COMMIT.

    Without it a submission that names a photo and the last byte of that photo miss each other: neither sees the other
    before its own COMMIT, and the photo is awaited for ever. Whoever records submissions with promised photos takes
    this lock before `photos_held_by`; it comes first in the order of locks.
    """
    lock_names(session, [f"photo:{sha256}" for sha256 in hashes])


def photos_held_by(session: Session, team_id: UUID, hashes: Sequence[str]) -> set[str]:
    """Say which of these photos the team holds: it uploaded them, or a submission of its received them.

    What the storage has lost is held by nobody: it is asked for again.
    """
    uploaded = select(PhotoUpload.sha256).where(
        PhotoUpload.sha256.in_(hashes), PhotoUpload.team_id == team_id, PhotoUpload.state == COMPLETE
    )
    shown = (
        select(ExpectedPhoto.sha256)
        .join(Submission, Submission.id == ExpectedPhoto.submission_id)
        .where(ExpectedPhoto.sha256.in_(hashes), ExpectedPhoto.state == RECEIVED, Submission.team_id == team_id)
    )
    lost = select(Photo.sha256).where(Photo.sha256.in_(hashes), Photo.failure.in_(LOST))
    return set(session.scalars(union(uploaded, shown))) - set(session.scalars(lost)) - {None}


def bring_held_photos(session: Session, incoming: Sequence[IncomingSubmission]) -> Sequence[IncomingSubmission]:
    """Let promised photos that the sender's team holds already count as arrived."""
    hashes = sorted({promise.sha256 for item in incoming for promise in item.promised})
    if not hashes:
        return incoming
    lock_photos(session, hashes)
    teams = {item.actor.team_id for item in incoming if item.promised and item.actor.team_id}
    held = {team_id: photos_held_by(session, team_id, hashes) for team_id in sorted(teams, key=str)}
    known = select(Photo).where(Photo.sha256.in_(set[str]().union(*held.values())))
    photos = {photo.sha256: photo for photo in session.scalars(known)} if any(held.values()) else {}
    return [
        _with_held(item, photos, held[item.actor.team_id]) if item.actor.team_id in held else item for item in incoming
    ]


def _with_held(item: IncomingSubmission, photos: Mapping[str, Photo], held: Collection[str]) -> IncomingSubmission:
    here = {promise: photos[promise.sha256] for promise in item.promised if promise.sha256 in held}
    if not here:
        return item
    arrived = tuple(_arrived(promise.name, photo) for promise, photo in here.items())
    on_their_way = tuple(promise for promise in item.promised if promise not in here)
    return msgspec.structs.replace(item, photos=(*item.photos, *arrived), promised=on_their_way)


def record_uploaded(session: Session, forms: FormLibrary, upload: Upload, media_type: str, at: datetime) -> Upload:
    """Record that an upload is complete and its photo kept under its hash; tell who awaits it. The caller commits.

    Raises `NoUpload`, `WrongOffset` where somebody else was faster.
    """
    lock_photos(session, [upload.sha256])
    remember_stored(session, [StoredFile(upload.sha256, upload.byte_size, media_type, at)])
    complete = record_complete(session, upload)
    _tell(session, settle_uploaded(session, forms, upload.sha256, upload.team_id), at)
    return complete


def record_found(session: Session, forms: FormLibrary, file: StoredFile, at: datetime) -> None:
    """Record a photo that lies in the storage and was forgotten; tell who awaits it. The caller commits."""
    lock_photos(session, [file.sha256])
    remember_stored(session, [file])
    awaiting = (
        select(Submission.team_id)
        .join(ExpectedPhoto, ExpectedPhoto.submission_id == Submission.id)
        .where(ExpectedPhoto.promised_sha256 == file.sha256, ExpectedPhoto.state == AWAITED)
    )
    teams = sorted({team_id for team_id in session.scalars(awaiting) if team_id})
    settled = [one for team_id in teams for one in settle_uploaded(session, forms, file.sha256, team_id)]
    _tell(session, settled, at)


def awaited_of_held(session: Session, team_id: UUID, held: Collection[str]) -> list[str]:
    """Find those of the photos that the team holds which a submission of its still awaits.

    A photo that came with another post, by ODK Collect say, has settled nobody but that post.
    """
    if not held:
        return []
    awaited = (
        select(ExpectedPhoto.promised_sha256)
        .join(Submission, Submission.id == ExpectedPhoto.submission_id)
        .where(
            ExpectedPhoto.promised_sha256.in_(held), ExpectedPhoto.state == AWAITED, Submission.team_id == team_id
        )
    )  # fmt: skip
    return sorted({sha256 for sha256 in session.scalars(awaited) if sha256})


def settle_held(session: Session, forms: FormLibrary, team_id: UUID, hashes: Sequence[str], at: datetime) -> None:
    """Receive photos that the team holds in every submission of its that awaits them. The caller commits."""
    lock_photos(session, hashes)
    settled = {
        submission.id: submission
        for sha256 in hashes
        for submission in settle_uploaded(session, forms, sha256, team_id)
    }
    _tell(session, list(settled.values()), at)


def _tell(session: Session, settled: Sequence[Submission], at: datetime) -> None:
    feed = FeedChanges()
    tell_submissions(session, feed, [submission.id for submission in settled if submission.sent_by_device_id])
    write_feed(session, feed, at)


def settle_uploaded(session: Session, forms: FormLibrary, sha256: str, team_id: UUID) -> list[Submission]:
    """Receive a photo that is recorded in every submission of the team that awaits it; returns those, changed.

    Where it must be a picture and is none, it is refused there, and kept. The caller holds `lock_photos`.
    """
    promised = (ExpectedPhoto.promised_sha256 == sha256, ExpectedPhoto.state == AWAITED)
    awaiting = select(ExpectedPhoto.submission_id).where(*promised)
    # Locked in the same order as the intake does.
    submissions = session.scalars(
        select(Submission)
        .where(Submission.id.in_(awaiting), Submission.team_id == team_id)
        .order_by(Submission.instance_id)
        .with_for_update()
    ).all()
    for submission in submissions:
        names = session.scalars(
            select(ExpectedPhoto.file_name).where(ExpectedPhoto.submission_id == submission.id, *promised)
        )
        photo = session.get_one(Photo, sha256)
        _receive(session, forms, submission, [_arrived(name, photo) for name in names])
    return list(submissions)


def _arrived(file_name: str, photo: Photo) -> ArrivedPhoto:
    arrived = ArrivedPhoto(file_name, photo.byte_size, photo.sha256, photo.media_type)
    if photo.failure is None or not arrived.is_image:
        return arrived
    # It came before, and nobody will try to decode it anew.
    return ArrivedPhoto(file_name, photo.byte_size, photo.sha256, photo.media_type, sentence_of_failure(photo.failure))


def _receive(session: Session, forms: FormLibrary, submission: Submission, arrived: list[ArrivedPhoto]) -> None:
    before = known_photos(session, submission.id)
    are_images = all(photo.is_image for photo in arrived)
    pictures = frozenset() if are_images else _name_pictures(session, forms, submission)
    after = expect_photos({}, before, arrived, pictures=pictures)
    store_photos(session, submission.id, before, after)
    said_all = any(remark["code"] == "photo.missing" for remark in submission.remarks)
    remarks = [
        *(Remark(**remark) for remark in submission.remarks if not remark["code"].startswith(PHOTO_REMARKS)),
        *photo_remarks(after, is_complete=said_all),
    ]
    values = {**count_photos(after), **remark_columns(remarks, submission.review)}
    session.execute(update(Submission).where(Submission.id == submission.id).values(**values))


def _name_pictures(session: Session, forms: FormLibrary, submission: Submission) -> frozenset[str]:
    """Name the files that must be pictures; none while the form version is unknown, as everywhere."""
    version = forms.published(session, submission.form_id, submission.form_version)
    if version is None or submission.form_version_id is None:
        return frozenset()
    xml = session.get_one(SubmissionDocument, submission.id).xml
    return name_pictures(read_submission(xml), version)
