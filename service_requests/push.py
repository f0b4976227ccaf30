"""The push of a tablet with our own application: operations in, one result each, all in one transaction.

Read `receive_push` from top to bottom. Submissions go as one list into the intake (`intake.py`), changes of entities as
one list into `sync/entity_changes.py`; what is refused stands in quarantine. The sequence row comes last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.changing import ChangedRow
from foundation.clock import by_our_clock
from foundation.errors import SahaError
from foundation.insertion import rows_to_insert
from foundation.looking_up import RowsOf
from foundation.statements import Statement, send_together
from service_requests.carrying_out import Sender, Work, carry_out
from service_requests.incoming import NotStorable
from service_requests.intake_run import IntakeKnowledge
from service_requests.operation_results import OperationResult, later_result, read_result, rejected, write_result
from service_requests.pushed_operations import (
    OperationIdReused,
    OperationUnreadable,
    Push,
    PushedOperation,
    SubmissionPayload,
    WorkerUnknown,
    in_device_order,
)
from service_requests.quarantine import OPERATION, NewQuarantined, keep_refused
from service_requests.released_forms import tell_released_forms
from service_requests.tables import Quarantine
from sync.tables import Operation
from teams.devices import CallingDevice, DeviceRevoked
from teams.positions import note_presence
from teams.sign_in import actor_of
from teams.tables import Device, User
from teams.worker_sign_in import works_in

Results = dict[int, OperationResult]
# What `actor_of` and `works_in` read of somebody.
_OF_WORKER = ("id", "username", "display_name", "role", "team_id", "directorate_id", "is_active")


class _Known(NamedTuple):
    """What is known before: the tablet's highest number, operations answered, and workers, by id."""

    last_seq: int
    operations: Mapping[UUID, Any]
    workers: Mapping[UUID, Any]


class _Refused(NamedTuple):
    operation: PushedOperation
    refusal: SahaError


class _Sorted(NamedTuple):
    """The operations of a push: answered before, the same again within this push, and new."""

    results: Results
    repeats: dict[int, PushedOperation]
    reused: list[_Refused]
    fresh: list[PushedOperation]


def receive_push(
    session: Session, knowledge: IntakeKnowledge, device: CallingDevice, push: Push, at: datetime
) -> Results:
    """Carry out the operations of a push; returns results by place, true only once the caller has committed.

    Whatever the database refuses fails the whole: the caller then hands in parts, and what cannot be stored even alone
    to `keep_unstorable`.
    """
    known = _look_up(session, device.id, push.operations)
    if push.presence is not None:
        note_presence(session, device, push.presence, at, clock_offset=push.ahead(at))
    results, repeats, reused, fresh = _sort(session, in_device_order(push.operations), known.operations)
    works, refused = _attribute(device, fresh, known.workers)
    results |= _keep(session, device, [*reused, *refused], known.workers, at)
    sender = Sender(device.id, device.team_id, at, push.sent_at)
    by_place = {operation.place: operation for operation in fresh}

    def refuse(refused: Sequence[tuple[int, SahaError]]) -> Results:
        return _keep(
            session, device, [_Refused(by_place[place], refusal) for place, refusal in refused], known.workers, at
        )

    results |= carry_out(session, knowledge, sender, works, refuse)
    answered = _answered(device, fresh, results, at)
    # Both in one trip, for which the sequence row stays locked.
    send_together(session, *answered, ChangedRow(Device, device.id, _contact(push, known.last_seq, at)))
    for place, first in repeats.items():
        results[place] = msgspec.structs.replace(results[first.place], replayed=True)
    return results


def keep_unstorable(session: Session, device: CallingDevice, push: Push, at: datetime) -> Results:
    """Keep the one operation of a push that the database would not take; it would not at any resend either."""
    known = _look_up(session, device.id, push.operations)
    refused = [_Refused(operation, NotStorable()) for operation in push.operations]
    results = _keep(session, device, refused, known.workers, at)
    answered = _answered(device, push.operations, results, at)
    send_together(session, *answered, ChangedRow(Device, device.id, _contact(push, known.last_seq, at)))
    return results


def _look_up(session: Session, device_id: UUID, operations: Sequence[PushedOperation]) -> _Known:
    """Let one push of a tablet run at a time, also across processes; then, in the same trip, look up what is known."""
    workers = {operation.worker_id for operation in operations if operation.worker_id}
    ids = {operation.id for operation in operations if operation.id}
    locked, answered, found = send_together(
        session,
        RowsOf(Device, ("last_device_seq",), key="id", values=[device_id], lock=True),
        RowsOf(Operation, ("id", "payload_sha256", "result"), key="id", values=ids),
        RowsOf(User, _OF_WORKER, key="id", values=workers),
    )
    return _Known(locked[0].last_device_seq, {row.id: row for row in answered}, {worker.id: worker for worker in found})


