"""What is planned for a team from now on: asked before it is removed, and when leave is noted."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from teams.work_times import read_work_times
from visits.assignment_states import OPEN
from visits.tables import VisitAssignment


def count_planned(session: Session, team_id: UUID, since: date) -> int:
    """Count the visits that a team is still to make from a day on."""
    return sum(_by_day(session, team_id, since, None).values())


def count_stranded(session: Session, team_id: UUID, first: date, last: date) -> int:
    """Count the visits planned for days within these on which the team does not work."""
    work = read_work_times(session, {team_id}, first)
    days = _by_day(session, team_id, first, last)
    return sum(count for day, count in days.items() if work.shift(team_id, day) is None)


def _by_day(session: Session, team_id: UUID, first: date, last: date | None) -> dict[date, int]:
    counted = select(VisitAssignment.day, func.count()).where(
        VisitAssignment.team_id == team_id,
        VisitAssignment.day >= first,
        VisitAssignment.status.in_(OPEN),
        VisitAssignment.is_removed.is_(False),
    )
    if last is not None:
        counted = counted.where(VisitAssignment.day <= last)
    return {day: count for day, count in session.execute(counted.group_by(VisitAssignment.day))}  # noqa: C416 - rows are no pairs to mypy
