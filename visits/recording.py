"""Recording targets and assignments from lists of the office: an import, a day's plan, the demo. Set-based, any number.

A list is a writer of its own, known as the branch `LIST`: what it says again unchanged is no change, what it changes is
merged like any other change, so a list never overwrites what came from the field without a person's decision.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from foundation.looking_up import find_rows
from geo.mahalle_index import MahalleIndex
from sync.change_log import FeedChanges
from sync.entity_changes import ChangeOutcome, FieldChange, apply_changes, foresee_changes
from sync.entity_kinds import EntityKind
from visits.assignment_kind import AssignmentKind
from visits.tables import VisitAssignment, VisitTarget
from visits.target_kind import TargetKind

LIST = "list"
_AT_ONCE = 1_000


class Recording(msgspec.Struct, frozen=True):
    """Who records, when, and the import it belongs to (`source_id`), for the history of each entity."""

    at: datetime
    user_id: UUID | None
    source_id: UUID | None = None


class NewTarget(msgspec.Struct, frozen=True):
    """A target as a list has it: `fields` by their names in docs/sync-protocol.md, as text.

    `external_no`: the row's number in the list, by which it is found again. `mahalle_id` counts where no point of the
    fields lies inside a boundary.
    """

    fields: dict[str, str]
    external_no: str | None = None
    mahalle_id: UUID | None = None
    id: UUID | None = None


class NewAssignment(msgspec.Struct, frozen=True):
    """A visit as a list plans it; `position` says which of the team's day it is. `fields`: others, such as `durum`."""

    target_id: UUID
    team_id: UUID
    visit_type: str
    day: date
    position: int = 0
    external_no: str | None = None
    id: UUID | None = None
    fields: dict[str, str] = {}


class Recorded(NamedTuple):
    """What became of one row: the entity, whether it is new, and the outcome of its change."""

    id: UUID
    is_new: bool
    outcome: ChangeOutcome


def record_targets(
    session: Session, rows: Sequence[NewTarget], feed: FeedChanges, recording: Recording, *, index: MahalleIndex
) -> list[Recorded]:
    """Record targets in order; one whose `external_no` or id is known is changed where the list says something new."""
    known = _known(session, VisitTarget, rows)
    found: list[Recorded] = []
    for start in range(0, len(rows), _AT_ONCE):
        some = [_Row(row.id, row.external_no, row.fields) for row in rows[start : start + _AT_ONCE]]
        ids = _ids(some, known, recording)
        given = {
            one: _given(row.external_no) | ({"mahalle_id": row.mahalle_id} if row.mahalle_id else {})
            for one, row in zip(ids, rows[start : start + _AT_ONCE], strict=True)
        }
        found += _record(session, TargetKind(index, given), _Batch(some, ids, known), feed, recording)
    return found


def foresee_targets(
    session: Session, rows: Sequence[NewTarget], recording: Recording, *, index: MahalleIndex
) -> list[ChangeOutcome]:
    """Say what would become of targets that are there already (`id` given), and change nothing."""
    kind = TargetKind(index)
    changes = [_change(kind, row.id, row.fields, recording) for row in rows if row.id]
    return foresee_changes(session, {kind.name: kind}, changes, recording.at)


def foresee_assignments(
    session: Session, rows: Sequence[NewAssignment], recording: Recording
) -> list[ChangeOutcome]:  # fmt: skip
    """Say what would become of assignments that are there already (`id` given), and change nothing."""
    kind = AssignmentKind()
    changes = [_change(kind, row.id, _assignment_fields(row), recording) for row in rows if row.id]
    return foresee_changes(session, {kind.name: kind}, changes, recording.at)


def record_assignments(
    session: Session, rows: Sequence[NewAssignment], feed: FeedChanges, recording: Recording
) -> list[Recorded]:
    """Record assignments in order; their targets, teams and visit types must be there."""
    known = _known(session, VisitAssignment, rows)
    found: list[Recorded] = []
    for start in range(0, len(rows), _AT_ONCE):
        some = [_Row(row.id, row.external_no, _assignment_fields(row)) for row in rows[start : start + _AT_ONCE]]
        ids = _ids(some, known, recording)
        given = {one: _given(row.external_no) for one, row in zip(ids, some, strict=True)}
        found += _record(session, AssignmentKind(given), _Batch(some, ids, known), feed, recording)
    return found


class _Row(NamedTuple):
    id: UUID | None
    external_no: str | None
    fields: dict[str, str]


class _Batch(NamedTuple):
    rows: Sequence[_Row]
    ids: Sequence[UUID]
    known: Mapping[str | UUID, UUID]


def _record(
    session: Session, kind: EntityKind, batch: _Batch, feed: FeedChanges, recording: Recording
) -> list[Recorded]:  # fmt: skip
    there = set(batch.known.values())
    new: list[bool] = []
    for entity_id in batch.ids:
        new.append(entity_id not in there)
        there.add(entity_id)
    changes = [
        _change(kind, entity_id, row.fields, recording, creates=is_new)
        for row, entity_id, is_new in zip(batch.rows, batch.ids, new, strict=True)
    ]
    fresh = {one for one, row, is_new in zip(batch.ids, batch.rows, new, strict=True) if is_new and one != row.id}
    outcomes = apply_changes(session, {kind.name: kind}, changes, feed, recording.at, fresh=fresh)
    return [Recorded(*one) for one in zip(batch.ids, new, outcomes, strict=True)]


def _change(
    kind: EntityKind, entity_id: UUID, fields: dict[str, str], recording: Recording, *, creates: bool = False
) -> FieldChange:
    return FieldChange(
        kind=kind.name, entity_id=entity_id, values=fields, creates=creates, branch_id=LIST,
        user_id=recording.user_id, team_id=None, device_id="", source="import", source_id=recording.source_id,
        at=recording.at,
    )  # fmt: skip


def _assignment_fields(row: NewAssignment) -> dict[str, str]:
    return {
        **row.fields,
        "hedef": str(row.target_id),
        "ekip": str(row.team_id),
        "tur": row.visit_type,
        "gun": row.day.isoformat(),
        "sira": str(row.position),
    }


def _given(external_no: str | None) -> dict[str, object]:
    return {"external_no": external_no} if external_no else {}


def _ids(rows: Sequence[_Row], known: dict[str | UUID, UUID], recording: Recording) -> list[UUID]:
    """Give each row its entity: the known one of its number or id, else a new one, the same for the same number."""
    new: dict[str, UUID] = {}
    ids: list[UUID] = []
    for row in rows:
        number = row.external_no
        entity_id = known.get(number) or new.get(number) if number else None
        entity_id = entity_id or row.id or uuid7(recording.at)
        if number:
            new[number] = entity_id
        ids.append(entity_id)
    return ids


def _known(
    session: Session, table: type[VisitTarget | VisitAssignment], rows: Sequence[NewTarget] | Sequence[NewAssignment]
) -> dict[str | UUID, UUID]:
    """Find the entities that are there already, by number and by id."""
    numbers = sorted({row.external_no for row in rows if row.external_no})
    ids = sorted({row.id for row in rows if row.id})
    known: dict[str | UUID, UUID] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        known.update(find_rows(session, table, ("external_no", "id"), key="external_no", values=some))
    for start in range(0, len(ids), _AT_ONCE):
        there = find_rows(session, table, ("id",), key="id", values=ids[start : start + _AT_ONCE])
        known.update({row.id: row.id for row in there})
    return known
