"""What leaves the tablets: assignments a week after their day, and what the office takes off its list.

Every function writes no feed itself; the caller does, last before COMMIT.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from sync.areas import area_of_team
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from sync.tables import FeedEntry
from visits.assignment_kind import follow_with_targets
from visits.tables import VisitAssignment, VisitTarget
from visits.target_areas import ASSIGNMENT, TARGET, Move, first_held_day, move_targets, read_target_areas

_AT_ONCE = 500


def sweep_past_assignments(session: Session, feed: FeedChanges, at: datetime, *, limit: int = _AT_ONCE) -> int:
    """Take assignments off the tablets whose day is more than 7 days past, with targets no team is sent to any more.

    Returns how many. Their rows are locked, so that nobody plans one anew meanwhile.
    """
    past = (
        _placing()
        .join(FeedEntry, FeedEntry.entity_id == VisitAssignment.id)
        .where(FeedEntry.kind == ASSIGNMENT, FeedEntry.is_removed.is_(False))
        .where(VisitAssignment.day < first_held_day(at))
        .order_by(VisitAssignment.id)
        .limit(limit)
        .with_for_update(of=VisitAssignment)
    )
    rows = [row._asdict() for row in session.execute(past)]
    _take_off(session, rows, feed, at)
    return len(rows)


def remove_assignments(session: Session, ids: Collection[UUID], feed: FeedChanges, at: datetime) -> int:
    """Take assignments off the list for good; returns how many there were."""
    rows: list[dict[str, Any]] = []
    for some in chunks(ids):
        there = _placing().where(VisitAssignment.id.in_(some), VisitAssignment.is_removed.is_(False))
        rows += [row._asdict() for row in session.execute(there.order_by(VisitAssignment.id).with_for_update())]
        session.execute(
            update(VisitAssignment)
            .where(VisitAssignment.id.in_(some), VisitAssignment.is_removed.is_(False))
            .values(is_removed=True, changed_at=at)
        )
    _take_off(session, rows, feed, at)
    return len(rows)


def remove_targets(session: Session, ids: Collection[UUID], feed: FeedChanges, at: datetime) -> int:
    """Take targets off the list for good, with the assignments that name them; returns how many there were."""
    found: list[UUID] = []
    for some in chunks(ids):
        there = select(VisitTarget.id).where(VisitTarget.id.in_(some), VisitTarget.is_removed.is_(False))
        found += session.scalars(there.order_by(VisitTarget.id).with_for_update())
    areas = read_target_areas(session, found, at)
    assignments: list[UUID] = []
    for some in chunks(found):
        assignments += session.scalars(select(VisitAssignment.id).where(VisitAssignment.target_id.in_(some)))
    remove_assignments(session, assignments, feed, at)
    move_targets(session, [Move(one, (), areas[one].held_in) for one in found], feed, kinds=(TARGET,))
    for some in chunks(found):
        session.execute(update(VisitTarget).where(VisitTarget.id.in_(some)).values(is_removed=True, changed_at=at))
    return len(found)


def _placing() -> Select[Any, Any, Any]:
    return select(VisitAssignment.id, VisitAssignment.target_id, VisitAssignment.team_id)


def _take_off(session: Session, rows: Sequence[Mapping[str, Any]], feed: FeedChanges, at: datetime) -> None:
    for row in rows:
        feed.remove([area_of_team(row["team_id"])], ASSIGNMENT, row["id"])
    follow_with_targets(session, rows, feed, at)
