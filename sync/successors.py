"""Changes of entities that have become another one meanwhile: a tablet that was offline could not know.

What such a change says is read against the entity its writer saw; what it really changed goes to the successor, made on
the knowledge of the moment at which the one became the other. So it meets what others did since like any other change.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from sync.change_reading import edit_of
from sync.entity_kinds import Entity, EntityKind, Successor
from sync.entity_records import read_past
from sync.field_changes import FieldChange
from sync.merging import PastChange, Placed, merge_edit, place_edit

Loaded = dict[tuple[str, UUID], Entity]


def follow_changes(
    session: Session, kind: EntityKind, changes: Sequence[FieldChange], loaded: Loaded, at: datetime
) -> list[FieldChange]:
    """Turn changes of what has become another entity to that one, and load it; the others stay as they are.

    Asks nothing where every entity that is changed is there.
    """
    lost = {one.entity_id for one in changes if one.kind == kind.name and _is_lost(one, loaded)}
    successors = kind.successors(session, lost, at) if lost else {}
    if not successors:
        return list(changes)
    for entity_id, entity in kind.load(session, {after.id for after in successors.values()}, at).items():
        loaded.setdefault((kind.name, entity_id), entity)
    for after in successors.values():
        entity = loaded[(kind.name, after.id)]
        entity.changeable_in |= after.changeable_in
    past = read_past(session, successors.keys())
    followed = []
    for one in changes:
        known = successors.get(one.entity_id) if one.kind == kind.name else None
        followed.append(turned(one, known, past[one.entity_id]) if known else one)
    return followed


def _is_lost(change: FieldChange, loaded: Loaded) -> bool:
    return not change.creates and (change.kind, change.entity_id) not in loaded


def turned(change: FieldChange, after: Successor, past: Sequence[PastChange]) -> FieldChange:
    """Make of a change of the one that is gone the same change of what it became. Pure."""
    edit = edit_of(change, past, after.version_gone)
    placed = place_edit(edit, after.version_gone, past)
    if isinstance(placed, str):
        seen = min(edit.trunk or edit.base or after.version_gone, after.version_gone)
        placed = Placed(seen, edit.base or seen)
    merged = merge_edit(after.fields, past, edit, placed, frozenset())
    return msgspec.structs.replace(
        change, entity_id=after.id, values={**merged.taken, **merged.in_conflict}, base_version=after.version,
        trunk_version=None, branch_id=None, creates=False,
    )  # fmt: skip
