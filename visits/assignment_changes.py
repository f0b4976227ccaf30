"""Changes that the office makes of planned visits: by hand, by a campaign that ends, by what follows from a visit."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from sync.change_log import FeedChanges
from sync.entity_changes import apply_changes
from sync.field_changes import ChangeOutcome, FieldChange
from visits.assignment_kind import AssignmentKind
from visits.assignment_states import CANCELLED
from visits.recording import Recording
from visits.target_areas import ASSIGNMENT


def change_assignments(
    session: Session, values: Mapping[UUID, Mapping[str, str]], feed: FeedChanges, recording: Recording
) -> dict[UUID, ChangeOutcome]:
    """Set fields of planned visits on knowledge of how they stand now; locks them in the order of their ids."""
    changes = [
        FieldChange(
            kind=ASSIGNMENT, entity_id=entity_id, values=dict(values[entity_id]), user_id=recording.user_id,
            team_id=None, device_id="", source="import", source_id=recording.source_id, at=recording.at,
        )
        for entity_id in sorted(values)
    ]  # fmt: skip
    outcomes = apply_changes(session, {ASSIGNMENT: AssignmentKind()}, changes, feed, recording.at)
    return {change.entity_id: outcome for change, outcome in zip(changes, outcomes, strict=True)}


def cancelling(reason: str) -> dict[str, str]:
    """Name the fields of a visit that is not to be made any more."""
    return {"durum": CANCELLED, "neden": reason}
