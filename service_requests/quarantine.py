"""What is refused is kept: the bytes, who sent them, why, and the photos that came along.

Idempotent: the same bytes of the same sender are the same row and get the same answer, however often a tablet repeats
them; once a coordinator has replayed it (`replay.py`), that is the answer, also where the bytes had to be repaired.
Otherwise it is closed with a reason.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.submission_xml import SubmissionXml
from foundation.errors import SahaError
from foundation.identifiers import uuid7
from foundation.insertion import insert_new
from service_requests.incoming import IncomingSubmission, Outcome, Received, Refused
from service_requests.tables import Quarantine

SUBMISSION, OPERATION = "submission", "operation"
OPEN, REPLAYED, CLOSED = "open", "replayed", "closed"


class NotInQuarantine(SahaError):
    """It is already replayed or closed."""

    code = "quarantine.not_open"

    def __init__(self) -> None:
        super().__init__("Bu kayıt artık karantinada değil; daha önce işlenmiş ya da kapatılmış.")


class NewQuarantined(msgspec.Struct, frozen=True, kw_only=True):
    """Something refused. `given` are its bytes: the XML of a submission, or the JSON of an operation (`content`)."""

    content: str
    given: bytes
    received_at: datetime
    user_id: UUID | None
    team_id: UUID | None
    device_id: str
    sent_by_device_id: UUID | None = None
    form_id: str | None = None
    instance_id: str | None = None
    photos: dict[str, str] = {}

    def fingerprint(self) -> str:
        """Tell it from everything else: a submission by its sender, an operation by its tablet."""
        if self.content == OPERATION and self.sent_by_device_id:
            return hashlib.sha256(b"operation" + self.sent_by_device_id.bytes + self.given).hexdigest()
        sender = self.user_id.bytes if self.user_id else b""
        return hashlib.sha256(sender + self.given).hexdigest()


class Kept(NamedTuple):
    """The row that something refused is kept as, and what has become of it: `result` is a replayed operation's."""

    id: UUID
    state: str
    submission_id: UUID | None
    result: str | None


def quarantine(session: Session, item: IncomingSubmission, refusal: SahaError, xml: SubmissionXml | None) -> Outcome:
    """Keep a refused submission and say so; or say what it became, where a coordinator has replayed it."""
    arrived = {photo.file_name[:255]: photo.sha256 for photo in item.photos if photo.sha256}
    given = NewQuarantined(
        content=SUBMISSION,
        given=item.xml,
        received_at=item.received_at,
        user_id=item.actor.user_id,
        team_id=item.actor.team_id,
        device_id=item.device_id[:200],
        sent_by_device_id=item.sent_by_device_id,
        form_id=xml.form_id if xml else None,
        instance_id=xml.instance_id if xml else None,
        photos={**{promise.name: promise.sha256 for promise in item.promised}, **arrived},
    )
    [kept] = keep_refused(session, [(given, refusal)])
    if kept.state == REPLAYED and kept.submission_id:
        return Received(kept.submission_id, is_new=False)
    return Refused(refusal.code, refusal.sentence, kept.id)


def keep_refused(session: Session, refused: Sequence[tuple[NewQuarantined, SahaError]]) -> list[Kept]:
    """Keep what is refused, with the reason; returns for each the row it is kept as, in order."""
    fingerprints = [given.fingerprint() for given, _ in refused]
    times = Counter(fingerprints)
    latest = dict(zip(fingerprints, refused, strict=True))
    rows = {
        fingerprint: _row(given, refusal) | {"fingerprint": fingerprint, "times_seen": times[fingerprint]}
        for fingerprint, (given, refusal) in latest.items()
    }
    new = insert_new(session, Quarantine, [rows[fingerprint] for fingerprint in sorted(rows)], key="fingerprint")
    kept = {fingerprint: Kept(rows[fingerprint]["id"], OPEN, None, None) for fingerprint in new}
    before = select(Quarantine).where(Quarantine.fingerprint.in_(rows.keys() - new)).order_by(Quarantine.fingerprint)
    for row in session.scalars(before.with_for_update()) if len(new) < len(rows) else ():
        given, refusal = latest[row.fingerprint]
        row.times_seen += times[row.fingerprint]
        row.last_seen_at = given.received_at
        row.photos = {**row.photos, **given.photos}
        if row.state != REPLAYED:
            row.reason, row.sentence = refusal.code, refusal.sentence[:400]
        kept[row.fingerprint] = Kept(row.id, row.state, row.submission_id, row.result)
    session.flush()
    return [kept[fingerprint] for fingerprint in fingerprints]


def _row(given: NewQuarantined, refusal: SahaError) -> dict[str, Any]:
    return {
        "id": uuid7(given.received_at),
        "content": given.content,
        "received_at": given.received_at,
        "last_seen_at": given.received_at,
        "reason": refusal.code,
        "sentence": refusal.sentence[:400],
        "user_id": given.user_id,
        "team_id": given.team_id,
        "device_id": given.device_id,
        "sent_by_device_id": given.sent_by_device_id,
        "form_id": given.form_id,
        "instance_id": given.instance_id,
        "xml": given.given,
        "photos": given.photos,
        "state": OPEN,
    }
