"""The kinds of entities that visits have, as `sync.entity_changes.apply_changes` takes them: targets first."""

from geo.mahalle_index import MahalleIndex
from sync.entity_kinds import EntityKind
from visits.assignment_kind import AssignmentKind
from visits.target_kind import TargetKind


def visit_kinds(index: MahalleIndex) -> dict[str, EntityKind]:
    """Make the kinds, in the order in which their rows are locked."""
    kinds: list[EntityKind] = [TargetKind(index), AssignmentKind()]
    return {kind.name: kind for kind in kinds}
