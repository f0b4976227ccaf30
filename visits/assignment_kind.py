"""Visit assignments as entities of the offline protocol: loaded, made, stored, told to the team that makes the visit.

With an assignment its target comes into the team's area, and leaves it with the last one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.insertion import insert_or_replace
from sync.areas import area_of_team
from sync.change_log import FeedChanges
from sync.entity_kinds import Cleaned, Entity, Successor
from sync.entity_records import chunks
from sync.field_changes import FieldChange
from visits.assignment_fields import (
    SENSITIVE,
    WRITABLE_IN_FIELD,
    WRITABLE_IN_OFFICE,
    assignment_columns,
    clean_assignment,
)
from visits.assignment_states import PLANNED, may_step
from visits.tables import VisitAssignment
from visits.target_areas import ASSIGNMENT, TARGET, Move, first_held_day, move_targets, read_target_areas

# What a new row has beside its fields.
_NEW: dict[str, Any] = {"external_no": None, "followed_status": PLANNED, "awaits_decision": False}
# What decides who holds an assignment and its target.
_PLACING = ("target_id", "team_id", "day", "is_removed")


class AssignmentKind:
    """The kind `assignment`. `given`: columns that an import brings beside the fields (`external_no`)."""

    name = ASSIGNMENT
    sensitive = SENSITIVE
    created_in_the_field = False

    def __init__(self, given: Mapping[UUID, Mapping[str, Any]] | None = None) -> None:
        self._given = given or {}

    def writable(self, change: FieldChange) -> Collection[str]:
        """Let the field write what came of the visit, the office everything."""
        return WRITABLE_IN_FIELD if change.from_field else WRITABLE_IN_OFFICE

    def clean(self, values: Mapping[str, str], *, creates: bool) -> Cleaned:
        """Check and tidy values."""
        return clean_assignment(values, creates=creates)

    def impossible(self, fields: Mapping[str, str], taken: Mapping[str, str], change: FieldChange) -> Collection[str]:
        """Name the state where a tablet took a step that cannot be (docs/visit-states.md)."""
        before, after = fields.get("durum", PLANNED), taken.get("durum", "")
        cannot = change.from_field and after and not may_step(before, after, "field")
        return ("durum",) if cannot else ()

    def load(self, session: Session, ids: Collection[UUID], at: datetime) -> dict[UUID, Entity]:
        """Load assignments, FOR UPDATE in the order of their ids."""
        found: dict[UUID, Entity] = {}
        table = VisitAssignment.__table__
        for some in chunks(ids):
            wanted = select(table).where(table.c.id.in_(some), table.c.is_removed.is_(False))
            for row in map(
                dict, session.connection().execute(wanted.order_by(table.c.id).with_for_update()).mappings()
            ):
                # However long ago its day was: a tablet that was offline must not lose its work.
                area = frozenset({area_of_team(row["team_id"])})
                found[row["id"]] = Entity(
                    row["id"], row["version"], row["fields"], area, assignment_areas(row, at), row
                )
        return found

    def successors(self, session: Session, ids: Collection[UUID], at: datetime) -> Mapping[UUID, Successor]:
        """Find none: an assignment never becomes another."""
        del session, ids, at
        return {}

    def make(self, change: FieldChange) -> Entity:
        """Make an assignment; only the office does."""
        return Entity(change.entity_id, 0, {}, frozenset(), columns=_NEW | {"created_at": change.at})

    def store(self, session: Session, entities: Sequence[Entity], feed: FeedChanges, at: datetime) -> None:
        """Write the rows and tell the teams; the targets come and go with them."""
        rows: list[dict[str, Any]] = []
        placed: list[Mapping[str, Any]] = []
        for entity in entities:
            before = entity.columns
            row = {
                **before,
                **self._given.get(entity.id, {}),
                "id": entity.id,
                "version": entity.version,
                "fields": entity.fields,
                **assignment_columns(entity.fields),
                "changed_at": at,
                "is_removed": False,
            }
            rows.append(row)
            if any(before.get(name) != row[name] for name in _PLACING):
                placed += [before, row] if "team_id" in before else [row]
            tell_assignment(feed, row, entity.held_in, at)
            entity.columns = row
        insert_or_replace(session, VisitAssignment, rows)
        follow_with_targets(session, placed, feed, at)


def assignment_areas(row: Mapping[str, Any], at: datetime) -> frozenset[str]:
    """Work out which areas hold an assignment: its team's, from 7 days ago on."""
    is_held = row["day"] >= first_held_day(at) and not row["is_removed"]
    return frozenset({area_of_team(row["team_id"])} if is_held else ())


def tell_assignment(feed: FeedChanges, row: Mapping[str, Any], held_in: frozenset[str], at: datetime) -> None:
    """Tell the areas that hold an assignment now, and those that held it until now."""
    areas = assignment_areas(row, at)
    body = {"version": row["version"], "fields": row["fields"], "mahalle": None}
    feed.put(sorted(areas), ASSIGNMENT, row["id"], body)
    feed.remove(sorted(held_in - areas), ASSIGNMENT, row["id"])


def follow_with_targets(
    session: Session, assignments: Iterable[Mapping[str, Any]], feed: FeedChanges, at: datetime
) -> None:
    """Let the targets of assignments come into the teams' areas or leave them, as all that is planned now says."""
    teams: dict[UUID, set[str]] = {}
    for row in assignments:
        teams.setdefault(row["target_id"], set()).add(area_of_team(row["team_id"]))
    areas = read_target_areas(session, teams, at)
    moves = [
        Move(target_id, named & areas[target_id].held_in, named - areas[target_id].held_in)
        for target_id, named in teams.items()
        if target_id in areas
    ]
    move_targets(session, moves, feed, kinds=(TARGET,))
