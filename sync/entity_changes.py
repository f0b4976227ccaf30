"""Applying changes to entities: every door and the office end here (docs/sync-protocol.md, "How changes are merged").

Set-based: the entities are locked in the order of their ids, their versions and what is held for them are read once;
then everything is merged in memory, in order, and written at the end. What an entity is, its kind knows
(`entity_kinds.py`); the rule itself is `merging.py`. Takes no sequence number: what changed stands in `FeedChanges`.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from foundation.insertion import insert_all
from sync.agreements import Agreement, find_agreements
from sync.areas import areas_of_team
from sync.change_log import FeedChanges
from sync.change_reading import clean_change, edit_of
from sync.conflict_records import write_conflicts
from sync.entity_kinds import Cleaned, Entity, EntityKind
from sync.entity_locks import lock_absent
from sync.entity_records import (
    OVERDUE_AFTER,
    Held,
    NewConflict,
    change_row,
    find_overdue,
    new_conflicts,
    read_held,
    read_past,
    write_held,
)
from sync.field_changes import (
    BAD_FIELD,
    BASE_UNKNOWN,
    UNKNOWN,
    ChangeOutcome,
    FieldChange,
    FieldConflict,
    ReleasedChange,
    refuse_change,
)
from sync.merging import PastChange, Placed, dispute, merge_edit, place_edit, place_overdue, withhold
from sync.successors import follow_changes
from sync.tables import EntityChange

__all__ = [
    "ChangeOutcome",
    "FieldChange",
    "FieldConflict",
    "ReleasedChange",
    "Scope",
    "apply_changes",
    "foresee_changes",
    "release_overdue",
]

Scope = Mapping[UUID, Collection[str]]


def apply_changes(
    session: Session, kinds: Mapping[str, EntityKind], changes: Sequence[FieldChange], feed: FeedChanges,
    at: datetime, *, scope: Scope | None = None, released: list[ReleasedChange] | None = None,
    fresh: AbstractSet[UUID] = frozenset(),
) -> list[ChangeOutcome]:  # fmt: skip
    """Apply changes in order; returns one outcome each. Also applies what was held for one of them.

    `at`: now, even where the changes came long ago: it decides which areas hold an entity. `scope`: the areas by team,
    where known. `released` is filled with what became of held ones. `fresh`: ids that this transaction has just made up
    itself, so that nobody else can name them: nothing is locked or looked up for them.
    Locks entities after submissions, before the feed.
    """
    if not changes:
        return []
    work = _Work(session, kinds, changes, at, scope or {}, fresh=fresh)
    outcomes = [work.receive(change) for change in work.changes]
    work.write(feed, at)
    if released is not None:
        released.extend(work.released)
    return outcomes


def foresee_changes(
    session: Session, kinds: Mapping[str, EntityKind], changes: Sequence[FieldChange], at: datetime
) -> list[ChangeOutcome]:
    """Say what would become of changes, as `apply_changes` would, and write nothing."""
    work = _Work(session, kinds, changes, at, {})
    return [work.receive(change) for change in work.changes]


def release_overdue(
    session: Session, kinds: Mapping[str, EntityKind], feed: FeedChanges, at: datetime, *, limit: int = 200
) -> list[ReleasedChange]:
    """Apply what has waited for five days for a predecessor, against the version it had from the server.

    An entity that never came is made from the update. Returns what became of them; call again while it returns any.
    """
    overdue = find_overdue(session, at - OVERDUE_AFTER, limit)
    if not overdue:
        return []
    work = _Work(session, kinds, [one.change for one in overdue], at, {})
    for one, change in zip(overdue, work.changes, strict=True):
        work.force(one._replace(change=change))
    work.write(feed, at)
    return work.released


class _Work:
    """The entities in hand, and what is to be written."""

    def __init__(
        self, session: Session, kinds: Mapping[str, EntityKind], changes: Sequence[FieldChange], at: datetime,
        scope: Scope, *, fresh: AbstractSet[UUID] = frozenset(),
    ) -> None:  # fmt: skip
        self.session, self.kinds = session, kinds
        self.areas = {team_id: frozenset(areas) for team_id, areas in scope.items()}
        self.released: list[ReleasedChange] = []
        self.entities: dict[tuple[str, UUID], Entity] = {}
        self._changed: dict[tuple[str, UUID], Entity] = {}
        self._rows: list[dict[str, object]] = []
        self._conflicts: list[NewConflict | Agreement] = []
        self._gone: set[UUID] = set()
        lock_absent(session, {change.entity_id for change in changes if _may_be_absent(change)} - fresh)
        for name, kind in kinds.items():
            ids = {change.entity_id for change in changes if change.kind == name} - fresh
            for entity_id, entity in (kind.load(session, ids, at) if ids else {}).items():
                self.entities[(name, entity_id)] = entity
        self.changes: list[FieldChange] = list(changes)
        for kind in kinds.values():
            self.changes = follow_changes(session, kind, self.changes, self.entities, at)
        every = {change.entity_id for change in self.changes} - fresh
        self.past, self.held = read_past(session, every), read_held(session, every)

    def receive(self, change: FieldChange) -> ChangeOutcome:
        """Apply one change, and whatever waited for it."""
        outcome = self._known(change) or self._apply(change)
        if outcome.status not in {"held", "refused"}:
            self._release((change.kind, change.entity_id))
        return outcome

    def force(self, one: Held) -> None:
        """Apply a held change although its predecessor never came."""
        if one.id in self._gone:
            return
        key = (one.change.kind, one.change.entity_id)
        was_made = key not in self.entities
        change = msgspec.structs.replace(one.change, creates=True) if was_made else one.change
        self._let_go(one, self._apply(change, was_held=True, overdue=True), was_made=was_made)
        self._release(key)

    def write(self, feed: FeedChanges, at: datetime) -> None:
        """Write everything, and tell the areas."""
        for name, kind in self.kinds.items():
            entities = [self._changed[key] for key in sorted(self._changed) if key[0] == name]
            if entities:
                kind.store(self.session, entities, feed, at)
        insert_all(
            self.session, EntityChange, sorted(self._rows, key=lambda row: (str(row["entity_id"]), row["version"]))
        )
        write_conflicts(self.session, self._conflicts)
        kept = [one for waiting in self.held.values() for one in waiting if one.is_new and one.id not in self._gone]
        write_held(self.session, kept, self._gone)

    def _known(self, change: FieldChange) -> ChangeOutcome | None:
        """Find what became of the same change when it came before."""
        if not change.from_field or change.source_id is None:
            return None
        entity = self.entities.get((change.kind, change.entity_id))
        for one in self.past.get(change.entity_id, ()) if entity else ():
            if entity and one.source_id == change.source_id:
                return _outcome("conflict" if one.in_conflict else "applied", one.version, one.in_conflict, entity)
        waits = any(one.change.source_id == change.source_id for one in self.held.get(change.entity_id, ()))
        return ChangeOutcome("held") if waits else None

    def _apply(self, change: FieldChange, *, was_held: bool = False, overdue: bool = False) -> ChangeOutcome:
        kind = self.kinds.get(change.kind)
        entity = self.entities.get((change.kind, change.entity_id))
        is_permitted = kind is not None and self._permits(kind, change, entity)
        if kind is None or not (is_permitted or (was_held and entity)):
            return refuse_change(UNKNOWN)
        cleaned = clean_change(kind, change, entity)
        if cleaned.missing and not overdue:
            return refuse_change(BAD_FIELD, cleaned.missing)
        if cleaned.bad and change.source == "operation":
            return refuse_change(BAD_FIELD, cleaned.bad)
        if entity is None:
            outcome = self._apply_to_nothing(kind, change, cleaned, overdue=overdue)
        elif not is_permitted:
            # It waited for an entity that turned out to be another team's: a person decides, and nothing is lost.
            outcome = self._take(kind, entity, change, cleaned, None)
        else:
            outcome = self._apply_to(kind, entity, change, cleaned, overdue=overdue)
        return msgspec.structs.replace(outcome, bad_fields=cleaned.bad) if cleaned.bad else outcome

    def _permits(self, kind: EntityKind, change: FieldChange, entity: Entity | None) -> bool:
        """Say whether the writer may change it; what is not there yet is anybody's who may create one."""
        if entity is None:
            is_taken_by_another_kind = bool(self.past.get(change.entity_id))
            return not is_taken_by_another_kind and (kind.created_in_the_field or not change.from_field)
        if not change.from_field:
            return True
        if change.team_id is None:
            return False
        if change.team_id not in self.areas:
            self.areas[change.team_id] = frozenset(areas_of_team(self.session, change.team_id))
        return not self.areas[change.team_id].isdisjoint(entity.changeable_in)

    def _apply_to_nothing(
        self, kind: EntityKind, change: FieldChange, cleaned: Cleaned, *, overdue: bool
    ) -> ChangeOutcome:
        if change.creates:
            entity = self.entities[(change.kind, change.entity_id)] = kind.make(change)
            # Made from an update, its creation may still come: it is then the earlier edit of the branch.
            placed = Placed(0, (change.base_version or 1) if overdue else 0)
            return self._take(kind, entity, change, cleaned, placed)
        if change.branch_id is not None and change.trunk_version is None and change.base_version:
            return self._hold(change)
        return refuse_change(UNKNOWN)

    def _apply_to(
        self, kind: EntityKind, entity: Entity, change: FieldChange, cleaned: Cleaned, *, overdue: bool
    ) -> ChangeOutcome:
        past = self.past[entity.id]
        edit = edit_of(change, past, entity.version)
        placed = place_overdue(edit, entity.version) if overdue else place_edit(edit, entity.version, past)
        if isinstance(placed, str):
            return self._hold(change) if placed == "early" else refuse_change(BASE_UNKNOWN)
        return self._take(kind, entity, change, cleaned, placed)

    def _take(
        self, kind: EntityKind, entity: Entity, change: FieldChange, cleaned: Cleaned, placed: Placed | None
    ) -> ChangeOutcome:
        """Make the next version; without a place everything is left to a person."""
        past = self.past[entity.id]
        edit = msgspec.structs.replace(edit_of(change, past, entity.version), values=cleaned.values)
        # What a coordinator decides was decided by a person already.
        sensitive = frozenset[str]() if change.source == "decision" else kind.sensitive
        merged = merge_edit(entity.fields, past, edit, placed, sensitive) if placed else dispute(entity.fields, edit)
        merged = withhold(merged, kind.impossible(entity.fields, merged.taken, change), entity.fields)
        placed = placed or Placed(entity.version, change.base_version or entity.version)
        self._conflicts += find_agreements(change, edit, merged, past, placed, standing=entity.fields)
        if change.source == "import" and not (merged.taken or merged.in_conflict) and entity.version:
            return ChangeOutcome("applied", entity.version, is_version=False)
        self._conflicts += new_conflicts(change, edit, merged, past, fields=entity.fields, sensitive=kind.sensitive)
        before = {field: entity.fields.get(field, "") for field in merged.taken}
        entity.version += 1
        entity.fields = {name: text for name, text in (entity.fields | merged.taken).items() if text}
        row = change_row(change, placed, merged, entity.version, before)
        self._rows.append(row)
        self._changed[(change.kind, entity.id)] = entity
        past.append(
            PastChange(
                entity.version, merged.taken, before, merged.in_conflict, placed.trunk, change.branch_id,
                row["branch_base"], change.device_id, change.source_id, change.at,
            )
        )  # fmt: skip
        status = "conflict" if merged.in_conflict else "merged" if merged.others_changed else "applied"
        return _outcome(status, entity.version, merged.in_conflict, entity)

    def _hold(self, change: FieldChange) -> ChangeOutcome:
        self.held[change.entity_id].append(Held(uuid7(change.at), change, is_new=True))
        return ChangeOutcome("held")

    def _release(self, key: tuple[str, UUID]) -> None:
        """Apply what was held for the version that just came, and what was held for that, and so on."""
        entity = self.entities.get(key)
        while entity is not None:
            ready = next((one for one in self.held.get(key[1], ()) if self._is_ready(one, entity)), None)
            if ready is None:
                return
            self._let_go(ready, self._apply(ready.change, was_held=True))

    def _is_ready(self, one: Held, entity: Entity) -> bool:
        past = self.past[entity.id]
        return (
            one.id not in self._gone
            and place_edit(edit_of(one.change, past, entity.version), entity.version, past) != "early"
        )

    def _let_go(self, one: Held, outcome: ChangeOutcome, *, was_made: bool = False) -> None:
        self._gone.add(one.id)
        self.released.append(ReleasedChange(one.change, outcome, was_made))


def _may_be_absent(change: FieldChange) -> bool:
    """Say whether the entity may not be there yet; a list knows which are, and PostgreSQL's names are few."""
    return change.creates or (change.trunk_version is None and change.source != "import")


def _outcome(status: str, version: int, in_conflict: Mapping[str, str], entity: Entity) -> ChangeOutcome:
    conflicts = tuple(FieldConflict(field, entity.fields.get(field, "")) for field in in_conflict)
    return ChangeOutcome(status, version, conflicts)  # type: ignore[arg-type]  # one of the words
