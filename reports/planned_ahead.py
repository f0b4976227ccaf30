"""What is planned for a team from now on, asked before it is removed; and what became of what its leave strands."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.entity_records import chunks
from teams.accounts import NamedView
from teams.tables import Team
from visits.assignment_states import OPEN
from visits.stranded_returns import STAYS_MOVED, TakenBack
from visits.stranded_visits import STAYS, StrandedMoves
from visits.tables import VisitAssignment, VisitTarget


class MovedView(msgspec.Struct, frozen=True):
    """A visit that was moved: from which day, place and hour, and to which team and day."""

    id: UUID
    target: NamedView
    from_day: date
    from_position: int
    from_time: str
    day: date
    team: NamedView


class StayedView(msgspec.Struct, frozen=True):
    """A visit that stays where it is, and why."""

    id: UUID
    target: NamedView
    day: date
    reason: str


class StrandedView(msgspec.Struct, frozen=True):
    """What became of the visits that a leave strands."""

    moved: list[MovedView]
    stayed: list[StayedView]


class TakenBackView(msgspec.Struct, frozen=True):
    """How many visits are back on their day, and which stay where they were moved to."""

    returned: int
    stayed: list[StayedView]


def view_stranded(session: Session, moves: StrandedMoves) -> StrandedView:
    """Name the targets and teams of what was moved and what stays."""
    targets = name_targets(session, {one.target_id for one in moves.moved} | {one.target_id for one in moves.stayed})
    teams = {team.id: NamedView(team.id, team.name) for team in session.scalars(select(Team))}
    return StrandedView(
        [
            MovedView(
                one.visit_id,
                targets[one.target_id],
                one.from_day,
                one.from_position,
                one.from_time,
                one.day,
                teams[one.team_id],
            )
            for one in moves.moved
        ],
        [StayedView(one.visit_id, targets[one.target_id], one.day, STAYS[one.reason]) for one in moves.stayed],
    )


def view_taken_back(session: Session, taken: TakenBack) -> TakenBackView:
    """Name the targets of what did not go back."""
    targets = name_targets(session, {one.target_id for one in taken.stayed})
    stayed = [
        StayedView(one.visit_id, targets[one.target_id], one.day, STAYS_MOVED[one.reason]) for one in taken.stayed
    ]
    return TakenBackView(taken.returned, stayed)


def name_targets(session: Session, ids: Iterable[UUID]) -> dict[UUID, NamedView]:
    """Return the names of targets."""
    found: dict[UUID, NamedView] = {}
    for some in chunks(sorted(ids)):
        rows = session.execute(select(VisitTarget.id, VisitTarget.name).where(VisitTarget.id.in_(some)))
        found.update((row.id, NamedView(row.id, row.name)) for row in rows)
    return found


def count_planned_on(session: Session, first: date, last: date) -> int:
    """Count the visits that are still to be made between two days, both included."""
    planned = select(func.count()).where(
        VisitAssignment.day.between(first, last),
        VisitAssignment.status.in_(OPEN),
        VisitAssignment.is_removed.is_(False),
    )
    return session.scalar(planned) or 0


def count_planned(session: Session, team_id: UUID, since: date) -> int:
    """Count the visits that a team is still to make from a day on."""
    planned = select(func.count()).where(
        VisitAssignment.team_id == team_id,
        VisitAssignment.day >= since,
        VisitAssignment.status.in_(OPEN),
        VisitAssignment.is_removed.is_(False),
    )
    return session.scalar(planned) or 0
