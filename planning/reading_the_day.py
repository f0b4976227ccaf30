"""Reads a day sheet from the database: what is planned for these days and teams and still to be made, and who works.

The one place that knows in which tables and fields the planner's facts stand.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from geo.mahalle_index import MahalleIndex
from planning.asking import AskedPlan, BadPlan
from planning.day_sheet import DaySheet, DayVisit, Point, TeamDay
from planning.reasons import DO_NOT_VISIT, OUTSIDE_DISTRICT
from teams.positions import last_positions
from teams.tables import Team
from teams.work_times import Shift, active_team_ids, active_teams, read_work_times
from visits.assignment_states import DONE, MOVED_AWAY, NO_ADDRESS, NOT_HOME, PLANNED, REFUSED
from visits.preferred_teams import preferred_team
from visits.tables import VisitAssignment, VisitTarget, VisitType

# The lunch of teams that have no hours of their own for it.
_LUNCH = (time(12), time(13))
# States that only a team at the door sets.
_BEEN_THERE = (DONE, NOT_HOME, REFUSED, MOVED_AWAY, NO_ADDRESS)
# An older position says little of where a team is now.
_POSITION_HOLDS = timedelta(hours=1)


def read_day_sheet(
    session: Session, asked: AskedPlan, index: MahalleIndex, far_outside_m: float, at: datetime
) -> DaySheet:
    """Read what is to be planned. Raises `BadPlan` where a team is gone, or nothing is planned, or nobody works."""
    if len(active_teams(session, asked.team_ids)) < len(set(asked.team_ids)):
        raise BadPlan("Seçilen ekiplerden biri artık yok. Sayfayı yenileyip ekipleri yeniden seçin.")
    visits = _read_visits(session, asked, index, far_outside_m)
    if not visits:
        raise BadPlan("Seçilen günlerde bu ekiplerin yapılacak ziyareti yok. Önce ziyaret listesi yükleyin.")
    team_days = _read_team_days(session, asked, at)
    if not team_days:
        raise BadPlan("Seçilen ekipler bu günlerde çalışmıyor. Ekiplerin mesaisine ve izinlerine bakın.")
    return DaySheet(visits, team_days)


def _read_visits(
    session: Session, asked: AskedPlan, index: MahalleIndex, far_outside_m: float
) -> list[DayVisit]:  # fmt: skip
    planned = (
        select(
            VisitAssignment.id, VisitAssignment.version, VisitAssignment.team_id, VisitAssignment.day,
            VisitAssignment.fields, VisitTarget.lon, VisitTarget.lat, VisitTarget.is_do_not_visit,
            VisitTarget.fields.label("of_target"),
            VisitType.expected_minutes, Team.visit_minutes,
        )
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .join(VisitType, VisitType.code == VisitAssignment.visit_type)
        .join(Team, Team.id == VisitAssignment.team_id)
        .where(
            VisitAssignment.day.in_(asked.days), VisitAssignment.team_id.in_(asked.team_ids),
            VisitAssignment.status == PLANNED, VisitAssignment.is_removed.is_(False),
        )
        .order_by(VisitAssignment.day, VisitAssignment.team_id, VisitAssignment.position, VisitAssignment.id)
    )  # fmt: skip
    there = set(active_team_ids(session))
    return [_day_visit(row, index, far_outside_m, there) for row in session.execute(planned)]


def _day_visit(
    row: Any, index: MahalleIndex, far_outside_m: float, there: Collection[UUID]  # noqa: ANN401 - a row of our own
) -> DayVisit:  # fmt: skip
    point = (row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    trouble = None
    if row.is_do_not_visit:
        trouble = DO_NOT_VISIT
    elif point and index.areas and index.locate(*point).distance_m > far_outside_m:
        trouble = OUTSIDE_DISTRICT
    minutes = int(row.fields.get("sure_dk") or row.expected_minutes or row.visit_minutes)
    preferred = preferred_team(row.fields, row.of_target, there)
    return DayVisit(row.id, row.version, row.team_id, row.day, row.fields, point, minutes, trouble, preferred)


def _read_team_days(session: Session, asked: AskedPlan, at: datetime) -> list[TeamDay]:
    ids = list(dict.fromkeys(asked.team_ids))
    teams = {team.id: team for team in session.scalars(select(Team).where(Team.id.in_(ids)))}
    times = read_work_times(session, ids, asked.first_day)
    now, positions = 0, dict[UUID, Point]()
    if asked.from_now:
        local = at.astimezone(ISTANBUL)
        now, positions = (local.hour * 60 + local.minute) * 60, _where_teams_are(session, ids, at)
    found = []
    for team_id in ids:
        for day in asked.days:
            shift = times.shift(team_id, day)
            if shift is not None and _seconds(shift.ends) > now:
                one = _team_day(teams[team_id], day, shift, now)
                found.append(
                    one._replace(start=positions.get(team_id, one.start), genders=times.genders(team_id, day))
                )  # fmt: skip
    return found


def _team_day(team: Team, day: date, shift: Shift, now: int) -> TeamDay:
    lunch_from = shift.lunch_from or min(_LUNCH[0], shift.lunch_until or _LUNCH[0])
    lunch_until = shift.lunch_until or max(_LUNCH[1], lunch_from)
    return TeamDay(
        team.id, day, max(_seconds(shift.starts), now), _seconds(shift.ends),
        start=_point(team.start_lon, team.start_lat), end=_point(team.end_lon, team.end_lat),
        lunch_s=60 * shift.lunch_minutes, lunch_from=_seconds(lunch_from), lunch_until=_seconds(lunch_until),
        mode=team.mode,
    )  # fmt: skip


def _where_teams_are(session: Session, team_ids: Sequence[UUID], at: datetime) -> dict[UUID, Point]:
    """Say where each team was last: where its tablet told, else at the last visit that it settled today."""
    today = at.astimezone(ISTANBUL).date()
    settled = (
        select(VisitAssignment.team_id, VisitTarget.lon, VisitTarget.lat)
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .where(VisitAssignment.team_id.in_(team_ids), VisitAssignment.day == today)
        .where(VisitAssignment.status.in_(_BEEN_THERE))
        .where(VisitTarget.lon.is_not(None), VisitTarget.lat.is_not(None))
        .order_by(VisitAssignment.changed_at)
    )
    found: dict[UUID, Point] = {row.team_id: (row.lon, row.lat) for row in session.execute(settled)}
    told = last_positions(session, team_ids, at - _POSITION_HOLDS)
    return found | {team_id: (position.lon, position.lat) for team_id, position in told.items()}


def _point(lon: float | None, lat: float | None) -> Point | None:
    return None if lon is None or lat is None else (lon, lat)


def _seconds(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) * 60
