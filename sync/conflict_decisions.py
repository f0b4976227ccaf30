"""A person's decision of a conflict: the standing value or the other one; a decision can be undone.

Taking the other value is a change like any other, made on the knowledge of the newest version. Undoing it is one, too,
made on the knowledge of the decision: where somebody has changed the field since, the newer value stands and the value
that the decision replaced becomes a conflict of its own, so that all three are before the coordinator.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from sync.agreements import FOLLOWED
from sync.change_log import FeedChanges
from sync.entity_changes import ChangeOutcome, FieldChange, apply_changes
from sync.entity_kinds import EntityKind
from sync.entity_records import read_past
from sync.merging import last_setter
from sync.tables import EntityConflict

Choice = Literal["standing", "other"]
OPEN, KEPT, TAKEN = "open", "kept", "taken"
_BY_PERSONS = (KEPT, TAKEN)


class ConflictNotOpen(SahaError):
    """Somebody has decided it already."""

    code = "conflict.not_open"

    def __init__(self) -> None:
        super().__init__("Bu çelişkiye az önce karar verilmiş. Listeyi yenileyin; gerekirse kararı geri alın.")


class ConflictNotDecided(SahaError):
    """There is no decision to undo."""

    code = "conflict.not_decided"

    def __init__(self) -> None:
        super().__init__("Bu çelişki için geri alınacak bir karar yok. Listeyi yenileyin.")


class ConflictChanged(SahaError):
    """The field holds another value than the one that the person saw."""

    code = "conflict.changed"

    def __init__(self) -> None:
        super().__init__("Bu alan siz bakarken değişti ya da kayıt kaldırıldı. Listeyi yenileyip yeniden bakın.")


class Decider(NamedTuple):
    """Who decides, and when."""

    user_id: UUID
    at: datetime


def decide_conflict(
    session: Session, kinds: Mapping[str, EntityKind], feed: FeedChanges, conflict_id: UUID, *, choice: Choice,
    decider: Decider, seen_version: int | None = None,
) -> bool:  # fmt: skip
    """Decide a conflict; False when there is none.

    `seen_version`: the version that set the standing value which the person saw. Raises `ConflictNotOpen`, and
    `ConflictChanged` where another value stands by now, or the entity was removed.
    """
    conflict = _lock(session, kinds, conflict_id, decider.at)
    if conflict is None:
        return False
    if conflict.state != OPEN:
        raise ConflictNotOpen
    setter = last_setter(conflict.field, read_past(session, {conflict.entity_id})[conflict.entity_id])
    if seen_version is not None and setter is not None and setter.version != seen_version:
        raise ConflictChanged
    if choice == "other":
        _take_other(session, kinds, feed, conflict, decider)
    else:
        conflict.state = KEPT
    conflict.decided_by, conflict.decided_at = decider.user_id, decider.at
    session.flush()
    return True


def undo_decision(
    session: Session, kinds: Mapping[str, EntityKind], feed: FeedChanges, conflict_id: UUID, decider: Decider
) -> bool:
    """Open a decided conflict again, and put back what the decision replaced; False when there is no such conflict.

    Raises `ConflictNotDecided`, and `ConflictChanged` where the entity was removed.
    """
    conflict = _lock(session, kinds, conflict_id, decider.at)
    if conflict is None:
        return False
    if conflict.state not in _BY_PERSONS:
        raise ConflictNotDecided
    if conflict.state == TAKEN:
        _put_back(session, kinds, feed, conflict, decider)
    conflict.state, conflict.decided_by, conflict.decided_at, conflict.decision_version = OPEN, None, None, None
    setter = last_setter(conflict.field, read_past(session, {conflict.entity_id})[conflict.entity_id])
    if setter is not None and setter.values[conflict.field] == conflict.other_value:
        # Meanwhile the other value was set: there is nothing to decide any more.
        conflict.state, conflict.decided_by, conflict.decided_at = FOLLOWED, decider.user_id, decider.at
    session.flush()
    return True


def _lock(
    session: Session, kinds: Mapping[str, EntityKind], conflict_id: UUID, at: datetime
) -> EntityConflict | None:  # fmt: skip
    """Lock the entity, then the conflict: the order in which changes take them."""
    found = session.get(EntityConflict, conflict_id)
    if found is None:
        return None
    kinds[found.kind].load(session, {found.entity_id}, at)
    locked = select(EntityConflict).where(EntityConflict.id == conflict_id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _take_other(
    session: Session, kinds: Mapping[str, EntityKind], feed: FeedChanges, conflict: EntityConflict, decider: Decider
) -> None:
    outcome = _write(session, kinds, feed, conflict, decider, value=conflict.other_value)
    decision = read_past(session, {conflict.entity_id})[conflict.entity_id][-1]
    # What stood may be newer than the conflict; undoing puts back what the decision replaced.
    conflict.standing_value = decision.before.get(conflict.field, conflict.other_value)
    conflict.state, conflict.decision_version = TAKEN, outcome.version


def _put_back(
    session: Session, kinds: Mapping[str, EntityKind], feed: FeedChanges, conflict: EntityConflict, decider: Decider
) -> None:
    base = conflict.decision_version
    outcome = _write(session, kinds, feed, conflict, decider, value=conflict.standing_value, base=base)
    past = read_past(session, {conflict.entity_id})[conflict.entity_id]
    setter = last_setter(conflict.field, past)
    if outcome.conflicts:
        conflict.standing_value = outcome.conflicts[0].standing
    conflict.standing_version = setter.version if setter else conflict.standing_version


def _write(
    session: Session, kinds: Mapping[str, EntityKind], feed: FeedChanges, conflict: EntityConflict, decider: Decider,
    *, value: str, base: int | None = None,
) -> ChangeOutcome:  # fmt: skip
    """Write a value as a version of its own; without a base on knowledge of the newest. Raises `ConflictChanged`."""
    change = FieldChange(
        kind=conflict.kind, entity_id=conflict.entity_id, values={conflict.field: value}, user_id=decider.user_id,
        team_id=None, device_id="", source="decision", source_id=conflict.id, at=decider.at, base_version=base,
    )  # fmt: skip
    (outcome,) = apply_changes(session, kinds, [change], feed, decider.at)
    if outcome.status == "refused":
        raise ConflictChanged
    return outcome
