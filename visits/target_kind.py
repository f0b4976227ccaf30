"""Visit targets as entities of the offline protocol: loaded, made, stored, told to the areas that hold them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.insertion import insert_or_replace
from geo.mahalle_index import MahalleIndex
from sync.areas import area_of_team
from sync.change_log import FeedChanges
from sync.entity_kinds import Cleaned, Entity, Successor
from sync.entity_records import chunks
from sync.field_changes import FieldChange
from visits.merged_targets import read_successors
from visits.tables import VisitTarget
from visits.target_areas import TARGET, Move, areas_of_target, move_targets, team_days
from visits.target_fields import (
    ROUGH,
    SENSITIVE,
    WRITABLE_AT_CREATION,
    WRITABLE_IN_FIELD,
    WRITABLE_IN_OFFICE,
    clean_target,
    target_columns,
    target_point,
)

Given = Mapping[UUID, Mapping[str, Any]]


class TargetKind:
    """The kind `target`. `given`: columns that an import brings beside the fields (`external_no`, `mahalle_id`)."""

    name = TARGET
    sensitive = SENSITIVE
    created_in_the_field = True

    def __init__(self, index: MahalleIndex, given: Given | None = None) -> None:
        self._index = index
        self._given: Given = given or {}

    def writable(self, change: FieldChange) -> Collection[str]:
        """Everything; in the field the kind only at creation, and never which team is to go."""
        if not change.from_field:
            return WRITABLE_IN_OFFICE
        return WRITABLE_AT_CREATION if change.creates else WRITABLE_IN_FIELD

    def clean(self, values: Mapping[str, str], *, creates: bool) -> Cleaned:
        """Check and tidy values."""
        return clean_target(values, creates=creates)

    def impossible(self, fields: Mapping[str, str], taken: Mapping[str, str], change: FieldChange) -> Collection[str]:
        """Nothing: a target may become whatever its writer may write."""
        del fields, taken, change
        return ()

    def load(self, session: Session, ids: Collection[UUID], at: datetime) -> dict[UUID, Entity]:
        """Load targets, FOR UPDATE in the order of their ids."""
        found: dict[UUID, Entity] = {}
        table = VisitTarget.__table__
        for some in chunks(ids):
            wanted = select(table).where(table.c.id.in_(some), table.c.is_removed.is_(False))
            for row in session.connection().execute(wanted.order_by(table.c.id).with_for_update()).mappings():
                found[row["id"]] = Entity(row["id"], row["version"], row["fields"], frozenset(), columns=dict(row))
        days = team_days(session, found)
        for entity in found.values():
            columns = entity.columns
            columns["days"] = days.get(entity.id, {})
            entity.held_in, entity.changeable_in = _areas(columns, at)
        return found

    def successors(self, session: Session, ids: Collection[UUID], at: datetime) -> Mapping[UUID, Successor]:
        """Find the targets that a person has merged into others, however often in a row."""
        return read_successors(session, ids, at)

    def make(self, change: FieldChange) -> Entity:
        """Make a target that the team of the change created, if a team did."""
        columns: dict[str, Any] = {
            "mahalle_id": None,
            "external_no": None,
            "created_by_team_id": change.team_id,
            "created_at": change.at,
            "is_removed": False,
            "konum_hassasiyeti": "",
            "merged_into_id": None,
            "days": {},
        }
        areas = {area_of_team(change.team_id)} if change.team_id else set()
        return Entity(change.entity_id, 0, {}, frozenset(areas), columns=columns)

    def store(self, session: Session, entities: Sequence[Entity], feed: FeedChanges, at: datetime) -> None:
        """Write the rows and tell every area that holds them; those they left are told that, too."""
        rows, moves = [], []
        for entity in entities:
            row = entity.columns = self._row(entity, at)
            areas, _ = _areas(row, at)
            moves.append(Move(entity.id, areas - entity.held_in, entity.held_in - areas))
            feed.put(sorted(areas), TARGET, entity.id, target_body(row))
            feed.remove(sorted(entity.held_in - areas), TARGET, entity.id)
            rows.append({name: value for name, value in row.items() if name != "days"})
        insert_or_replace(session, VisitTarget, rows)
        move_targets(session, moves, feed, kinds=())

    def _row(self, entity: Entity, at: datetime) -> dict[str, Any]:
        given = self._given.get(entity.id, {})
        point = target_point(entity.fields)
        located = self._index.locate(point.lon, point.lat, point.accuracy_m).mahalle_id if point else None
        # A point outside every boundary, or none, leaves it where it was counted before.
        mahalle_id = located or given.get("mahalle_id") or entity.columns["mahalle_id"]
        columns = target_columns(entity.fields)
        if point is None and entity.columns.get("konum_hassasiyeti") in ROUGH:
            # Where it was thought to lie stands until the sweep that follows each change has looked again.
            kept = {name: entity.columns[name] for name in ("lon", "lat", "konum_hassasiyeti")}
            columns |= kept
        return {
            **entity.columns,
            **given,
            "id": entity.id,
            "version": entity.version,
            "fields": entity.fields,
            **columns,
            "mahalle_id": mahalle_id,
            "changed_at": at,
            "match_due": True,
        }


def target_body(row: Mapping[str, Any]) -> dict[str, Any]:
    """Make the fields of a target's `put` item from its row; a rough place stands beside them, never as `geometry`."""
    body = {"version": row["version"], "fields": row["fields"], "mahalle": row["mahalle_id"]}
    if row["konum_hassasiyeti"] in ROUGH:
        body["rough"] = {"lat": row["lat"], "lon": row["lon"], "precision": row["konum_hassasiyeti"]}
    return body


def _areas(columns: Mapping[str, Any], at: datetime) -> tuple[frozenset[str], frozenset[str]]:
    return areas_of_target(columns["mahalle_id"], columns["created_by_team_id"], columns["days"], at)
