"""The rows behind a merge: an entity's versions, what is held for it, its conflicts; read before, written after."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from foundation.insertion import insert_all
from sync.field_changes import FieldChange
from sync.merging import Edit, Merged, PastChange, Placed, is_own, last_setter
from sync.tables import EntityChange, HeldChange

# PostgreSQL and SQLite both take this many ids in one statement without a thought.
CHUNK = 1_000


class Held(NamedTuple):
    """A change that waits for its predecessor."""

    id: UUID
    change: FieldChange
    is_new: bool = False


class NewConflict(NamedTuple):
    """The row of a conflict, and the sources of the same hand's earlier values that it replaces."""

    row: dict[str, Any]
    replaces: frozenset[UUID]


def chunks(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    """Part ids into lists short enough for a statement, in order."""
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def read_past(session: Session, ids: Collection[UUID]) -> dict[UUID, list[PastChange]]:
    """Read the versions of entities, each entity's in order."""
    table = EntityChange.__table__.c
    columns = (
        table.entity_id, table.version, table["values"], table.before, table.in_conflict, table.base_version,
        table.branch_id, table.branch_base, table.device_id, table.source_id, table.at,
    )  # fmt: skip
    past: dict[UUID, list[PastChange]] = defaultdict(list)
    for some in chunks(ids):
        rows = session.connection().execute(
            select(*columns).where(table.entity_id.in_(some)).order_by(table.entity_id, table.version)
        )
        for entity_id, version, values, before, in_conflict, base, *rest in rows:
            past[entity_id].append(PastChange(version, values, before, in_conflict, base or 0, *rest))
    return past


def read_held(session: Session, ids: Collection[UUID]) -> dict[UUID, list[Held]]:
    """Read what is held for entities, in the order of arrival."""
    held: dict[UUID, list[Held]] = defaultdict(list)
    for some in chunks(ids):
        for row in session.scalars(
            select(HeldChange).where(HeldChange.entity_id.in_(some)).order_by(HeldChange.id)
        ):  # fmt: skip
            held[row.entity_id].append(Held(row.id, change_of(row)))
    return held


def find_overdue(session: Session, before: datetime, limit: int) -> list[Held]:
    """Find what has been held since before that moment: per entity and branch in the order of the edits."""
    rows = session.scalars(
        select(HeldChange)
        .where(HeldChange.received_at <= before)
        .order_by(HeldChange.received_at, HeldChange.id)
        .limit(limit)
    )
    found = [Held(row.id, change_of(row)) for row in rows]
    return sorted(found, key=lambda one: (one.change.branch_id or "", one.change.base_version or 0))


def change_of(row: HeldChange) -> FieldChange:
    """Make the change again that was held, with the time of its arrival."""
    return FieldChange(
        kind=row.kind, entity_id=row.entity_id, values=row.values, user_id=row.user_id, team_id=row.team_id,
        device_id=row.device_id, source=row.source, source_id=row.source_id, at=row.received_at,  # type: ignore[arg-type]  # a word of ours
        device_time=row.device_time, base_version=row.base_version, trunk_version=row.trunk_version,
        branch_id=row.branch_id, amends_id=row.amends_id,
    )  # fmt: skip


def write_held(session: Session, new: Sequence[Held], released: Collection[UUID]) -> None:
    """Keep what must wait, and forget what waits no longer."""
    insert_all(session, HeldChange, [_held_row(one) for one in new])
    if released:
        session.execute(delete(HeldChange).where(HeldChange.id.in_(released)))


def _held_row(one: Held) -> dict[str, Any]:
    change = one.change
    return {
        "id": one.id,
        "kind": change.kind,
        "entity_id": change.entity_id,
        "base_version": change.base_version or 0,
        "trunk_version": change.trunk_version,
        "branch_id": change.branch_id,
        "values": change.values,
        "team_id": change.team_id,
        "amends_id": change.amends_id,
        "received_at": change.at,
        **_origin(change),
    }


def change_row(
    change: FieldChange, placed: Placed, merged: Merged, version: int, before: dict[str, str]
) -> dict[str, Any]:  # fmt: skip
    """Make the row of a version."""
    return {
        "entity_id": change.entity_id,
        "version": version,
        "kind": change.kind,
        "base_version": placed.trunk or None,
        "trunk_version": change.trunk_version,
        "branch_id": change.branch_id,
        "branch_base": placed.base if change.branch_id else None,
        "values": merged.taken,
        "before": before,
        "in_conflict": merged.in_conflict,
        "at": change.at,
        **_origin(change),
    }


def new_conflicts(
    change: FieldChange, edit: Edit, merged: Merged, past: Sequence[PastChange], *, fields: dict[str, str],
    sensitive: Collection[str],
) -> list[NewConflict]:  # fmt: skip
    """Make the rows of an edit's conflicts; `past` without the edit itself, `fields` as they stand."""
    found: list[NewConflict] = []
    for field, other in merged.in_conflict.items():
        setter = last_setter(field, past)
        own = (one for one in past if field in one.in_conflict and is_own(one, edit))
        row = {
            "id": uuid7(change.at),
            "kind": change.kind,
            "entity_id": change.entity_id,
            "field": field,
            "base_value": merged.seen[field],
            "standing_value": fields.get(field, ""),
            "standing_version": setter.version if setter else 1,
            "other_value": other,
            "is_sensitive": field in sensitive,
            "state": "open",
            "decided_by": None,
            "decided_at": None,
            "at": change.at,
            **_origin(change),
        }
        found.append(NewConflict(row, frozenset(one.source_id for one in own if one.source_id)))
    return found


def _origin(change: FieldChange) -> dict[str, Any]:
    return {
        "user_id": change.user_id,
        "device_id": change.device_id[:200],
        "source": change.source,
        "source_id": change.source_id,
        "device_time": change.device_time,
    }


OVERDUE_AFTER = timedelta(days=5)
