"""Visits that nobody has to think of: planned from the day of an event by the rule of their type. Swept, idempotent.

A condolence within days of a death, a send-off before the departure, a welcome after moving in, *hayırlı olsun* after
an opening: the target carries the day (`olay_tarihi`), the type its rule (`visit_type_rules.py`). The team is one that
has the mahalle, and the woman or the man whom the household asked for; where none has, the team that it asked for goes,
if that has; else nobody goes and `list_unmet` says so. Otherwise the team that it asked for goes where it works on that
day (`visit_choice.py`). A target whose mahalle no team has waits; `list_waiting` shows how many. Nothing is planned for
a day off; where none but days off are left, it is the first day after them, later than its last day (`son_gun`), and
the list of what wants a decision shows it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from sync.change_log import FeedChanges
from teams.days_off import read_days_off
from teams.tables import Team, TeamArea
from teams.work_times import active_team_ids, read_work_times
from visits.assignment_states import CANCELLED
from visits.campaign_visitors import read_asked
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget
from visits.visit_choice import Asked, VisitChoice
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


class Unmet(NamedTuple):
    """A target that is due for a type of visit, and that asked for somebody whom no team that could go has."""

    target_id: UUID
    visit_type: str
    visitor: str


def plan_automatic_visits(session: Session, feed: FeedChanges, at: datetime, *, limit: int = _AT_ONCE) -> int:
    """Plan what is due and not planned, up to `limit` of each type; returns how many were planned."""
    today = at.astimezone(ISTANBUL).date()
    planned: list[NewAssignment] = []
    for due in _all_due(session, today):
        # Those whom nobody can visit come along again and again; they keep no place of others.
        can_go = (_assignment(one, due, one.who) for one in due.chosen(session, at_once=limit) if one.who)
        planned += islice(can_go, limit)
    record_assignments(session, planned, feed, Recording(at, None, uuid7(at)))
    return len(planned)


def list_unmet(session: Session, today: date) -> list[Unmet]:
    """List those who are due and asked for somebody whom no team that could go has in time."""
    return [
        Unmet(one.row.id, due.visit_type, one.asked.visitor)
        for due in _all_due(session, today)
        for one in due.asking().chosen(session, at_once=_AT_ONCE)
        if one.who is None
    ]


def list_waiting(session: Session, today: date) -> list[WaitingView]:
    """Count what is due by type where no team has the mahalle."""
    teams = teams_by_mahalle(session)
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


class _Chosen(NamedTuple):
    """A target that is due, what it asked for, and on which day which team goes; None where nobody can."""

    row: Row[*tuple[Any, ...]]
    asked: Asked
    who: tuple[date, UUID] | None


class _Due(NamedTuple):
    """The targets that are due for a type of visit, as a statement, and who could go."""

    visit_type: str
    rule: VisitTypeRule
    targets: Select[*tuple[Any, ...]]
    teams: Mapping[UUID, list[UUID]]
    choice: VisitChoice
    today: date

    def asking(self) -> "_Due":
        """Narrow it to those of whom a visit asks for a woman or a man; for all others somebody can go."""
        visitor = VisitAssignment.fields["ziyaretci"].as_string()
        asks = exists().where(VisitAssignment.target_id == VisitTarget.id, visitor != "")
        return self._replace(targets=self.targets.where(asks))

    def chosen(self, session: Session, *, at_once: int) -> Iterator[_Chosen]:
        """Choose day and team for one after the other, the earliest event first; reads no further than is asked."""
        last: tuple[date, UUID] | None = None
        order = (VisitTarget.event_on, VisitTarget.id)
        piece = self.targets.order_by(*order).limit(at_once)
        while True:
            rows = session.execute(piece if last is None else piece.where(tuple_(*order) > tuple_(*last))).all()
            asked = read_asked(session, [row.id for row in rows])
            for row in rows:
                last_day = self.rule.last_day(row.event_on) or self.today
                who = self.choice.choose(self.teams[row.mahalle_id], asked[row.id], last_day)
                yield _Chosen(row, asked[row.id], who)
            if len(rows) < at_once:
                return
            last = (rows[-1].event_on, rows[-1].id)


def _all_due(session: Session, today: date) -> Iterator[_Due]:
    """Say what is due of each type, where a team has the mahalle."""
    teams = teams_by_mahalle(session)
    if not teams:
        return
    work = read_work_times(session, active_team_ids(session), today)
    choice, days = (
        VisitChoice(work, read_load(session, today), today),
        _Days(today, work.days_off.last_working_day(today)),
    )
    for visit_type, rule in _rules(session):
        due = _due(select(*_COLUMNS), visit_type, rule, days).where(VisitTarget.mahalle_id.in_(teams))
        yield _Due(visit_type, rule, due, teams, choice, today)


def _assignment(chosen: _Chosen, due: _Due, who: tuple[date, UUID]) -> NewAssignment:
    row, (day, team_id) = chosen.row, who
    fields = {
        "oncelik": _URGENT if due.rule.deadline_days <= _URGENT_DAYS else _HIGH,
        "son_gun": str(due.rule.last_day(row.event_on)),
        "ziyaretci": chosen.asked.visitor,
    }
    number = f"oto:{due.visit_type}:{row.event_on}:{row.id}"
    given = {name: text for name, text in fields.items() if text}
    return NewAssignment(row.id, team_id, due.visit_type, day, external_no=number, fields=given)


def teams_by_mahalle(session: Session) -> dict[UUID, list[UUID]]:
    """Return the teams that have each mahalle."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    areas = select(TeamArea.mahalle_id, TeamArea.team_id).join(Team, Team.id == TeamArea.team_id)
    for mahalle_id, team_id in session.execute(areas.where(Team.is_active).order_by(TeamArea.team_id)):
        found[mahalle_id].append(team_id)
    return found


def read_load(session: Session, today: date) -> dict[tuple[date, UUID], int]:
    """Count the visits of each team on each of the next days."""
    counted = (
        select(VisitAssignment.day, VisitAssignment.team_id, func.count())
        .where(
            VisitAssignment.day.between(today, today + timedelta(days=14)),
            VisitAssignment.status != CANCELLED,
            VisitAssignment.is_removed.is_(False),
        )
        .group_by(VisitAssignment.day, VisitAssignment.team_id)
    )
    return {(day, team_id): count for day, team_id, count in session.execute(counted)}
