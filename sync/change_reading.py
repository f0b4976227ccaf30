"""What a change says of an entity, and what of it its writer may say. Pure; `entity_changes.py` applies it."""

from collections.abc import Sequence

from sync.entity_kinds import Cleaned, Entity, EntityKind
from sync.field_changes import FieldChange
from sync.merging import Edit, PastChange, next_base


def edit_of(change: FieldChange, past: Sequence[PastChange], version: int) -> Edit:
    """Read a change as an edit of an entity with this past, which stands at `version`."""
    base = change.base_version
    if base is None and not change.from_field and not change.creates:
        base = next_base(change.branch_id, past) if change.branch_id else version
    branch_id = change.branch_id
    if change.creates and base is None and past and past[0].branch_base:
        # The entity was made from an update that came five days before its creation: they are of one branch.
        branch_id = past[0].branch_id
    return Edit(
        change.values, change.creates, base, change.trunk_version, branch_id, change.device_id, change.amends_id,
        change.at,
    )  # fmt: skip


def clean_change(kind: EntityKind, change: FieldChange, entity: Entity | None) -> Cleaned:
    """Take what the writer may set; a form sends read-only fields along, which is no change where they are the same."""
    writable = kind.writable(change)
    kept = entity.fields if entity else {}
    foreign = tuple(
        name for name, text in change.values.items() if name not in writable and kept.get(name, "") != text.strip()
    )
    cleaned = kind.clean(
        {name: text for name, text in change.values.items() if name in writable},
        creates=change.creates and entity is None,
    )
    return Cleaned(cleaned.values, (*foreign, *cleaned.bad), cleaned.missing)
