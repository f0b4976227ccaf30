"""Resumable uploads as they stand in the database: how far each is, and which stretches of it count.

A function that changes one takes the upload as its caller saw it and refuses (`WrongOffset`) where somebody else was
faster: bytes are stored before, without any lock, and what was stored in vain is nobody's. The bytes themselves:
`stretches.py`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from photos.tables import PhotoUpload
from photos.upload_problems import NoUpload, TooManyUploads, WrongOffset
from teams.devices import CallingDevice

OPEN, COMPLETE = "open", "complete"
LASTS_FOR = timedelta(days=7)
MOST_OPEN_UPLOADS = 200


class Stretch(msgspec.Struct, frozen=True):
    """A run of bytes: the name it is stored under, its size, and what it hashes to."""

    name: str
    byte_size: int
    sha256: str


class Upload(msgspec.Struct, frozen=True):
    """One upload as it was when it was read; one that is not recorded has not been answered to anybody."""

    id: UUID
    device_id: UUID
    team_id: UUID
    sha256: str
    byte_size: int
    created_at: datetime
    expires_at: datetime
    received: int = 0
    stretches: tuple[Stretch, ...] = ()
    is_complete: bool = False
    is_recorded: bool = True


def begin_upload(device: CallingDevice, sha256: str, byte_size: int, at: datetime) -> Upload:
    """Make an upload that nobody knows of yet."""
    return Upload(uuid7(at), device.id, device.team_id, sha256, byte_size, at, at + LASTS_FOR, is_recorded=False)


def find_upload(session: Session, device_id: UUID, upload_id: UUID, at: datetime) -> Upload:
    """Find a tablet's own upload. Raises `NoUpload` where it is unknown, another tablet's, or has ended."""
    row = session.get(PhotoUpload, upload_id)
    if row is None or row.device_id != device_id or (row.state == OPEN and row.expires_at <= at):
        raise NoUpload
    return _upload_of(row)


def find_open_uploads(session: Session, device_id: UUID, hashes: Sequence[str], at: datetime) -> dict[str, UUID]:
    """Name, of each hash that this tablet has under way, the upload that is furthest."""
    under_way = (
        select(PhotoUpload.sha256, PhotoUpload.id)
        .where(
            PhotoUpload.device_id == device_id,
            PhotoUpload.sha256.in_(hashes),
            PhotoUpload.state == OPEN,
            PhotoUpload.expires_at > at,
        )
        .order_by(PhotoUpload.received, PhotoUpload.id)
    )
    # Of several uploads of one photo the last in this order stays.
    return {row.sha256: row.id for row in session.execute(under_way)}


def record_bytes(
    session: Session, upload: Upload, stretches: Sequence[Stretch], at: datetime
) -> Upload:  # fmt: skip
    """Record what is durable now; 7 days begin anew.

    Raises `NoUpload`, `WrongOffset`, and `TooManyUploads` where the upload is new.
    """
    received = sum(stretch.byte_size for stretch in stretches)
    if upload.is_recorded:
        row = _lock(session, upload)
    else:
        _refuse_too_many(session, upload.device_id, at)
        row = _add(session, upload)
    row.received = received
    row.pieces = _written(stretches)
    row.expires_at = at + LASTS_FOR
    session.flush()
    return _upload_of(row)


def record_complete(session: Session, upload: Upload) -> Upload:
    """Record that all bytes are there, hash to what was announced and are kept. Raises `NoUpload`, `WrongOffset`."""
    row = _lock(session, upload) if upload.is_recorded else _add(session, upload)
    row.received = row.byte_size
    row.pieces = {}
    row.state = COMPLETE
    session.flush()
    return _upload_of(row)


def go_back(session: Session, upload: Upload, start: int) -> Upload:
    """Forget the bytes from `start` on, because they were lost. Raises `NoUpload`, `WrongOffset`."""
    row = _lock(session, upload)
    staying, received = [], 0
    for stretch in upload.stretches:
        if received < start:
            staying.append(stretch)
            received += stretch.byte_size
    row.received = received
    row.pieces = _written(staying)
    session.flush()
    return _upload_of(row)


def end_upload(session: Session, upload: Upload) -> None:
    """Remove the row, as it was seen. Raises `NoUpload`, `WrongOffset`."""
    if upload.is_recorded:
        session.delete(_lock(session, upload))
        session.flush()


def end_expired(session: Session, at: datetime, *, limit: int) -> list[Stretch]:
    """End up to `limit` open uploads whose time is over; returns their stretches."""
    expired = (
        select(PhotoUpload.id)
        .where(PhotoUpload.state == OPEN, PhotoUpload.expires_at <= at)
        .order_by(PhotoUpload.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ended = session.scalars(
        delete(PhotoUpload)
        .where(PhotoUpload.id.in_(session.scalars(expired).all()))
        .returning(PhotoUpload.pieces)
        .execution_options(synchronize_session=False)
    )
    return [stretch for pieces in ended for stretch in _read_stretches(pieces)]


def names_in_use(session: Session, upload_ids: Sequence[UUID]) -> set[str]:
    """Name the stretches that count for these uploads."""
    rows = session.scalars(select(PhotoUpload.pieces).where(PhotoUpload.id.in_(upload_ids)))
    return {stretch.name for pieces in rows for stretch in _read_stretches(pieces)}


def _lock(session: Session, upload: Upload) -> PhotoUpload:
    row = session.get(PhotoUpload, upload.id, with_for_update=True)
    if row is None:
        raise NoUpload
    if row.received != upload.received or (row.state == COMPLETE) != upload.is_complete:
        raise WrongOffset(row.received)
    return row


def _refuse_too_many(session: Session, device_id: UUID, at: datetime) -> None:
    of_device = (PhotoUpload.device_id == device_id, PhotoUpload.state == OPEN, PhotoUpload.expires_at > at)
    count = session.scalar(select(func.count()).select_from(PhotoUpload).where(*of_device))
    if count is not None and count >= MOST_OPEN_UPLOADS:
        raise TooManyUploads


def _add(session: Session, upload: Upload) -> PhotoUpload:
    row = PhotoUpload(
        id=upload.id, device_id=upload.device_id, team_id=upload.team_id, sha256=upload.sha256,
        byte_size=upload.byte_size, received=0, pieces={}, state=OPEN, created_at=upload.created_at,
        expires_at=upload.expires_at,
    )  # fmt: skip
    session.add(row)
    return row


def _upload_of(row: PhotoUpload) -> Upload:
    return Upload(
        row.id, row.device_id, row.team_id, row.sha256, row.byte_size, row.created_at, row.expires_at, row.received,
        tuple(_read_stretches(row.pieces)), is_complete=row.state == COMPLETE,
    )  # fmt: skip


def _written(stretches: Sequence[Stretch]) -> dict[str, object]:
    return {"stretches": msgspec.to_builtins(stretches)}


def _read_stretches(pieces: dict[str, object]) -> list[Stretch]:
    return msgspec.convert(pieces.get("stretches", []), list[Stretch])
