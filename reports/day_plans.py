"""Day plans for the coordinator's page and papers: ids and seconds, with the names, addresses and points of today.

Visits are read through `visible_assignments`; one that was removed meanwhile is shown without a name.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from planning.asking import AskedPlan
from planning.learnt_paces import UsedPace
from planning.plan_records import state_of
from planning.reasons import REASONS
from planning.stored_plan import StoredMissed, StoredPlan, StoredRoute, StoredStop, read_stored
from planning.tables import DayPlan
from planning.travel_times import TRAVEL_NOTES
from planning.wishes import NOT_PLANNED, REMOVED, missed_sentence
from planning.workers import PlannerDied
from planning.written_times import write_moment
from reports.visit_lists import visible_assignments
from service_requests.submission_lists import CodedView
from sync.entity_records import chunks
from teams.accounts import NamedView
from teams.permissions import Scope
from teams.tables import User
from visits.approximate_places import PRECISIONS
from visits.preferred_teams import WantedTeamView, preferred_team, read_wanted, still_there
from visits.tables import VisitAssignment, VisitTarget, VisitType
from visits.target_fields import ROUGH

_SHOWN = 20


class PlanRowView(msgspec.Struct, frozen=True, kw_only=True):
    """A plan in the list of a day. `state`: waiting, running, done, failed, cancelled, adopted; `share`: 0 to 1."""

    id: UUID
    first_day: date
    last_day: date
    state: str
    share: float
    by: NamedView
    asked_at: datetime
    adopted_at: datetime | None
    trouble: str | None


class PlannedVisitView(msgspec.Struct, frozen=True, kw_only=True):
    """A visit of a plan and whom it goes to."""

    id: UUID
    target: NamedView
    address: str
    visit_type: CodedView
    lon: float | None
    lat: float | None
    precision: CodedView
    is_pinned: bool
    preferred_team: WantedTeamView | None


class StopView(msgspec.Struct, frozen=True, kw_only=True):
    """A stop: times are `HH:MM`; `is_moved`: a person put it there.

    `missed`: a sentence that says why the team does not go that was asked for; empty where it does, or none was.
    """

    number: int
    visit: PlannedVisitView
    arrival: str
    start: str
    end: str
    travel_s: int
    is_moved: bool
    missed: str


class RouteView(msgspec.Struct, frozen=True, kw_only=True):
    """A team's day."""

    team: NamedView
    day: date
    departure: str
    back_at: str
    lunch: tuple[str, str] | None
    travel_s: int
    stops: list[StopView]


class UnfittedView(msgspec.Struct, frozen=True, kw_only=True):
    """A visit without a place, and why."""

    visit: PlannedVisitView
    reason: CodedView


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """A plan: its row, what was asked for, and the result where there is one. `notes` are sentences.

    `paces`: how bee-lines were reckoned; a mode whose ways a routing service gave has none.
    """

    plan: PlanRowView
    asked: AskedPlan
    routes: list[RouteView] | None
    unfitted: list[UnfittedView]
    notes: list[str]
    paces: list[UsedPace]


class _Names(NamedTuple):
    visits: dict[UUID, PlannedVisitView]
    teams: dict[UUID, WantedTeamView]
    moved: frozenset[UUID]
    missed: dict[UUID, str]


def list_plans(session: Session, day: date, at: datetime) -> list[PlanRowView]:
    """List the last plans that touch a day, newest first."""
    found = (
        select(DayPlan, User.display_name)
        .join(User, User.id == DayPlan.asked_by)
        .where(DayPlan.last_day >= day, DayPlan.first_day <= day)
        .order_by(DayPlan.id.desc())
        .limit(_SHOWN)
    )
    return [_row_view(plan, name, at) for plan, name in session.execute(found)]


def view_plan(session: Session, scope: Scope, plan: DayPlan, at: datetime) -> PlanView:
    """Show one plan with the names of its visits."""
    name = session.scalars(select(User.display_name).where(User.id == plan.asked_by)).one()
    stored = read_stored(plan.result) if plan.result else None
    routes, unfitted = _views(session, scope, stored) if stored else (None, [])
    return PlanView(
        plan=_row_view(plan, name, at), asked=msgspec.convert(plan.asked, AskedPlan), routes=routes,
        unfitted=unfitted, notes=[TRAVEL_NOTES[code] for code in stored.notes] if stored else [],
        paces=stored.paces if stored else [],
    )  # fmt: skip


def view_route(
    session: Session, scope: Scope, stored: StoredPlan, team: UUID | None, day: date | None
) -> RouteView | None:
    """Show one team's day of a plan; None where the plan has none."""
    routes = [route for route in stored.routes if (route.team, route.day) == (team, day)]
    found, _ = _views(session, scope, msgspec.structs.replace(stored, routes=routes, unfitted=[]))
    return found[0] if found else None


