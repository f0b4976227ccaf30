"""Whom we visit and what is planned: the lists of the office, and what a household wants.

Taking lists in is `visit_imports.py`.
"""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from api.csv_answers import csv_stream
from api.dependencies import shows
from api.list_filters import ASSIGNMENT_FILTERS, PAGE, TARGET_FILTERS
from api.problems import NotFound
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from reports.csv_export import write_csv
from reports.visit_days import TeamDayView, count_team_days
from reports.visit_lists import (
    ASSIGNMENT_HEADER,
    TARGET_HEADER,
    AssignmentFilters,
    AssignmentRowView,
    TargetFilters,
    TargetRowView,
    assignment_cells,
    list_assignments,
    list_targets,
    next_assignments,
    next_targets,
    target_cells,
)
from service_requests.keyset_pages import PageView, PageWanted
from sync.change_log import FeedChanges, write_feed
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from visits.preferred_teams import want_team
from visits.recording import Recording

VISITS = shows(Resource.VISITS)


class TeamDayList(msgspec.Struct, frozen=True):
    """The teams that have visits on a day."""

    items: list[TeamDayView]


class PreferredTeam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The team that a household wants; None: any."""

    team_id: UUID | None


@get("/visit-targets", sync_to_thread=True, opt=VISITS, dependencies=TARGET_FILTERS | PAGE)
def show_targets(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    filters: NamedDependency[TargetFilters],
    page: NamedDependency[PageWanted],
) -> PageView[TargetRowView]:
    """List targets, newest first."""
    with wiring.database.reading() as session:
        return list_targets(session, sees, filters, page)


@put("/visit-targets/{target_id:uuid}/preferred-team", status_code=204, sync_to_thread=True, opt=VISITS)
def prefer_team(
    target_id: FromPath[UUID], data: JSONBody[PreferredTeam], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Write down which team a household wants, or that it wants none."""
    del sees  # asking for it is what refuses everybody else
    at = wiring.clock()
    with wiring.database.writing() as session:
        feed, index = FeedChanges(), wiring.knowledge.current(session).index
        recording = Recording(at, actor.user_id, uuid7(at))
        if not want_team(session, target_id, data.team_id, feed, recording, index=index):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.TARGET, target_id, at=at, detail="istenen ekip")
        write_feed(session, feed, at)


@get("/visit-targets.csv", sync_to_thread=True, opt=VISITS, dependencies=TARGET_FILTERS)
def export_targets(
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    filters: NamedDependency[TargetFilters],
) -> Stream:
    """Export the targets with the same filters."""

    def read(wanted: PageWanted) -> list[TargetRowView]:
        with wiring.database.reading() as session:
            return next_targets(session, sees, filters, wanted)

    with wiring.database.writing() as session:
        asked = request.url.query
        record_access(session, actor, Access.EXPORTED, Subject.TARGET, "*", at=wiring.clock(), detail=asked)
    return csv_stream(write_csv(TARGET_HEADER, read, target_cells), "hedefler.csv")


@get("/visit-assignments", sync_to_thread=True, opt=VISITS, dependencies=ASSIGNMENT_FILTERS | PAGE)
def show_assignments(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    filters: NamedDependency[AssignmentFilters],
    page: NamedDependency[PageWanted],
) -> PageView[AssignmentRowView]:
    """List planned visits, newest first; those of one day by team and in its order."""
    with wiring.database.reading() as session:
        return list_assignments(session, sees, filters, page)


@get("/visit-assignments/teams", sync_to_thread=True, opt=VISITS)
def show_team_days(
    wiring: NamedDependency[Wiring], sees: NamedDependency[Scope], day: FromQuery[date | None] = None
) -> TeamDayList:
    """Count a day's planned visits by team; today's where none is named."""
    day = day or wiring.clock().astimezone(ISTANBUL).date()
    with wiring.database.reading() as session:
        return TeamDayList(count_team_days(session, sees, day))


@get("/visit-assignments.csv", sync_to_thread=True, opt=VISITS, dependencies=ASSIGNMENT_FILTERS)
def export_assignments(
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    filters: NamedDependency[AssignmentFilters],
) -> Stream:
    """Export the planned visits with the same filters."""

    def read(wanted: PageWanted) -> list[AssignmentRowView]:
        with wiring.database.reading() as session:
            return next_assignments(session, sees, filters, wanted)

    with wiring.database.writing() as session:
        asked = request.url.query
        record_access(session, actor, Access.EXPORTED, Subject.ASSIGNMENT, "*", at=wiring.clock(), detail=asked)
    return csv_stream(write_csv(ASSIGNMENT_HEADER, read, assignment_cells), "planli-ziyaretler.csv")
