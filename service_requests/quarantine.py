"""What is refused is kept: the bytes, who sent them, why, and the photos that came along.

Idempotent: the same bytes of the same sender are the same row and get the same answer, however often a tablet repeats
them. A coordinator replays it (`replay.py`) or closes it with a reason.
"""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.submission_xml import SubmissionXml
from foundation.errors import SahaError
from foundation.identifiers import uuid7
from foundation.insertion import insert_new
from service_requests.incoming import IncomingSubmission, Refused
from service_requests.tables import Quarantine


class NotInQuarantine(SahaError):
    """It is already replayed or closed."""

    code = "quarantine.not_open"

    def __init__(self) -> None:
        super().__init__("Bu kayıt artık karantinada değil; daha önce işlenmiş ya da kapatılmış.")


def quarantine(session: Session, item: IncomingSubmission, refusal: SahaError, xml: SubmissionXml | None) -> Refused:
    """Keep a refused submission and say so."""
    fingerprint = hashlib.sha256(item.actor.user_id.bytes + item.xml).hexdigest()
    photos = {photo.file_name[:255]: photo.sha256 for photo in item.photos if photo.sha256}
    row = {
        "id": uuid7(item.received_at),
        "fingerprint": fingerprint,
        "received_at": item.received_at,
        "last_seen_at": item.received_at,
        "reason": refusal.code,
        "sentence": refusal.sentence[:400],
        "user_id": item.actor.user_id,
        "team_id": item.actor.team_id,
        "device_id": item.device_id[:200],
        "form_id": xml.form_id if xml else None,
        "instance_id": xml.instance_id if xml else None,
        "xml": item.xml,
        "photos": photos,
        "times_seen": 1,
        "state": "open",
    }
    is_new = bool(insert_new(session, Quarantine, [row], key="fingerprint"))
    kept = session.scalars(select(Quarantine).where(Quarantine.fingerprint == fingerprint).with_for_update()).one()
    if not is_new:
        kept.times_seen += 1
        kept.last_seen_at = item.received_at
        kept.reason, kept.sentence = refusal.code, refusal.sentence[:400]
        kept.photos = {**kept.photos, **photos}
        session.flush()
    return Refused(refusal.code, refusal.sentence, kept.id)
