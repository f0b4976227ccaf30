"""What a form became whose changes of entities had to wait: whoever repeats its operation is told how they stand now.

Read from the changes themselves at each repeat, so that it does not matter when and by what they were let go.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_requests.operation_results import HELD, OperationResult, gravest_status
from sync.entity_records import read_past
from sync.field_changes import FieldConflict
from sync.merging import Edit, PastChange, is_own, last_setter
from sync.tables import EntityChange, HeldChange


def tell_released_forms(session: Session, results: Mapping[int, OperationResult]) -> dict[int, OperationResult]:
    """Return the results of forms that were held and are no longer, by place, as they are now."""
    held = {place: one for place, one in results.items() if one.status == HELD and one.submission_id}
    if not held:
        return {}
    ids = {one.submission_id for one in held.values()}
    waiting = set(session.scalars(select(HeldChange.source_id).where(HeldChange.source_id.in_(ids))))
    entities = set(session.scalars(select(EntityChange.entity_id).where(EntityChange.source_id.in_(ids))))
    past = read_past(session, entities)
    return {place: _told(one, past) for place, one in held.items() if one.submission_id not in waiting}


def _told(result: OperationResult, past: Mapping[UUID, Sequence[PastChange]]) -> OperationResult:
    statuses: set[str] = set()
    conflicts: list[FieldConflict] = []
    for changes in past.values():
        for change in changes:
            if change.source_id == result.submission_id:
                statuses.add(_status(change, changes))
                conflicts += [FieldConflict(field, _standing(field, changes)) for field in change.in_conflict]
    return msgspec.structs.replace(result, status=gravest_status(statuses), conflicts=tuple(conflicts))


def _status(change: PastChange, past: Sequence[PastChange]) -> str:
    if change.in_conflict:
        return "conflict"
    writer = Edit({}, branch_id=change.branch_id, device_id=change.device_id)
    since = (one for one in past if change.trunk < one.version < change.version)
    return "merged" if any(one.values and not is_own(one, writer) for one in since) else "applied"


def _standing(field: str, past: Sequence[PastChange]) -> str:
    setter = last_setter(field, past)
    return setter.values[field] if setter else ""
