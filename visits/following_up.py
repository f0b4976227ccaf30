"""Carrying out what follows from what became of visits (docs/visit-states.md): swept, so that every door is covered.

A row whose state differs from `followed_status` has not been seen to; a partial index holds just those. Which visits
follow, `next_attempts.py` says. Idempotent: a next attempt is known by its `external_no`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from teams.work_times import active_team_ids, active_teams, read_work_times
from visits.assignment_changes import cancelling, change_assignments
from visits.next_attempts import Visit, awaits_decision, made_needless, next_attempt
from visits.preferred_teams import preferred_team, read_preferred_teams
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget
from visits.visit_choice import Asked, VisitChoice
from visits.visit_type_rules import read_rules

_AT_ONCE = 200


def follow_up_visits(session: Session, feed: FeedChanges, at: datetime, *, limit: int = _AT_ONCE) -> int:
    """See to what follows from visits whose state changed; returns how many were seen to.

    Reads without locks and then locks what it changes in the order of ids, as everybody does; a state that changes
    meanwhile is seen to in the next round.
    """
    waiting = select(*_COLUMNS).where(VisitAssignment.followed_status != VisitAssignment.status)
    rows = session.execute(waiting.order_by(VisitAssignment.id).limit(limit)).all()
    visits = [_visit(row) for row in rows]
    if not visits:
        return 0
    others = _others(session, {visit.target_id for visit in visits})
    needless: dict[UUID, dict[str, str]] = {}
    for visit in visits:
        mine = [other for other in others[visit.target_id] if other.id != visit.id]
        needless |= {other.id: cancelling(reason) for other, reason in made_needless(visit, mine)}
    again, waiting_ids = _next_attempts(session, visits, others, at)
    recording = Recording(at, None, uuid7(at))
    change_assignments(session, needless, feed, recording)
    record_assignments(session, again, feed, recording)
    for visit in visits:
        seen_to = update(VisitAssignment).where(VisitAssignment.id == visit.id, VisitAssignment.status == visit.status)
        values = {"followed_status": visit.status, "awaits_decision": visit.id in waiting_ids}
        session.execute(seen_to.values(values).execution_options(synchronize_session=False))
    return len(visits)


def _next_attempts(
    session: Session, visits: Sequence[Visit], others: dict[UUID, list[Visit]], at: datetime
) -> tuple[list[NewAssignment], set[UUID]]:
    """Return the next attempts, and the visits whose next attempt is a coordinator's to decide."""
    today = at.astimezone(ISTANBUL).date()
    asked = _asked(session, visits)
    teams = {visit.team_id for visit in visits} | {one.team for one in asked.values() if one.team}
    work, there = read_work_times(session, teams, today), active_teams(session, teams)
    choice = VisitChoice(work, {}, today)
    may_visit = _may_be_visited(session, {visit.target_id for visit in visits})
    rules = read_rules(session)
    again: list[NewAssignment] = []
    waiting: set[UUID] = set()
    for visit in visits:
        if visit.target_id in may_visit and visit.team_id in there:
            next_day = work.next_day(visit.team_id, max(visit.day, today))
            mine = [other for other in others[visit.target_id] if other.id != visit.id]
            proposes = visit.visit_type in rules and rules[visit.visit_type].proposes_next
            attempt = next_attempt(visit, mine, next_day, proposes=proposes)
            if attempt:
                team_id = choice.team_on(attempt.day, asked[visit.id], visit.team_id)
                again.append(msgspec.structs.replace(attempt, team_id=team_id))
            waiting |= {visit.id} if awaits_decision(visit, mine, next_day, proposes=proposes) else set()
    return again, waiting


def _asked(session: Session, visits: Sequence[Visit]) -> dict[UUID, Asked]:
    """Say what is asked of each visit: a woman or a man, a team; by the visit itself, else by its household."""
    of_targets = read_preferred_teams(session, {visit.target_id for visit in visits})
    there = set(active_team_ids(session))
    return {
        visit.id: Asked(
            visit.fields.get("ziyaretci", ""),
            preferred_team(visit.fields, {}, there) or of_targets.get(visit.target_id),
        )
        for visit in visits
    }


def _may_be_visited(session: Session, target_ids: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in chunks(target_ids):
        wanted = select(VisitTarget.id).where(
            VisitTarget.id.in_(some), VisitTarget.is_removed.is_(False), VisitTarget.is_do_not_visit.is_(False)
        )
        found |= set(session.scalars(wanted))
    return found


def _others(session: Session, target_ids: Collection[UUID]) -> dict[UUID, list[Visit]]:
    found: dict[UUID, list[Visit]] = defaultdict(list)
    for some in chunks(target_ids):
        planned = select(*_COLUMNS).where(
            VisitAssignment.target_id.in_(some), VisitAssignment.is_removed.is_(False)
        )  # fmt: skip
        for row in session.execute(planned):
            found[row.target_id].append(_visit(row))
    return found


_COLUMNS = (
    VisitAssignment.id, VisitAssignment.target_id, VisitAssignment.team_id, VisitAssignment.visit_type,
    VisitAssignment.day, VisitAssignment.status, VisitAssignment.external_no, VisitAssignment.fields,
)  # fmt: skip


def _visit(row: Row[*tuple[Any, ...]]) -> Visit:
    return Visit(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping
