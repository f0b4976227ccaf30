"""Fields that two people changed without knowing of each other: the coordinator decides, and can undo a decision."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from api.csv_answers import csv_stream
from api.dependencies import shows
from api.list_filters import PAGE
from api.problems import NotFound
from api.wiring import Wiring
from reports.csv_export import write_csv
from reports.office_lists_csv import CONFLICT_HEADER, conflict_cells
from service_requests.conflict_lists import ConflictView, list_conflicts, next_conflicts, view_conflict
from service_requests.keyset_pages import PageView, PageWanted
from sync.change_log import FeedChanges, write_feed
from sync.conflict_decisions import Decider, decide_conflict, undo_decision
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from visits.kinds import visit_kinds

CONFLICTS = shows(Resource.CONFLICTS)
# `state` is a word of the framework's own.
InState = Annotated[Literal["open", "decided", "all"], QueryParameter(name="state")]


class NewDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which value shall stand. `standing_version`: `standing.version` as it was shown; guards against a newer value."""

    choice: Literal["standing", "other"]
    standing_version: int | None = None


@get("/conflicts", sync_to_thread=True, opt=CONFLICTS, dependencies=PAGE)
def show_conflicts(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    page: NamedDependency[PageWanted],
    in_state: InState = "open",
    entity: FromQuery[UUID | None] = None,
) -> PageView[ConflictView]:
    """List conflicts, newest first; of one entity alone where it is named."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return list_conflicts(session, in_state, page, entity)


@get("/conflicts.csv", sync_to_thread=True, opt=CONFLICTS)
def export_conflicts(
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    in_state: InState = "open",
) -> Stream:
    """Export the list in the same state."""
    del sees

    def read(wanted: PageWanted) -> list[ConflictView]:
        with wiring.database.reading() as session:
            return next_conflicts(session, in_state, wanted)

    with wiring.database.writing() as session:
        record_access(session, actor, Access.EXPORTED, Subject.CONFLICT, "*", at=wiring.clock(), detail=in_state)
    return csv_stream(write_csv(CONFLICT_HEADER, read, conflict_cells), "cakismalar.csv")


@get("/conflicts/{conflict_id:uuid}", sync_to_thread=True, opt=CONFLICTS)
def show_conflict(
    conflict_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> ConflictView:
    """Show one conflict with both values, which may be names and phones."""
    del sees
    with wiring.database.writing() as session:
        view = view_conflict(session, conflict_id)
        if view is None:
            raise NotFound
        record_access(session, actor, Access.VIEWED, Subject.CONFLICT, conflict_id, at=wiring.clock())
    return view


@post("/conflicts/{conflict_id:uuid}/decide", status_code=200, sync_to_thread=True, opt=CONFLICTS)
def decide(
    conflict_id: FromPath[UUID],
    data: JSONBody[NewDecision],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> ConflictView:
    """Decide a conflict: the standing value, or the other."""
    del sees
    decider, feed = Decider(actor.user_id, wiring.clock()), FeedChanges()
    with wiring.database.writing() as session:
        kinds = visit_kinds(wiring.knowledge.current(session).index)
        seen = data.standing_version
        decide_conflict(session, kinds, feed, conflict_id, choice=data.choice, decider=decider, seen_version=seen)
        view = view_conflict(session, conflict_id)
        if view is None:
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.CONFLICT, conflict_id, at=decider.at, detail=data.choice)
        write_feed(session, feed, decider.at)
    return view


@post("/conflicts/{conflict_id:uuid}/undo", status_code=200, sync_to_thread=True, opt=CONFLICTS)
def undo(
    conflict_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> ConflictView:
    """Undo a decision; what somebody wrote since stays."""
    del sees
    decider, feed = Decider(actor.user_id, wiring.clock()), FeedChanges()
    with wiring.database.writing() as session:
        undo_decision(session, visit_kinds(wiring.knowledge.current(session).index), feed, conflict_id, decider)
        view = view_conflict(session, conflict_id)
        if view is None:
            raise NotFound
        record_access(
            session, actor, Access.CHANGED, Subject.CONFLICT, conflict_id, at=decider.at, detail="geri alındı"
        )
        write_feed(session, feed, decider.at)
    return view
