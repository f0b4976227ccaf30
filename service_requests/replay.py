"""Sending a quarantined submission through the intake again, once the reason for its refusal is gone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.submission_xml import UnreadableSubmission, read_submission
from foundation.errors import SahaError
from photos.tables import Photo
from service_requests.carrying_out import Sender, Work, carry_out
from service_requests.delivery_locks import lock_names, name_of_bytes, names_of
from service_requests.incoming import ArrivedPhoto, IncomingSubmission, PromisedPhoto, Refused
from service_requests.intake import receive_submissions
from service_requests.intake_run import IntakeKnowledge
from service_requests.operation_results import REJECTED, OperationResult, write_result
from service_requests.pushed_operations import (
    OperationUnreadable,
    PushedOperation,
    SubmissionPayload,
    WorkerUnknown,
    read_operation,
)
from service_requests.quarantine import OPEN, OPERATION, REPLAYED, NotInQuarantine
from service_requests.tables import Quarantine
from teams.sign_in import actor_of
from teams.tables import User


class Replayed(NamedTuple):
    """What it became: a submission, or a change of an entity (None)."""

    submission_id: UUID | None


class StillRefused(SahaError):
    """The reason for which it was refused still holds."""

    code = "quarantine.still_refused"


def replay(session: Session, knowledge: IntakeKnowledge, quarantine_id: UUID, at: datetime) -> Replayed | None:
    """Carry out what stands in quarantine as its sender's, repaired where it was; None when there is no such row.

    Another team's worker, or one whose account is closed, is no hindrance: a coordinator has looked at it.
    Raises `NotInQuarantine`, or `StillRefused` with the reason; the caller rolls back then.
    """
    row = session.get(Quarantine, quarantine_id)
    if row is None:
        return None
    given = row.repaired or row.xml
    operation = read_operation(given) if row.content == OPERATION else None
    # The names before the row, as the intake does; what is replayed could be arriving again in this very moment.
    lock_names(session, [name for xml in _xml_of(row, operation) for name in _names(xml)])
    session.refresh(row, with_for_update=True)
    if row.state != OPEN:
        raise NotInQuarantine
    if operation:
        became = _replay_operation(session, knowledge, row, operation, at)
        row.result = write_result(became)
        row.submission_id = became.submission_id
    else:
        row.submission_id = _replay_submission(session, knowledge, row, given, at)
    row.state = REPLAYED
    session.flush()
    return Replayed(row.submission_id)


def _xml_of(row: Quarantine, operation: PushedOperation | None) -> list[bytes]:
    """Name every XML that is received or could be repeated: the original as it came, too."""
    if operation is None:
        return [row.xml, *([row.repaired] if row.repaired else [])]
    payload = operation.payload
    return [payload.xml.encode()] if isinstance(payload, SubmissionPayload) else []


def _replay_submission(session: Session, knowledge: IntakeKnowledge, row: Quarantine, xml: bytes, at: datetime) -> UUID:
    if row.user_id is None:
        raise StillRefused("Bu kaydı kimin yaptığı bilinmiyor; işlenemez. Gerekçesiyle kapatın.", reason=row.reason)
    sender = session.get_one(User, row.user_id)
    photos, promised = _files(session, row)
    item = IncomingSubmission(
        xml, actor_of(sender), row.device_id, at, photos, sent_by_device_id=row.sent_by_device_id, promised=promised
    )
    [outcome] = receive_submissions(session, knowledge, [item])
    if isinstance(outcome, Refused):
        raise StillRefused(outcome.sentence, reason=outcome.code)
    return outcome.submission_id


def _replay_operation(
    session: Session, knowledge: IntakeKnowledge, row: Quarantine, operation: PushedOperation, at: datetime
) -> OperationResult:
    worker = session.get(User, operation.worker_id) if operation.worker_id else None
    if operation.payload is None or operation.id is None or row.sent_by_device_id is None or row.team_id is None:
        raise _still(OperationUnreadable())
    if worker is None:
        raise _still(WorkerUnknown())
    sender = Sender(row.sent_by_device_id, row.team_id, at, None)
    work = Work(0, operation.id, operation.at, operation.payload, actor_of(worker))

    def refuse(refused: Sequence[tuple[int, SahaError]]) -> dict[int, OperationResult]:
        raise _still(refused[0][1])

    result = carry_out(session, knowledge, sender, [work], refuse)[0]
    if result.status == REJECTED:
        raise StillRefused(result.sentence or "", reason=result.code)
    return result


def _still(refusal: SahaError) -> StillRefused:
    return StillRefused(refusal.sentence, reason=refusal.code)


def _files(session: Session, row: Quarantine) -> tuple[tuple[ArrivedPhoto, ...], tuple[PromisedPhoto, ...]]:
    """Return the files that came along, and those that a tablet of ours promised: only its team may hold these."""
    if row.sent_by_device_id:
        return (), tuple(PromisedPhoto(name, sha256, 0) for name, sha256 in row.photos.items())
    stored = session.scalars(select(Photo).where(Photo.sha256.in_(row.photos.values())))
    by_hash = {photo.sha256: photo for photo in stored}
    return tuple(
        ArrivedPhoto(name, by_hash[sha256].byte_size, sha256, by_hash[sha256].media_type)
        for name, sha256 in row.photos.items()
        if sha256 in by_hash
    ), ()


def _names(xml: bytes) -> list[str]:
    try:
        return names_of(read_submission(xml))
    except UnreadableSubmission:
        return [name_of_bytes(xml)]