def _sort(session: Session, operations: Sequence[PushedOperation], stored: Mapping[UUID, Any]) -> _Sorted:
    """Answer what was answered before, also to a tablet that was enrolled anew meanwhile; find reused ids."""
    sorted_ = _Sorted({}, {}, [], [])
    firsts: dict[UUID, PushedOperation] = {}
    for operation in operations:
        known = stored.get(operation.id) if operation.id else None
        first = firsts.setdefault(operation.id, operation) if operation.id else operation
        if known and known.payload_sha256 == operation.sha256:
            sorted_.results[operation.place] = msgspec.structs.replace(read_result(known.result), replayed=True)
        elif known or first.sha256 != operation.sha256:
            sorted_.reused.append(_Refused(operation, OperationIdReused()))
        elif first is not operation:
            sorted_.repeats[operation.place] = first
        else:
            sorted_.fresh.append(operation)
    _tell_replayed(session, sorted_.results)
    sorted_.results.update(tell_released_forms(session, sorted_.results))
    return sorted_


def _tell_replayed(session: Session, results: Results) -> None:
    """Put what a coordinator's replay made of it in the place of a stored refusal."""
    kept = {result.kept_as for result in results.values() if result.kept_as}
    if not kept:
        return
    rows = {row.id: row for row in session.scalars(select(Quarantine).where(Quarantine.id.in_(kept)))}
    for place, result in results.items():
        row = rows.get(result.kept_as) if result.kept_as else None
        results[place] = later_result(result, row.state, row.submission_id, row.result) if row else result


def _attribute(
    device: CallingDevice, fresh: Iterable[PushedOperation], users: Mapping[UUID, Any]
) -> tuple[list[Work], list[_Refused]]:
    """Find whose work each operation is, and which cannot be carried out."""
    works: list[Work] = []
    refused: list[_Refused] = []
    for operation in fresh:
        worker = users.get(operation.worker_id) if operation.worker_id else None
        if device.drains:
            refused.append(_Refused(operation, DeviceRevoked()))
        elif operation.payload is None or operation.id is None:
            refused.append(_Refused(operation, OperationUnreadable()))
        elif worker is None or not works_in(worker, device.team_id):
            refused.append(_Refused(operation, WorkerUnknown()))
        else:
            works.append(Work(operation.place, operation.id, operation.at, operation.payload, actor_of(worker)))
    return works, refused


def _keep(
    session: Session, device: CallingDevice, refused: Sequence[_Refused], users: Mapping[UUID, Any], at: datetime
) -> Results:
    """Put refused operations into quarantine."""
    if not refused:
        return {}
    given = [(_quarantined(device, one.operation, users, at), one.refusal) for one in refused]
    kept = keep_refused(session, given)
    results = {}
    for (operation, refusal), row in zip(refused, kept, strict=True):
        result = rejected(operation.given_id, refusal, row.id)
        results[operation.place] = later_result(result, row.state, row.submission_id, row.result)
    return results


def _quarantined(
    device: CallingDevice, operation: PushedOperation, users: Mapping[UUID, Any], at: datetime
) -> NewQuarantined:
    worker = users.get(operation.worker_id) if operation.worker_id else None
    payload = operation.payload
    promised = payload.photos if isinstance(payload, SubmissionPayload) else ()
    return NewQuarantined(
        content=OPERATION,
        given=operation.raw,
        received_at=at,
        user_id=worker.id if worker else None,
        team_id=device.team_id,
        device_id=str(device.id),
        sent_by_device_id=device.id,
        photos={promise.name: promise.sha256 for promise in promised},
    )


def _answered(
    device: CallingDevice, fresh: Iterable[PushedOperation], results: Results, at: datetime
) -> list[Statement]:
    """Make the statement that stores what each operation was answered, so that its repeat gets the same."""
    rows = [
        {
            "id": operation.id,
            "device_id": device.id,
            "device_seq": operation.device_seq,
            "payload_sha256": operation.sha256,
            "received_at": at,
            "result": write_result(results[operation.place]),
        }
        for operation in fresh
        if operation.id
    ]
    return rows_to_insert(Operation, sorted(rows, key=lambda row: str(row["id"])))


def _contact(push: Push, last_seq: int, at: datetime) -> dict[str, Any]:
    """Return what the tablet tells of itself, for the coordinator who looks for unsent work."""
    offset_s = round(push.ahead(at).total_seconds())
    oldest = by_our_clock(push.oldest_left_at, push.ahead(at)) if push.oldest_left_at else None
    values: dict[str, Any] = {
        "last_contact_at": at,
        "last_device_seq": max([last_seq, *(operation.device_seq for operation in push.operations)]),
        "unsent_count": push.left_count,
        "oldest_unsent_at": min(oldest, at) if oldest else None,
        "clock_offset_s": min(max(offset_s, -(2**31)), 2**31 - 1),
    }
    return values | ({"app_version": push.app_version} if push.app_version else {})
