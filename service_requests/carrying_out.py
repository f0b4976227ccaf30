"""Carrying out operations that are attributed: the part of a push that a coordinator's replay goes through as well."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from service_requests.incoming import IncomingSubmission
from service_requests.intake import IntakeKnowledge, number_and_tell, record_submissions
from service_requests.operation_results import OperationResult, submission_result
from service_requests.pushed_operations import Payload, SubmissionPayload
from service_requests.submission_feed import KIND
from teams.permissions import Actor

# A clock further off than this says no more than one that is this far off, and could not be reckoned with.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


class Sender(NamedTuple):
    """The tablet that sent, when that arrived, and what its clock said then."""

    device_id: UUID
    team_id: UUID
    received_at: datetime
    device_time: datetime | None


class Work(NamedTuple):
    """One operation that can be carried out, and whose work it is."""

    place: int
    operation_id: UUID
    at: datetime | None
    payload: Payload
    actor: Actor


def carry_out(
    session: Session, knowledge: IntakeKnowledge, sender: Sender, works: Sequence[Work]
) -> dict[int, OperationResult]:
    """Carry out operations, given in the order of the tablet's count; returns results by place."""
    if not works:
        return {}
    forms = [(work, work.payload) for work in works if isinstance(work.payload, SubmissionPayload)]
    line = record_submissions(session, knowledge, [_incoming(sender, work, payload) for work, payload in forms])
    number_and_tell(line, sender.received_at)
    results = {}
    for position, (work, _) in enumerate(forms):
        outcome = line.outcomes[position]
        sequence = line.sequences.get((KIND, outcome.submission_id)) if hasattr(outcome, "submission_id") else None
        results[work.place] = submission_result(work.operation_id, outcome, sequence)
    return results


def _incoming(sender: Sender, work: Work, payload: SubmissionPayload) -> IncomingSubmission:
    clock = sender.device_time
    return IncomingSubmission(
        xml=payload.xml.encode(),
        actor=work.actor,
        device_id=str(sender.device_id),
        received_at=sender.received_at,
        device_time=min(max(clock, _EARLIEST), _LATEST) if clock else None,
        sent_by_device_id=sender.device_id,
        promised=payload.photos,
    )
