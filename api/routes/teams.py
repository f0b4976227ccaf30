"""Teams: the coordinator makes and changes them, and watches how their day goes. Their leave is `team_leaves.py`."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from api.dependencies import shows
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from reports.live_board import show_board, tag_board
from reports.planned_ahead import count_planned
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from teams.team_leaves import LeaveView, list_leaves
from teams.team_plans import (
    TeamInUse,
    TeamPlan,
    TeamView,
    change_team,
    list_teams,
    list_workers,
    make_team,
    remove_team,
    show_team,
)

TEAMS, BOARD = shows(Resource.TABLETS), shows(Resource.VISITS)
_NOT_MODIFIED = 304


class WorkerView(msgspec.Struct, frozen=True):
    """A field worker whom a team can be given."""

    id: UUID
    name: str
    team_id: UUID | None


class TeamList(msgspec.Struct, frozen=True):
    """All teams, who may be in them, and who is away."""

    items: list[TeamView]
    workers: list[WorkerView]
    leaves: list[LeaveView]


@get("/teams", sync_to_thread=True, opt=TEAMS)
def show_teams(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> TeamList:
    """List all teams."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        workers = [WorkerView(*one) for one in list_workers(session)]
        return TeamList(list_teams(session), workers, list_leaves(session, _today(wiring)))


@post("/teams", sync_to_thread=True, opt=TEAMS)
def add_team(
    data: JSONBody[TeamPlan], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> TeamView:  # fmt: skip
    """Make a team."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        team_id = make_team(session, data)
        record_access(session, actor, Access.CHANGED, Subject.TEAM, team_id, at=at, detail="ekip kuruldu")
        view = show_team(session, team_id)
    _forget(wiring, data)
    return view


@put("/teams/{team_id:uuid}", sync_to_thread=True, opt=TEAMS)
def edit_team(
    team_id: FromPath[UUID], data: JSONBody[TeamPlan], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> TeamView:  # fmt: skip
    """Change a team."""
    del sees
    with wiring.database.writing() as session:
        change_team(session, team_id, data)
        record_access(session, actor, Access.CHANGED, Subject.TEAM, team_id, at=wiring.clock(), detail="ekip değişti")
        view = show_team(session, team_id)
    _forget(wiring, data)
    return view


@delete("/teams/{team_id:uuid}", status_code=204, sync_to_thread=True, opt=TEAMS)
def take_team_off(
    team_id: FromPath[UUID], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope], version: FromQuery[int] = 0,
) -> None:  # fmt: skip
    """Remove a team that nobody works in and nothing is planned for."""
    del sees
    with wiring.database.writing() as session:
        planned = count_planned(session, team_id, _today(wiring))
        if planned:
            raise TeamInUse(f"Bu ekibe {planned} ziyaret planlanmış. Önce onları başka bir ekibe taşıyın.")
        remove_team(session, team_id, version)
        record_access(session, actor, Access.CHANGED, Subject.TEAM, team_id, at=wiring.clock(), detail="kaldırıldı")


@get("/live-board", sync_to_thread=True, opt=BOARD)
def show_live_board(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> Response[Any]:
    """Show where each team is in its list; 304 where nothing has changed since."""
    at = wiring.clock()
    with wiring.database.reading() as session:
        tag = f'"{tag_board(session, at)}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(b"", status_code=_NOT_MODIFIED, headers=headers)
        return Response(show_board(session, sees, at), headers=headers)


def _forget(wiring: Wiring, plan: TeamPlan) -> None:
    # The door for Collect remembers whose team somebody is in; from now on it asks anew.
    for member in plan.members:
        wiring.sign_ins.forget(member.user_id)


def _today(wiring: Wiring) -> date:
    return wiring.clock().astimezone(ISTANBUL).date()
