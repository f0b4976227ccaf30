"""Keeping operations that were held and could not be applied when their time came: nothing of them may vanish.

A form's change is a remark on its form (`flagging_changes.py`). An operation was answered "held" and is gone from its
tablet by now, so it goes to quarantine as it would have at the start.
"""

from collections.abc import Collection

import msgspec
from sqlalchemy.orm import Session

from service_requests.carried_refusals import ChangeRefused
from service_requests.quarantine import OPERATION, NewQuarantined, keep_refused
from sync.field_changes import FieldChange, ReleasedChange


def keep_refused_operations(session: Session, released: Collection[ReleasedChange]) -> None:
    """Put the released changes of operations that were refused into quarantine, to be repaired and replayed."""
    refused = [
        one for one in released if one.outcome.status == "refused" and one.change.source == "operation"
    ]  # fmt: skip
    if refused:
        keep_refused(session, [(_as_operation(one.change), ChangeRefused(one.outcome)) for one in refused])


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
