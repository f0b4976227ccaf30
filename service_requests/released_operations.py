"""What becomes of operations that were held: whoever repeats one is told, and nothing of them may vanish.

A form's change is a remark on its form (`flagging_changes.py`). An operation was answered "held" and is gone from its
tablet by now; where it could not be applied when its time came, it goes to quarantine as it would have at the start.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_requests.carried_refusals import ChangeRefused
from service_requests.operation_results import (
    HELD,
    OperationResult,
    change_result,
    read_result,
    rejected,
    write_result,
)
from service_requests.quarantine import OPERATION, NewQuarantined, keep_refused
from service_requests.tables import Quarantine
from sync.field_changes import FieldChange, ReleasedChange
from sync.tables import Operation

REFUSED = "refused"


def settle_released_operations(session: Session, released: Collection[ReleasedChange]) -> None:
    """Put released operations that were refused into quarantine; answer repeats with what each became."""
    became: dict[UUID, OperationResult] = {}
    refused: list[tuple[UUID, NewQuarantined, ChangeRefused]] = []
    for one in released:
        change, outcome = one.change, one.outcome
        if change.source != "operation" or change.source_id is None:
            continue
        if outcome.status == REFUSED:
            refused.append((change.source_id, _as_operation(change), ChangeRefused(outcome)))
        else:
            became[change.source_id] = change_result(change.source_id, outcome, None)
    kept = keep_refused(session, [(given, refusal) for _, given, refusal in refused]) if refused else []
    for (operation_id, _, refusal), row in zip(refused, kept, strict=True):
        became[operation_id] = rejected(str(operation_id), refusal, row.id)
    _answer(session, became)


def _answer(session: Session, became: Mapping[UUID, OperationResult]) -> None:
    """Store what a repeat is answered, in the place of "held"; of a replayed operation that stands in quarantine."""
    operations = session.scalars(select(Operation).where(Operation.id.in_(became))) if became else ()
    for operation in operations:
        answered, now = read_result(operation.result), write_result(became[operation.id])
        if answered.status == HELD:
            operation.result = now
        elif answered.kept_as and (replayed := session.get(Quarantine, answered.kept_as)):
            replayed.result = now
    session.flush()


def _as_operation(change: FieldChange) -> NewQuarantined:
    """Write the change as the operation that it was."""
    payload = {
        "kind": change.kind, "entity_id": change.entity_id, "base_version": change.base_version,
        "trunk_version": change.trunk_version, "branch_id": change.branch_id, "fields": change.values,
    }  # fmt: skip
    operation = {
        "id": change.source_id, "device_seq": 0, "kind": "update", "worker_id": change.user_id,
        "at": change.device_time or change.at, "payload": payload,
    }  # fmt: skip
    return NewQuarantined(
        content=OPERATION,
        given=msgspec.json.encode(operation),
        received_at=change.at,
        user_id=change.user_id,
        team_id=change.team_id,
        device_id=change.device_id,
    )
