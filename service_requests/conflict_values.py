"""What the views of conflicts are made of: values with their writers, names of persons, tablets, targets.

Used by `conflict_lists.py` only.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from geo.tables import Mahalle
from service_requests.tables import Submission
from sync.conflict_decisions import OPEN
from sync.tables import EntityChange, EntityConflict
from teams.tables import Device, User
from visits.tables import VisitAssignment, VisitTarget
from visits.target_areas import TARGET

# What brought a change: a filled form.
SUBMISSION = "submission"

# By which way a value came: a tablet with our own application, ODK Collect, a list, or the office's own hand.
Door = Literal["tablet", "collect", "list", "office"]
_DOORS: Mapping[str, Door] = {"operation": "tablet", "import": "list", "decision": "office"}


class ValueView(msgspec.Struct, frozen=True):
    """A value and where it comes from. `version` is the entity's version that set it, of the standing value only.

    `entered_at`: when its writer entered it, by the tablet's clock put right as far as is known; `at`: when that came
    here. `source` is submission, operation, import or decision; `source_id` the submission's id where it is one.
    `device` is a tablet's name, or how ODK Collect calls itself.
    """

    value: str
    by: str | None
    at: datetime | None
    entered_at: datetime | None
    device: str
    door: Door | None
    source: str | None
    source_id: UUID | None
    version: int | None = None


class Values(NamedTuple):
    """Everything that a page of conflicts shows beside the rows themselves."""

    fields: Mapping[UUID, Mapping[str, str]]
    names: Mapping[UUID, str]
    mahalle: Mapping[UUID, str]
    changes: Mapping[UUID, Sequence[Row[Any]]]
    people: Mapping[UUID | None, str]
    devices: Mapping[str, str]
    # When the visits were, of which forms are.
    visits: Mapping[UUID | None, datetime]

    def name_of(self, row: EntityConflict) -> str:
        """Name the entity."""
        return self.names.get(row.entity_id, "")

    def standing(self, row: EntityConflict) -> ValueView:
        """Say what stands, and who set it."""
        is_open = row.state == OPEN and row.entity_id in self.fields
        value = self.fields[row.entity_id].get(row.field, "") if is_open else row.standing_value
        setters = [
            change
            for change in self.changes.get(row.entity_id, ())
            if row.field in change.values and (is_open or change.version <= row.standing_version)
        ]
        if not setters:
            return ValueView(value, None, None, None, "", None, None, None, row.standing_version)
        setter = setters[-1]
        return self._value(value, setter, setter.version)

    def other(self, row: EntityConflict) -> ValueView:
        """Say what was not taken, and who sent it."""
        return self._value(row.other_value, row)

    def _value(self, value: str, of: EntityConflict | Row[Any], version: int | None = None) -> ValueView:
        by, device = self.people.get(of.user_id), self.devices.get(of.device_id, of.device_id)
        entered_at = self.visits.get(of.source_id) if of.source == SUBMISSION else of.device_time
        door = _DOORS.get(of.source) or ("tablet" if of.device_id in self.devices else "collect")
        return ValueView(value, by, of.at, entered_at, device, door, of.source, of.source_id, version)


def read_values(session: Session, rows: Sequence[EntityConflict]) -> Values:
    """Read what a page of conflicts shows."""
    targets = {row.entity_id for row in rows if row.kind == TARGET}
    assignments = {row.entity_id for row in rows if row.kind != TARGET}
    fields: dict[UUID, dict[str, str]] = {}
    names: dict[UUID, str] = {}
    mahalle: dict[UUID, str] = {}
    where = (VisitTarget.name, Mahalle.name)
    lies_in = (Mahalle, Mahalle.id == VisitTarget.mahalle_id)
    named = select(VisitTarget.id, VisitTarget.fields, *where).outerjoin(*lies_in).where(VisitTarget.id.in_(targets))
    planned = (
        select(VisitAssignment.id, VisitAssignment.fields, *where)
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .outerjoin(*lies_in)
        .where(VisitAssignment.id.in_(assignments))
    )
    for statement in (named, planned):
        for entity_id, kept, name, mahalle_name in session.execute(statement):
            fields[entity_id], names[entity_id], mahalle[entity_id] = kept, name, mahalle_name or ""
    changes = _changes(session, targets | assignments)
    every: list[Any] = [*rows, *(change for found in changes.values() for change in found)]
    people = {one.user_id for one in every} | {row.decided_by for row in rows}
    devices = _devices(session, {one.device_id for one in every})
    visits = _visits(session, {one.source_id for one in every if one.source == SUBMISSION})
    return Values(fields, names, mahalle, changes, _people(session, people), devices, visits)


def _changes(session: Session, ids: Collection[UUID]) -> dict[UUID, list[Row[Any]]]:
    columns = (
        EntityChange.entity_id, EntityChange.version, EntityChange.values, EntityChange.user_id, EntityChange.device_id,
        EntityChange.at, EntityChange.device_time, EntityChange.source, EntityChange.source_id,
    )  # fmt: skip
    found: dict[UUID, list[Row[Any]]] = {}
    statement = select(*columns).where(EntityChange.entity_id.in_(ids)).order_by(EntityChange.version)
    rows: Sequence[Row[Any]] = session.execute(statement).all()  # type: ignore[assignment]  # columns named one by one
    for row in rows:
        found.setdefault(row.entity_id, []).append(row)
    return found


def _people(session: Session, ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_([one for one in ids if one])))
    return {user_id: name for user_id, name in rows}  # noqa: C416 - rows are no pairs to mypy


def _visits(session: Session, ids: Collection[UUID]) -> dict[UUID | None, datetime]:
    rows = session.execute(select(Submission.id, Submission.visited_at).where(Submission.id.in_(ids)))
    return {submission_id: visited_at for submission_id, visited_at in rows}  # noqa: C416 - rows are no pairs to mypy


def _devices(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Name tablets with our own application; ODK Collect's ids are text of its own."""
    ours = {one: device_id for one in ids if (device_id := _as_id(one))}
    rows = session.execute(select(Device.id, Device.label).where(Device.id.in_(ours.values())))
    labels = {device_id: label for device_id, label in rows}  # noqa: C416 - rows are no pairs to mypy
    return {one: labels[device_id] for one, device_id in ours.items() if device_id in labels}


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
