"""How far each team has come with a day's planned visits, for the coordinator's page."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.visit_lists import visible_assignments
from teams.accounts import NamedView
from teams.permissions import Scope
from teams.tables import Team
from visits.assignment_states import CANCELLED, DONE, OPEN
from visits.tables import VisitAssignment


class TeamDayView(msgspec.Struct, frozen=True):
    """One team's visits of a day, cancelled ones left out. `not_done`: tried or given up, for whatever reason."""

    team: NamedView
    total: int
    done: int
    not_done: int


class _Counted(msgspec.Struct):
    name: str
    total: int = 0
    done: int = 0
    not_done: int = 0


def count_team_days(session: Session, scope: Scope, day: date) -> list[TeamDayView]:
    """Count the visits of each team that has any on this day, in the order of the teams' codes."""
    counted = select(Team.id, Team.name, VisitAssignment.status, func.count()).join_from(
        VisitAssignment, Team, Team.id == VisitAssignment.team_id
    )
    of_day = visible_assignments(counted, scope).where(VisitAssignment.day == day, VisitAssignment.status != CANCELLED)
    grouped = of_day.group_by(Team.id, Team.name, Team.code, VisitAssignment.status).order_by(Team.code)
    teams: dict[UUID, _Counted] = {}
    for team_id, name, status, count in session.execute(grouped):
        team = teams.setdefault(team_id, _Counted(name))
        team.total += count
        team.done += count if status == DONE else 0
        team.not_done += count if status not in {DONE, *OPEN} else 0
    return [TeamDayView(NamedView(key, one.name), one.total, one.done, one.not_done) for key, one in teams.items()]
