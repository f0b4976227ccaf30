"""Sending a quarantined submission through the intake again, once the reason for its refusal is gone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.submission_xml import UnreadableSubmission, read_submission
from foundation.errors import SahaError
from photos.tables import Photo
from service_requests.delivery_locks import lock_names, name_of_bytes, names_of
from service_requests.incoming import ArrivedPhoto, IncomingSubmission, Refused
from service_requests.intake import IntakeKnowledge, receive_submissions
from service_requests.quarantine import NotInQuarantine
from service_requests.tables import Quarantine
from teams.sign_in import actor_of
from teams.tables import User


class StillRefused(SahaError):
    """The reason for which it was refused still holds."""

    code = "quarantine.still_refused"


def replay(session: Session, knowledge: IntakeKnowledge, quarantine_id: UUID, at: datetime) -> UUID | None:
    """Receive a quarantined submission as its sender's; returns the submission's id, None when there is no such row.

    Raises `NotInQuarantine`, or `StillRefused` with the reason; the caller rolls back then.
    """
    row = session.get(Quarantine, quarantine_id)
    if row is None:
        return None
    # The names before the row, as the intake does; what is replayed could be arriving again in this very moment.
    lock_names(session, _names(row.xml))
    session.refresh(row, with_for_update=True)
    if row.state != "open":
        raise NotInQuarantine
    if row.user_id is None:
        raise StillRefused("Bu kaydı kimin yaptığı bilinmiyor; işlenemez. Gerekçesiyle kapatın.", reason=row.reason)
    sender = session.get_one(User, row.user_id)
    stored = session.scalars(select(Photo).where(Photo.sha256.in_(row.photos.values())))
    by_hash = {photo.sha256: photo for photo in stored}
    photos = tuple(
        ArrivedPhoto(name, by_hash[sha256].byte_size, sha256, by_hash[sha256].media_type)
        for name, sha256 in row.photos.items()
        if sha256 in by_hash
    )
    item = IncomingSubmission(row.xml, actor_of(sender), row.device_id, at, photos)
    [outcome] = receive_submissions(session, knowledge, [item])
    if isinstance(outcome, Refused):
        raise StillRefused(outcome.sentence, reason=outcome.code)
    row.state, row.submission_id = "replayed", outcome.submission_id
    session.flush()
    return outcome.submission_id


def _names(xml: bytes) -> list[str]:
    try:
        return names_of(read_submission(xml))
    except UnreadableSubmission:
        return [name_of_bytes(xml)]
