"""Which areas hold a visit target, and which teams may change it.

A tablet holds the targets of its mahalle, those its team made, and those of its team's assignments from 7 days ago on.
A team that was ever sent to a target may still change it: a tablet that was offline for a week must not lose its work.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from sync.areas import area_of_mahalle, area_of_team
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from sync.tables import FeedBody
from visits.tables import VisitAssignment, VisitTarget

# How long an assignment stays on the tablets after its day.
STAYS_FOR = timedelta(days=7)
TARGET, ASSIGNMENT, HISTORY = "target", "assignment", "history"

TeamDays = Mapping[UUID, date]


class TargetAreas(NamedTuple):
    """The areas whose tablets hold a target, and those whose teams may change it."""

    held_in: frozenset[str]
    changeable_in: frozenset[str]


def first_held_day(at: datetime) -> date:
    """Return the day from which on assignments are held by tablets."""
    return at.astimezone(ISTANBUL).date() - STAYS_FOR


def areas_of_target(mahalle_id: UUID | None, created_by: UUID | None, days: TeamDays, at: datetime) -> TargetAreas:
    """Work out a target's areas from where it lies, who made it and the last day each team was sent to it."""
    always = {area_of_mahalle(mahalle_id)} if mahalle_id else set()
    if created_by:
        always.add(area_of_team(created_by))
    first = first_held_day(at)
    held = {area_of_team(team_id) for team_id, day in days.items() if day >= first}
    return TargetAreas(frozenset(always | held), frozenset(always | {area_of_team(team_id) for team_id in days}))


def team_days(session: Session, target_ids: Collection[UUID]) -> dict[UUID, dict[UUID, date]]:
    """Read, for each target, which teams were or are sent to it, and on which day last."""
    table = VisitAssignment.__table__.c
    found: dict[UUID, dict[UUID, date]] = defaultdict(dict)
    for some in chunks(target_ids):
        rows = session.connection().execute(
            select(table.target_id, table.team_id, func.max(table.day))
            .where(table.target_id.in_(some), table.is_removed.is_(False))
            .group_by(table.target_id, table.team_id)
        )
        for target_id, team_id, day in rows:
            found[target_id][team_id] = day
    return found


def read_target_areas(session: Session, target_ids: Collection[UUID], at: datetime) -> dict[UUID, TargetAreas]:
    """Read the areas of targets; those that are not there or removed are left out."""
    days = team_days(session, target_ids)
    table = VisitTarget.__table__.c
    found: dict[UUID, TargetAreas] = {}
    for some in chunks(target_ids):
        rows = session.connection().execute(
            select(table.id, table.mahalle_id, table.created_by_team_id).where(
                table.id.in_(some), table.is_removed.is_(False)
            )
        )
        for target_id, mahalle_id, created_by in rows:
            found[target_id] = areas_of_target(mahalle_id, created_by, days.get(target_id, {}), at)
    return found


class Move(NamedTuple):
    """A target that comes into areas or leaves them."""

    target_id: UUID
    into: Collection[str]
    out_of: Collection[str]


def move_targets(session: Session, moves: Iterable[Move], feed: FeedChanges, *, kinds: Collection[str]) -> None:
    """Tell areas that they hold a target from now on, or no longer; its history goes along where it has one."""
    moving = [move for move in moves if move.into or move.out_of]
    with_history = _with_history(session, {move.target_id for move in moving})
    for target_id, into, out_of in moving:
        for kind in (*kinds, *((HISTORY,) if target_id in with_history else ())):
            feed.show(sorted(into), kind, target_id)
            feed.remove(sorted(out_of), kind, target_id)


def _with_history(session: Session, target_ids: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in chunks(target_ids):
        found.update(
            session.scalars(select(FeedBody.entity_id).where(FeedBody.kind == HISTORY, FeedBody.entity_id.in_(some)))
        )
    return found
