"""What became of a day since a plan was made, visit by visit: for whoever has to merge two plans.

A change is one of the history (`sync/tables.py`) that is newer than the version a visit was planned with.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from planning.asking import AskedPlan
from planning.plan_records import PlanNotReady
from planning.stored_plan import StoredPlan, read_stored
from planning.tables import DayPlan
from planning.written_times import write_moment
from reports.day_plans import PlannedVisitView, gone_visit, read_planned_visits
from sync.entity_records import chunks
from sync.tables import EntityChange
from teams.accounts import NamedView
from teams.permissions import Scope
from teams.tables import Team, User
from visits.assignment_states import PLANNED
from visits.tables import VisitAssignment

_PLACE_FIELDS = {"gun", "ekip", "sira", "saat"}
MOVED, ADDED, SETTLED, REMOVED, OTHER = "moved", "added", "settled", "removed", "other"


class PlaceView(msgspec.Struct, frozen=True):
    """Where a visit is: with which team, on which day, when (`HH:MM` or nothing), as which of the day."""

    team: NamedView
    day: date
    time: str
    number: int


class DifferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that is no longer what it was when it was planned. `kind`: moved, added, settled, removed, other.

    `planned` is where the plan has it, `standing` where it is now; `by` and `at` are of the last change.
    """

    visit: PlannedVisitView
    kind: str
    planned: PlaceView | None
    standing: PlaceView | None
    by: str
    at: datetime | None


class DifferencesView(msgspec.Struct, frozen=True):
    """The differences, and the teams whose day is in question."""

    items: list[DifferenceView]
    teams: list[NamedView]


class _Latest(NamedTuple):
    """The last change of a visit since its version, and all fields that changed since."""

    by: str
    at: datetime
    fields: set[str]


class _Day(NamedTuple):
    planned: dict[UUID, tuple[int, PlaceView]]
    standing: dict[UUID, VisitAssignment]
    teams: dict[UUID, str]


def view_differences(session: Session, scope: Scope, plan: DayPlan) -> DifferencesView:
    """Compare a plan with its day as it stands. Raises `PlanNotReady`."""
    if plan.result is None:
        raise PlanNotReady
    asked, stored = msgspec.convert(plan.asked, AskedPlan), read_stored(plan.result)
    day = _read_day(session, asked, stored)
    passed_over = {one.visit for one in stored.unfitted}
    changed = [
        visit
        for visit in dict.fromkeys([*day.planned, *day.standing])
        if visit not in passed_over and _version(day.standing.get(visit)) != _planned_version(day, visit)
    ]
    names = read_planned_visits(session, scope, changed)
    latest = _read_latest(session, {visit: _planned_version(day, visit) or 0 for visit in changed})
    items = [_difference(visit, day, latest.get(visit), names.get(visit)) for visit in changed]
    asked_for = {
        place.team.id: place.team
        for one in items
        for place in (one.planned, one.standing)
        if place and one.kind in {MOVED, ADDED} and place.team.id in asked.team_ids
    }
    return DifferencesView(items, sorted(asked_for.values(), key=lambda team: asked.team_ids.index(team.id)))


def _read_day(session: Session, asked: AskedPlan, stored: StoredPlan) -> _Day:
    teams = {row.id: row.name for row in session.execute(select(Team.id, Team.name))}
    planned = {
        stop.visit: (
            stop.version,
            PlaceView(_team(route.team, teams), route.day, write_moment(stop.start), number),
        )
        for route in stored.routes
        for number, stop in enumerate(route.stops, 1)
    }
    standing: dict[UUID, VisitAssignment] = {}
    for some in chunks(planned):
        there = select(VisitAssignment).where(VisitAssignment.id.in_(some), VisitAssignment.is_removed.is_(False))
        standing |= {row.id: row for row in session.scalars(there)}
    beside = select(VisitAssignment).where(
        VisitAssignment.day.in_(asked.days), VisitAssignment.team_id.in_(asked.team_ids),
        VisitAssignment.status == PLANNED, VisitAssignment.is_removed.is_(False),
    )  # fmt: skip
    standing |= {row.id: row for row in session.scalars(beside.order_by(VisitAssignment.day, VisitAssignment.position))}
    return _Day(planned, standing, teams)


def _read_latest(session: Session, since: Mapping[UUID, int]) -> dict[UUID, _Latest]:
    found: dict[UUID, _Latest] = {}
    for some in chunks(since):
        rows = session.execute(
            select(EntityChange, User.display_name)
            .outerjoin(User, User.id == EntityChange.user_id)
            .where(EntityChange.entity_id.in_(some))
            .order_by(EntityChange.version)
        )
        for change, name in rows:
            if change.version > since[change.entity_id]:
                before = found.get(change.entity_id)
                fields = set(change.values) | (before.fields if before else set())
                found[change.entity_id] = _Latest(name or "", change.at, fields)
    return found


def _difference(
    visit: UUID, day: _Day, latest: _Latest | None, named: PlannedVisitView | None
) -> DifferenceView:  # fmt: skip
    _, planned = day.planned.get(visit, (0, None))
    row = day.standing.get(visit)
    standing = PlaceView(_team(row.team_id, day.teams), row.day, row.planned_time, row.position) if row else None
    return DifferenceView(
        visit=named or gone_visit(visit), kind=_kind(row, latest, is_planned=planned is not None), planned=planned,
        standing=standing, by=latest.by if latest else "", at=latest.at if latest else None,
    )  # fmt: skip


def _kind(row: VisitAssignment | None, latest: _Latest | None, *, is_planned: bool) -> str:
    if row is None:
        return REMOVED
    if row.status != PLANNED:
        return SETTLED
    if not is_planned:
        return ADDED
    return MOVED if latest is None or latest.fields & _PLACE_FIELDS else OTHER


def _version(row: VisitAssignment | None) -> int | None:
    return row.version if row else None


def _planned_version(day: _Day, visit: UUID) -> int | None:
    return day.planned[visit][0] if visit in day.planned else None


def _team(team_id: UUID, teams: Mapping[UUID, str]) -> NamedView:
    return NamedView(team_id, teams.get(team_id, ""))
