"""Visits that a leave strands: planned for days on which their team does not work any more. Moved at once, where asked.

To other teams that work on that very day (the one that was asked for, then those of the mahalle, then those with the
fewest visits), or to the team's next working day. What was promised (`sabit`), what has nobody who was asked for, and
what would be later than its last day stays where it is and is told with the reason. Taken back by
`stranded_returns.py`.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.change_log import FeedChanges
from teams.tables import TeamArea
from teams.work_times import WorkTimes, active_team_ids, read_work_times
from visits.assignment_changes import change_assignments
from visits.assignment_states import OPEN, PLANNED
from visits.preferred_teams import preferred_team
from visits.recording import Recording
from visits.tables import VisitAssignment, VisitTarget

Way = Literal["other_teams", "later"]
StayReason = Literal["promised", "no_team", "too_late"]
STAYS = {
    "promised": "Günü ve ekibi sabit: önce aileyle konuşun.",
    "no_team": "O gün çalışan, istenen görevlisi olan başka ekip yok.",
    "too_late": "Ekibin ilk iş günü, ziyaretin son gününden sonra.",
}


class StrandedDays(NamedTuple):
    """A team that is away, and the days to look at, the last one included."""

    team_id: UUID
    first_day: date
    last_day: date


class Moved(NamedTuple):
    """A visit that went to another team or day; `from_position` and `from_time` were its place and hour before."""

    visit_id: UUID
    target_id: UUID
    from_day: date
    from_position: int
    from_time: str
    team_id: UUID
    day: date


class Stayed(NamedTuple):
    """A visit that stays stranded, and why."""

    visit_id: UUID
    target_id: UUID
    day: date
    reason: StayReason


class StrandedMoves(NamedTuple):
    """What became of the stranded visits."""

    moved: list[Moved]
    stayed: list[Stayed]


class _Visit(NamedTuple):
    id: UUID
    target_id: UUID
    day: date
    position: int
    planned_time: str
    last_day: date | None
    fields: dict[str, str]
    mahalle_id: UUID | None
    of_target: dict[str, str]


def count_stranded(session: Session, days: StrandedDays) -> int:
    """Count the visits planned for days on which the team does not work."""
    work = read_work_times(session, {days.team_id}, days.first_day)
    return sum(1 for _ in _stranded(session, days, work))


def move_stranded(
    session: Session, days: StrandedDays, way: Way, feed: FeedChanges, recording: Recording
) -> StrandedMoves:  # fmt: skip
    """Move what a leave strands."""
    teams = sorted(active_team_ids(session))
    work = read_work_times(session, {days.team_id, *teams}, days.first_day)
    choice = _Choice(work, teams, days.team_id, _areas(session), _load(session, days))
    result = StrandedMoves([], [])
    # Locked as every change of several is, by id; then the earlier days choose first.
    stranded = list(_stranded(session, days, work, locks=True))
    for visit in sorted(stranded, key=lambda visit: (visit.day, visit.id)):
        found = choice.of_other_team(visit) if way == "other_teams" else choice.of_later_day(visit, days.team_id)
        if isinstance(found, str):
            result.stayed.append(Stayed(visit.id, visit.target_id, visit.day, found))
        else:
            result.moved.append(Moved(visit.id, visit.target_id, visit.day, visit.position, visit.planned_time, *found))
    # Its place in the day and its hour were those of another day or team.
    values = {
        one.visit_id: {"ekip": str(one.team_id), "gun": one.day.isoformat(), "sira": "0", "saat": ""}
        for one in result.moved
    }
    change_assignments(session, values, feed, recording)
    return result


class _Choice:
    """Chooses where a visit goes, and remembers what it has given to whom."""

    def __init__(
        self, work: WorkTimes, teams: list[UUID], away: UUID, areas: Collection[tuple[UUID, UUID]],
        load: Counter[tuple[UUID, date]],
    ) -> None:  # fmt: skip
        self._work, self._teams, self._areas, self._load = work, teams, areas, load
        self._others = [team for team in teams if team != away]

    def of_other_team(self, visit: _Visit) -> tuple[UUID, date] | StayReason:
        """Choose another team that works on the visit's day."""
        if visit.fields.get("sabit"):
            return "promised"
        able = [team for team in self._others if self._is_able(team, visit, visit.day)]
        if not able:
            return "no_team"
        wanted = preferred_team(visit.fields, visit.of_target, self._teams)
        team = min(
            able,
            key=lambda one: (
                one != wanted,
                (one, visit.mahalle_id) not in self._areas,
                self._load[(one, visit.day)],
                one,
            ),
        )
        self._load[(team, visit.day)] += 1
        return team, visit.day

    def of_later_day(self, visit: _Visit, team: UUID) -> tuple[UUID, date] | StayReason:
        """Choose the team's next working day."""
        if visit.fields.get("sabit"):
            return "promised"
        day = self._work.next_day(team, visit.day)
        return "too_late" if visit.last_day is not None and day > visit.last_day else (team, day)

    def _is_able(self, team: UUID, visit: _Visit, day: date) -> bool:
        wanted = visit.fields.get("ziyaretci", "")
        return self._work.shift(team, day) is not None and (not wanted or wanted in self._work.genders(team, day))


def _stranded(session: Session, days: StrandedDays, work: WorkTimes, *, locks: bool = False) -> Iterable[_Visit]:
    planned = (
        select(
            VisitAssignment.id, VisitAssignment.target_id, VisitAssignment.day, VisitAssignment.position,
            VisitAssignment.planned_time, VisitAssignment.last_day, VisitAssignment.fields, VisitTarget.mahalle_id,
            VisitTarget.fields,
        )
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .where(
            VisitAssignment.team_id == days.team_id, VisitAssignment.day.between(days.first_day, days.last_day),
            VisitAssignment.status == PLANNED, VisitAssignment.is_removed.is_(False),
        )
        .order_by(VisitAssignment.id)
    )  # fmt: skip
    if locks:
        planned = planned.with_for_update(of=VisitAssignment)
    visits = (_Visit(*row) for row in session.execute(planned))
    return (visit for visit in visits if work.shift(days.team_id, visit.day) is None)


def _areas(session: Session) -> set[tuple[UUID, UUID]]:
    return {
        (team_id, mahalle_id) for team_id, mahalle_id in session.execute(select(TeamArea.team_id, TeamArea.mahalle_id))
    }


def _load(session: Session, days: StrandedDays) -> Counter[tuple[UUID, date]]:
    counted = (
        select(VisitAssignment.team_id, VisitAssignment.day, func.count())
        .where(
            VisitAssignment.day.between(days.first_day, days.last_day),
            VisitAssignment.status.in_(OPEN),
            VisitAssignment.is_removed.is_(False),
        )
        .group_by(VisitAssignment.team_id, VisitAssignment.day)
    )
    return Counter({(team_id, day): count for team_id, day, count in session.execute(counted)})
