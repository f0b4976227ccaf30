"""Visits that nobody has to think of: planned from the day of an event by the rule of their type. Swept, idempotent.

A condolence within days of a death, a send-off before the departure, a welcome after moving in, *hayırlı olsun* after
an opening: the target carries the day (`olay_tarihi`), the type its rule (`visit_type_rules.py`). The team is one that
has the mahalle. A target whose mahalle no team has waits; `list_waiting` shows how many. Nothing is planned for a day
off; where none but days off are left, it is the first day after them, later than its last day (`son_gun`), and the list
of what wants a decision shows it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from sync.change_log import FeedChanges
from teams.days_off import read_days_off
from teams.tables import Team, TeamArea
from teams.work_times import WorkTimes, read_work_times
from visits.assignment_states import CANCELLED
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget
from visits.visit_list_rows import KIND_OF_VISIT
from visits.visit_type_rules import VisitTypeRule, read_rules

_AT_ONCE = 200
# A departure is planned for at most so long before it.
_FURTHEST_AHEAD = timedelta(days=30)
# Whoever must be visited within so many days goes first.
_URGENT_DAYS = 3
_URGENT, _HIGH = "1", "2"


class WaitingView(msgspec.Struct, frozen=True):
    """Targets that are due for a type of visit, and that no team has in its area."""

    visit_type: str
    count: int


def plan_automatic_visits(session: Session, feed: FeedChanges, at: datetime, *, limit: int = _AT_ONCE) -> int:
    """Plan what is due and not planned; returns how many were planned."""
    today = at.astimezone(ISTANBUL).date()
    teams = _teams_by_mahalle(session)
    if not teams:
        return 0
    every = sorted({team for found in teams.values() for team in found})
    work, load = read_work_times(session, every, today), _load(session, today)
    planned: list[NewAssignment] = []
    days = _Days(today, work.days_off.last_working_day(today))
    for visit_type, rule in _rules(session):
        due = _due(select(*_COLUMNS), visit_type, rule, days).where(VisitTarget.mahalle_id.in_(teams))
        for row in session.execute(due.order_by(VisitTarget.event_on, VisitTarget.id).limit(limit)).all():
            last_day = rule.last_day(row.event_on) or today
            who = _choose(teams[row.mahalle_id], work, load, today=today, last_day=last_day)
            planned.append(_assignment(row, visit_type, rule, who))
    record_assignments(session, planned, feed, Recording(at, None, uuid7(at)))
    return len(planned)


def list_waiting(session: Session, today: date) -> list[WaitingView]:
    """Count what is due by type where no team has the mahalle."""
    teams = _teams_by_mahalle(session)
    found, days = [], _Days(today, read_days_off(session).last_working_day(today))
    for visit_type, rule in _rules(session):
        due = _due(select(func.count()), visit_type, rule, days)
        of_nobody = due.where(VisitTarget.mahalle_id.is_(None) | VisitTarget.mahalle_id.not_in(teams))
        count = session.execute(of_nobody).scalar_one()
        found += [WaitingView(visit_type, count)] if count else []
    return found


class _Days(NamedTuple):
    today: date
    last_working_day: date


_COLUMNS = (VisitTarget.id, VisitTarget.event_on, VisitTarget.mahalle_id)


def _rules(session: Session) -> list[tuple[str, VisitTypeRule]]:
    rules = read_rules(session).items()
    return [(code, rule) for code, rule in rules if rule.deadline_rule and code in KIND_OF_VISIT]


def _due(
    statement: Select[*tuple[Any, ...]], visit_type: str, rule: VisitTypeRule, when: _Days
) -> Select[*tuple[Any, ...]]:
    """Narrow targets to those whose visit is due, still in time, and planned by nobody.

    Still in time is also what fell due on the days off just past, when nobody could go: better late than never.
    """
    days, still = timedelta(days=rule.deadline_days), when.last_working_day + timedelta(days=1)
    if rule.deadline_rule == "after_event":
        first, last = still - days, when.today
    else:
        first, last = max(still + days, when.today), when.today + days + _FURTHEST_AHEAD
    other = aliased(VisitAssignment)
    is_planned = exists().where(
        other.target_id == VisitTarget.id,
        other.visit_type == visit_type,
        other.is_removed.is_(False),
        other.day >= first - _FURTHEST_AHEAD,
    )
    return statement.where(
        VisitTarget.kind == KIND_OF_VISIT[visit_type],
        VisitTarget.event_on.between(first, last),
        VisitTarget.is_removed.is_(False),
        VisitTarget.is_do_not_visit.is_(False),
        ~is_planned,
    )


def _assignment(
    row: Row[*tuple[Any, ...]], visit_type: str, rule: VisitTypeRule, who: tuple[date, UUID]
) -> NewAssignment:
    day, team_id = who
    fields = {
        "oncelik": _URGENT if rule.deadline_days <= _URGENT_DAYS else _HIGH,
        "son_gun": str(rule.last_day(row.event_on)),
    }
    number = f"oto:{visit_type}:{row.event_on}:{row.id}"
    return NewAssignment(row.id, team_id, visit_type, day, external_no=number, fields=fields)


def _choose(
    teams: Sequence[UUID], work: WorkTimes, load: dict[tuple[date, UUID], int], *, today: date, last_day: date
) -> tuple[date, UUID]:
    """Choose the team that can go first, of several the one with the fewest visits that day.

    From tomorrow on, when a day can still be planned; today where any later day would be too late.
    """
    days = [(_first_day(work, team, today, last_day), team) for team in teams]
    day, team = min(days, key=lambda one: (one[0], load[one], one[1]))
    load[(day, team)] += 1
    return day, team


def _first_day(work: WorkTimes, team: UUID, today: date, last_day: date) -> date:
    following = work.next_day(team, today)
    return today if following > last_day and work.plannable_shift(team, today) is not None else following


def _teams_by_mahalle(session: Session) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    areas = select(TeamArea.mahalle_id, TeamArea.team_id).join(Team, Team.id == TeamArea.team_id)
    for mahalle_id, team_id in session.execute(areas.where(Team.is_active).order_by(TeamArea.team_id)):
        found[mahalle_id].append(team_id)
    return found


def _load(session: Session, today: date) -> dict[tuple[date, UUID], int]:
    counted = (
        select(VisitAssignment.day, VisitAssignment.team_id, func.count())
        .where(
            VisitAssignment.day.between(today, today + timedelta(days=14)),
            VisitAssignment.status != CANCELLED,
            VisitAssignment.is_removed.is_(False),
        )
        .group_by(VisitAssignment.day, VisitAssignment.team_id)
    )
    found: dict[tuple[date, UUID], int] = defaultdict(int)
    found.update({(day, team_id): count for day, team_id, count in session.execute(counted)})
    return found
