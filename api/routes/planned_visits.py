"""Single planned visits: made, moved, cancelled by hand or taken back; and two teams at one household, settled."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.dependencies import shows
from api.problems import NotFound
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from reports.double_lists import DoubleView, list_doubles
from reports.planned_ahead import TakenBackView, view_taken_back
from sync.change_log import FeedChanges, write_feed
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from visits.double_visits import Double, settle_double
from visits.next_decisions import NextDecision, decide_next, decided
from visits.recording import Recording
from visits.single_visits import SingleVisit, VisitMove, move_visit, plan_single_visit
from visits.stranded_returns import MovedVisit, take_back

VISITS = shows(Resource.VISITS)


class PlannedVisitView(msgspec.Struct, frozen=True):
    """The visit that was planned."""

    id: UUID


class DoubleList(msgspec.Struct, frozen=True):
    """Pairs that wait for a decision."""

    items: list[DoubleView]


class MovesBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Visits of a team that was away, as they were moved."""

    team_id: UUID
    visits: list[MovedVisit]


class Settling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of two visits is kept: the first, the second, or both."""

    first_id: UUID
    second_id: UUID
    keep: Literal["first", "second", "both"]


@post("/visit-assignments", sync_to_thread=True, opt=VISITS)
def plan_visit(
    data: JSONBody[SingleVisit], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> PlannedVisitView:  # fmt: skip
    """Plan one visit by hand."""
    del sees  # asking for it is what refuses everybody else
    at = wiring.clock()
    with wiring.database.writing() as session:
        feed = FeedChanges()
        made = plan_single_visit(session, data, feed, _recording(actor, wiring), today=_today(wiring))
        decided(session, data.target_id, data.visit_type)
        record_access(session, actor, Access.CHANGED, Subject.ASSIGNMENT, made, at=at, detail="planlandı")
        write_feed(session, feed, at)
    return PlannedVisitView(made)


@patch("/visit-assignments/{assignment_id:uuid}", status_code=204, sync_to_thread=True, opt=VISITS)
def change_visit(
    assignment_id: FromPath[UUID], data: JSONBody[VisitMove], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Move a visit to another day or team, or cancel it."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        feed = FeedChanges()
        if not move_visit(session, assignment_id, data, feed, _recording(actor, wiring), today=_today(wiring)):
            raise NotFound
        detail = "iptal edildi" if data.cancel_reason is not None else "taşındı"
        record_access(session, actor, Access.CHANGED, Subject.ASSIGNMENT, assignment_id, at=at, detail=detail)
        write_feed(session, feed, at)


@post("/visit-assignments/{assignment_id:uuid}/next", status_code=204, sync_to_thread=True, opt=VISITS)
def decide_next_visit(
    assignment_id: FromPath[UUID], data: JSONBody[NextDecision], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Plan the next attempt of a visit that waits for a decision, or decide that nobody goes."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        feed = FeedChanges()
        if not decide_next(session, assignment_id, data, feed, _recording(actor, wiring), today=_today(wiring)):
            raise NotFound
        detail = "yeniden gidilecek" if data.day else "yeniden gidilmeyecek"
        record_access(session, actor, Access.CHANGED, Subject.ASSIGNMENT, assignment_id, at=at, detail=detail)
        write_feed(session, feed, at)


@post("/visit-assignments/take-moves-back", status_code=200, sync_to_thread=True, opt=VISITS)
def take_moves_back(
    data: JSONBody[MovesBack], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> TakenBackView:  # fmt: skip
    """Give moved visits back to their team and day; names those that changed meanwhile and stay."""
    del sees
    at, today, feed = wiring.clock(), _today(wiring), FeedChanges()
    with wiring.database.writing() as session:
        taken = take_back(session, data.team_id, data.visits, feed, _recording(actor, wiring), today=today)
        if taken is None:
            raise NotFound
        detail = f"izin: {taken.returned} ziyaretin taşınması geri alındı"
        record_access(session, actor, Access.CHANGED, Subject.TEAM, data.team_id, at=at, detail=detail)
        view = view_taken_back(session, taken)
        write_feed(session, feed, at)
    return view


@get("/visit-doubles", sync_to_thread=True, opt=VISITS)
def show_doubles(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> DoubleList:
    """List two teams at one household."""
    with wiring.database.reading() as session:
        return DoubleList(list_doubles(session, sees, _today(wiring)))


@post("/visit-doubles/settle", status_code=204, sync_to_thread=True, opt=VISITS)
def settle(
    data: JSONBody[Settling], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Keep one of two visits and cancel the other, or keep both."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        feed = FeedChanges()
        settle_double(session, Double(data.first_id, data.second_id), data.keep, feed, _recording(actor, wiring))
        detail = f"iki ekip, bir adres: {data.keep}"
        record_access(session, actor, Access.CHANGED, Subject.ASSIGNMENT, data.first_id, at=at, detail=detail)
        write_feed(session, feed, at)


def _recording(actor: Actor, wiring: Wiring) -> Recording:
    at = wiring.clock()
    return Recording(at, actor.user_id, uuid7(at))


def _today(wiring: Wiring) -> date:
    return wiring.clock().astimezone(ISTANBUL).date()
