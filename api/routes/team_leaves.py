"""Leave of teams and their members: noted, taken back, and what it strands moved at once."""

from datetime import date
from uuid import UUID

import msgspec
from litestar import delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.dependencies import shows
from api.problems import NotFound
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from reports.planned_ahead import StrandedView, view_stranded
from sync.change_log import FeedChanges, write_feed
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from teams.team_leaves import LeavePlan, add_leave, days_of_leave, remove_leave
from visits.recording import Recording
from visits.stranded_visits import StrandedDays, Way, count_stranded, move_stranded

TEAMS = shows(Resource.TABLETS)
# Names of those who are visited are told.
VISITS = shows(Resource.VISITS)


class NotedLeave(msgspec.Struct, frozen=True):
    """A leave that was noted. `stranded`: planned visits of the team on days on which it does not work now."""

    id: UUID
    stranded: int


class StrandedMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where stranded visits go: to other teams on the same day, or to the team's next working day."""

    way: Way


@post("/team-leaves", sync_to_thread=True, opt=TEAMS)
def note_leave(
    data: JSONBody[LeavePlan], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> NotedLeave:  # fmt: skip
    """Note a leave, and say what was planned for those days."""
    del sees
    with wiring.database.writing() as session:
        leave_id, team_id = add_leave(session, data, _today(wiring))
        record_access(session, actor, Access.CHANGED, Subject.TEAM, team_id, at=wiring.clock(), detail="izin")
        days = StrandedDays(team_id, max(data.first_day, _today(wiring)), data.last_day)
        return NotedLeave(leave_id, count_stranded(session, days))


@delete("/team-leaves/{leave_id:uuid}", status_code=204, sync_to_thread=True, opt=TEAMS)
def take_leave_back(
    leave_id: FromPath[UUID], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Take a leave back."""
    del sees
    with wiring.database.writing() as session:
        if not remove_leave(session, leave_id):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.TEAM, leave_id, at=wiring.clock(), detail="izin silindi")


@post("/team-leaves/{leave_id:uuid}/move-visits", status_code=200, sync_to_thread=True, opt=VISITS)
def move_stranded_visits(
    leave_id: FromPath[UUID], data: JSONBody[StrandedMove], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> StrandedView:  # fmt: skip
    """Move the visits that a leave strands; answers with each of them."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        leave, feed = days_of_leave(session, leave_id), FeedChanges()
        if leave is None:
            raise NotFound
        days = StrandedDays(leave.team_id, max(leave.first_day, _today(wiring)), leave.last_day)
        moves = move_stranded(session, days, data.way, feed, Recording(at, actor.user_id, uuid7(at)))
        detail = f"izin: {len(moves.moved)} ziyaret taşındı"
        record_access(session, actor, Access.CHANGED, Subject.TEAM, leave.team_id, at=at, detail=detail)
        view = view_stranded(session, moves)
        write_feed(session, feed, at)
    return view


def _today(wiring: Wiring) -> date:
    return wiring.clock().astimezone(ISTANBUL).date()