def _views(session: Session, scope: Scope, stored: StoredPlan) -> tuple[list[RouteView], list[UnfittedView]]:
    ids = [*(stop.visit for route in stored.routes for stop in route.stops), *(one.visit for one in stored.unfitted)]
    teams = read_wanted(session)
    names = _Names(
        read_planned_visits(session, scope, ids),
        teams,
        frozenset(move.visit for move in stored.moves if not move.is_held),
        {one.visit: _missed(one, teams) for one in stored.missed},
    )
    unfitted = [
        UnfittedView(visit=_visit_view(one.visit, names), reason=CodedView(one.reason, REASONS[one.reason]))
        for one in stored.unfitted
    ]
    return [_route_view(route, names) for route in stored.routes], unfitted


def read_planned_visits(session: Session, scope: Scope, ids: Collection[UUID]) -> dict[UUID, PlannedVisitView]:
    """Read the names of visits that somebody may see."""
    teams = still_there(read_wanted(session))
    found: dict[UUID, PlannedVisitView] = {}
    for some in chunks(ids):
        named = (
            select(VisitAssignment, VisitTarget, VisitType.name.label("type_name"))
            .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
            .join(VisitType, VisitType.code == VisitAssignment.visit_type)
            .where(VisitAssignment.id.in_(some))
        )
        for row in session.execute(visible_assignments(named, scope)):
            found[row.VisitAssignment.id] = _named_visit(row, teams)
    return found


def _missed(missed: StoredMissed, teams: Mapping[UUID, WantedTeamView]) -> str:
    team = teams.get(missed.team)
    if team is None:
        return missed_sentence("", missed.reason)
    # A team that was removed is in no plan.
    is_gone = not team.is_active and missed.reason == NOT_PLANNED
    return missed_sentence(team.name, REMOVED if is_gone else missed.reason)


def _named_visit(row: Row[Any], teams: Mapping[UUID, WantedTeamView]) -> PlannedVisitView:
    visit: VisitAssignment = row.VisitAssignment
    target: VisitTarget = row.VisitTarget
    wanted = preferred_team(visit.fields, target.fields, teams)
    return PlannedVisitView(
        id=visit.id, target=NamedView(target.id, target.name), address=target.fields.get("adres", ""),
        visit_type=CodedView(visit.visit_type, row.type_name), lon=target.lon, lat=target.lat,
        precision=CodedView(target.konum_hassasiyeti, PRECISIONS[target.konum_hassasiyeti]),
        is_pinned=visit.fields.get("sabit") == "evet",
        preferred_team=teams.get(wanted) if wanted else None,
    )  # fmt: skip


def rough_words(visit: PlannedVisitView) -> str:
    """Say how roughly the place of a visit is known; nothing where it has a point or none."""
    return visit.precision.name if visit.precision.code in ROUGH else ""


def gone_visit(visit_id: UUID) -> PlannedVisitView:
    """Stand in for a visit that is there no more."""
    return PlannedVisitView(
        id=visit_id, target=NamedView(visit_id, "Silinmiş ziyaret"), address="", visit_type=CodedView("", ""),
        lon=None, lat=None, precision=CodedView("", PRECISIONS[""]), is_pinned=False, preferred_team=None,
    )  # fmt: skip


def _visit_view(visit_id: UUID, names: _Names) -> PlannedVisitView:
    return names.visits.get(visit_id) or gone_visit(visit_id)


def _route_view(route: StoredRoute, names: _Names) -> RouteView:
    return RouteView(
        team=NamedView(route.team, names.teams[route.team].name if route.team in names.teams else ""), day=route.day,
        departure=write_moment(route.departure), back_at=write_moment(route.back_at),
        lunch=(write_moment(route.lunch[0]), write_moment(route.lunch[1])) if route.lunch else None,
        travel_s=route.travel_s, stops=_stop_views(route.stops, names),
    )  # fmt: skip


def _stop_views(stops: Sequence[StoredStop], names: _Names) -> list[StopView]:
    return [
        StopView(
            number=number, visit=_visit_view(stop.visit, names), arrival=write_moment(stop.arrival),
            start=write_moment(stop.start), end=write_moment(stop.end), travel_s=stop.travel_s,
            is_moved=stop.visit in names.moved, missed=names.missed.get(stop.visit, ""),
        )
        for number, stop in enumerate(stops, 1)
    ]  # fmt: skip


def _row_view(plan: DayPlan, name: str, at: datetime) -> PlanRowView:
    state = state_of(plan, at)
    return PlanRowView(
        id=plan.id, first_day=plan.first_day, last_day=plan.last_day, state=state, share=plan.share,
        by=NamedView(plan.asked_by, name), asked_at=plan.asked_at, adopted_at=plan.adopted_at,
        trouble=_trouble(plan) if state == "failed" else None,
    )  # fmt: skip


def _trouble(plan: DayPlan) -> str:
    """Say what went wrong: the sentence of the error, or that the planner died."""
    return plan.trouble.partition("|")[2] or PlannerDied().sentence
