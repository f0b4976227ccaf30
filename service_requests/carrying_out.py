"""Carrying out operations that are attributed: the part of a push that a coordinator's replay goes through as well."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from foundation.clock import by_our_clock
from foundation.errors import SahaError
from service_requests.carried_refusals import ChangeRefused
from service_requests.entity_work import PlacedChange
from service_requests.incoming import IncomingSubmission
from service_requests.intake import record_submissions
from service_requests.intake_run import IntakeKnowledge, apply_declared, number_and_tell
from service_requests.operation_results import OperationResult, change_result, submission_result
from service_requests.pushed_operations import CreatePayload, Payload, SubmissionPayload, UpdatePayload
from sync.field_changes import FieldChange
from teams.permissions import Actor

REFUSED = "refused"
# A clock further off than this says no more than one that is this far off, and could not be reckoned with.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


# Answers changes that are refused, given by place; may raise.
Refuse = Callable[[Sequence[tuple[int, SahaError]]], dict[int, OperationResult]]


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
    session: Session, knowledge: IntakeKnowledge, sender: Sender, works: Sequence[Work], refuse: Refuse
) -> dict[int, OperationResult]:
    """Carry out operations, given in the order of the tablet's count; returns results by place.

    A form and a change of the same entity stay in that order, although each kind is one list. `refuse` answers changes
    that are not taken; what is refused of the forms, the intake keeps itself.
    """
    if not works:
        return {}
    forms: list[Work] = []
    incoming: list[IncomingSubmission] = []
    changing: list[Work] = []
    changes: list[PlacedChange] = []
    for work in works:
        if isinstance(work.payload, SubmissionPayload):
            forms.append(work)
            incoming.append(_incoming(sender, work, work.payload))
        else:
            changing.append(work)
            changes.append(PlacedChange(len(forms), _change(sender, work, work.payload)))
    line = record_submissions(session, knowledge, incoming)
    outcomes = list(zip(changing, apply_declared(line, sender.received_at, changes), strict=True))
    refused = [(work.place, ChangeRefused(outcome)) for work, outcome in outcomes if outcome.status == REFUSED]
    results = refuse(refused) if refused else {}
    number_and_tell(line, sender.received_at)
    for place, work in enumerate(forms):
        results[work.place] = submission_result(
            work.operation_id, line.outcomes[place], line.changed.get(place, ()), line.sequences
        )
    for work, outcome in outcomes:
        if outcome.status != REFUSED and not isinstance(work.payload, SubmissionPayload):
            sequence = line.sequences.get((work.payload.kind, work.payload.entity_id))
            results[work.place] = change_result(work.operation_id, outcome, sequence)
    return results


def _change(sender: Sender, work: Work, payload: CreatePayload | UpdatePayload) -> FieldChange:
    creates = isinstance(payload, CreatePayload)
    return FieldChange(
        kind=payload.kind,
        entity_id=payload.entity_id,
        values=payload.fields,
        user_id=work.actor.user_id,
        team_id=work.actor.team_id,
        device_id=str(sender.device_id),
        source="operation",
        source_id=work.operation_id,
        at=sender.received_at,
        device_time=_entered_at(sender, work),
        creates=creates,
        base_version=None if isinstance(payload, CreatePayload) else payload.base_version,
        trunk_version=None if isinstance(payload, CreatePayload) else payload.trunk_version,
        branch_id=payload.branch_id,
    )


def _entered_at(sender: Sender, work: Work) -> datetime | None:
    """Say when it was done: what the tablet's clock was off as it sent, it is taken to have been off then.

    At the latest when it came; None where that is not told or beyond the calendar.
    """
    ahead = sender.device_time - sender.received_at if sender.device_time else timedelta()
    entered_at = by_our_clock(work.at, ahead) if work.at else None
    return min(entered_at, sender.received_at) if entered_at else None


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
