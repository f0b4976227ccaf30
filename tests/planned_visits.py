"""Plans visits the way lists of the office do, for tests that need targets and assignments on a tablet."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from sync.change_log import FeedChanges, write_feed
from visits.recording import NewAssignment, NewTarget, Recording, record_assignments, record_targets

IN_AKPINAR = "41.005 29.205 0 8"


class PlannedVisit(NamedTuple):
    """A target and the visit that is planned to it."""

    target: UUID
    assignment: UUID


def plan_visit(
    wiring: Wiring, team: UUID, at: datetime, *, visit_type: str = "hane", day: date | None = None, position: int = 0,
    fields: Mapping[str, str] | None = None, **more: str,
) -> PlannedVisit:  # fmt: skip
    """Record a target (`more` overrides its fields) and a visit of the team to it; `fields` are the assignment's."""
    target = {"tur": "hane", "ad": "Ayşe Yılmaz", "adres": "Gül Sk. 12/3", "geometry": IN_AKPINAR, **more}
    day = day or at.astimezone(ISTANBUL).date()
    recording = Recording(at, None, uuid4())
    with wiring.database.writing() as session:
        feed, index = FeedChanges(), wiring.knowledge.current(session).index
        (made,) = record_targets(session, [NewTarget(target)], feed, recording, index=index)
        planned = NewAssignment(made.id, team, visit_type, day, position=position, fields=dict(fields or {}))
        (assignment,) = record_assignments(session, [planned], feed, recording)
        write_feed(session, feed, at)
    return PlannedVisit(made.id, assignment.id)
