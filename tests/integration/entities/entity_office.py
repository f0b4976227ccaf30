"""What the tests of this folder share: a municipality with areas, an office and tablets that change entities."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select

from api.wiring import Wiring
from sync.change_log import FeedChanges, write_feed
from sync.entity_changes import ChangeOutcome, FieldChange, ReleasedChange, apply_changes, release_overdue
from sync.tables import EntityConflict, FeedBody, FeedEntry, HeldChange
from teams.tables import TeamArea
from tests.fixtures.municipality import NOON, Municipality
from visits.kinds import visit_kinds
from visits.recording import (
    NewAssignment,
    NewTarget,
    Recorded,
    Recording,
    record_assignments,
    record_targets,
)
from visits.tables import VisitAssignment, VisitTarget

IN_AKPINAR, IN_FATIH = "41.005 29.205 0 8", "41.005 29.215 0 8"
HOUSE = {"tur": "hane", "ad": "Şükrü Iğdır", "telefon": "0532 123 45 67", "adres": "Menekşe Sokak 12"}


class Tablet(NamedTuple):
    """Who sends: a team and a device."""

    team_id: UUID
    device_id: str


class EntityOffice:
    """Changes entities as doors and the office do, each in a transaction of its own."""

    def __init__(self, wiring: Wiring, municipality: Municipality) -> None:
        self.wiring, self.municipality = wiring, municipality
        self.now = NOON
        with wiring.database.writing() as session:
            session.add(TeamArea(team_id=municipality.team, mahalle_id=municipality.akpinar))
            session.add(TeamArea(team_id=municipality.other_team, mahalle_id=municipality.fatih))
        self.tablet = Tablet(municipality.team, "collect:1")
        self.second_tablet = Tablet(municipality.team, "collect:2")
        self.other_team = Tablet(municipality.other_team, "collect:3")

    def record_target(self, **fields: str) -> UUID:
        """Record one target of the office's list."""
        return self.record_targets([NewTarget(HOUSE | {"geometry": IN_AKPINAR} | fields)])[0].id

    def record_targets(self, rows: list[NewTarget]) -> list[Recorded]:
        with self.wiring.database.writing() as session:
            feed, index = FeedChanges(), self.wiring.knowledge.current(session).index
            found = record_targets(session, rows, feed, Recording(self.now, None, uuid4()), index=index)
            write_feed(session, feed, self.now)
        return found

    def plan(self, target_id: UUID, team_id: UUID, *, days: int = 0, **more: Any) -> UUID:  # noqa: ANN401 - as the struct
        """Plan a visit of the team, `days` from today."""
        row = NewAssignment(target_id, team_id, "hane", (self.now + timedelta(days=days)).date(), **more)
        with self.wiring.database.writing() as session:
            feed = FeedChanges()
            (found,) = record_assignments(session, [row], feed, Recording(self.now, None, uuid4()))
            write_feed(session, feed, self.now)
        return found.id

    def change(self, tablet: Tablet | None, entity_id: UUID, values: Mapping[str, str], **more: Any) -> ChangeOutcome:  # noqa: ANN401 - as the struct
        return self.apply(self.a_change(tablet, entity_id, values, **more))[0]

    def a_change(self, tablet: Tablet | None, entity_id: UUID, values: Mapping[str, str], **more: Any) -> FieldChange:  # noqa: ANN401 - as the struct
        """Make a change; without a tablet it is the office's."""
        given: dict[str, Any] = {
            "kind": "target",
            "source": "operation" if tablet else "import",
            "source_id": uuid4(),
            "user_id": None,
            "team_id": tablet.team_id if tablet else None,
            "device_id": tablet.device_id if tablet else "",
            "at": self.now,
            **more,
        }
        return FieldChange(entity_id=entity_id, values=dict(values), **given)

    def apply(self, *changes: FieldChange, released: list[ReleasedChange] | None = None) -> list[ChangeOutcome]:
        with self.wiring.database.writing() as session:
            feed, index = FeedChanges(), self.wiring.knowledge.current(session).index
            outcomes = apply_changes(session, visit_kinds(index), changes, feed, self.now, released=released)
            write_feed(session, feed, self.now)
        return outcomes

    def release(self, at: datetime) -> list[ReleasedChange]:
        with self.wiring.database.writing() as session:
            feed, index = FeedChanges(), self.wiring.knowledge.current(session).index
            released = release_overdue(session, visit_kinds(index), feed, at)
            write_feed(session, feed, at)
        return released

    def target(self, entity_id: UUID) -> VisitTarget | None:
        with self.wiring.database.reading() as session:
            return session.get(VisitTarget, entity_id)

    def assignment(self, entity_id: UUID) -> VisitAssignment:
        with self.wiring.database.reading() as session:
            return session.get_one(VisitAssignment, entity_id)

    def fields(self, entity_id: UUID) -> dict[str, str]:
        target = self.target(entity_id)
        assert target is not None
        return target.fields

    def areas(self, kind: str, entity_id: UUID) -> set[str]:
        """Return the areas whose tablets hold an entity, in words: `team`, `other_team`, `akpinar`, `fatih`."""
        names = {
            f"team:{self.municipality.team}": "team",
            f"team:{self.municipality.other_team}": "other_team",
            f"mahalle:{self.municipality.akpinar}": "akpinar",
            f"mahalle:{self.municipality.fatih}": "fatih",
        }
        with self.wiring.database.reading() as session:
            rows = session.scalars(
                select(FeedEntry.area).where(
                    FeedEntry.kind == kind, FeedEntry.entity_id == entity_id, FeedEntry.is_removed.is_(False)
                )
            )
            return {names[area] for area in rows}

    def body(self, kind: str, entity_id: UUID) -> str:
        with self.wiring.database.reading() as session:
            return session.get_one(FeedBody, (kind, entity_id)).body

    def conflicts(self, entity_id: UUID) -> list[EntityConflict]:
        with self.wiring.database.reading() as session:
            return list(
                session.scalars(
                    select(EntityConflict).where(EntityConflict.entity_id == entity_id).order_by(EntityConflict.id)
                )
            )

    def held(self) -> int:
        with self.wiring.database.reading() as session:
            return len(session.scalars(select(HeldChange.id)).all())
