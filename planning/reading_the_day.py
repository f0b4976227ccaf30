"""Reads a day sheet from the database: what is planned for these days and teams and still to be made, and who works.

The one place that knows in which tables and fields the planner's facts stand.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from geo.mahalle_index import MahalleIndex
from planning.asking import AskedPlan, BadPlan
from planning.day_sheet import DaySheet, DayVisit, TeamDay
from planning.reasons import DO_NOT_VISIT, OUTSIDE_DISTRICT
from teams.tables import Team
from visits.assignment_states import PLANNED
from visits.tables import VisitAssignment, VisitTarget

_STARTS, _ENDS, _LUNCH_S = 9 * 3600, 17 * 3600, 45 * 60


def read_day_sheet(
    session: Session, asked: AskedPlan, index: MahalleIndex, far_outside_m: float, at: datetime
) -> DaySheet:
    """Read what is to be planned. Raises `BadPlan` where a team is unknown or nothing is planned for these days."""
    visits = _read_visits(session, asked, index, far_outside_m)
    if not visits:
        raise BadPlan("Seçilen günlerde bu ekiplerin yapılacak ziyareti yok. Önce ziyaret listesi yükleyin.")
    return DaySheet(visits, _read_team_days(session, asked, at))


def _read_visits(session: Session, asked: AskedPlan, index: MahalleIndex, far_outside_m: float) -> list[DayVisit]:
    planned = (
        select(
            VisitAssignment.id, VisitAssignment.version, VisitAssignment.team_id, VisitAssignment.day,
            VisitAssignment.fields, VisitTarget.lon, VisitTarget.lat, VisitTarget.fields.label("target_fields"),
        )
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .where(
            VisitAssignment.day.in_(asked.days), VisitAssignment.team_id.in_(asked.team_ids),
            VisitAssignment.status == PLANNED, VisitAssignment.is_removed.is_(False),
        )
        .order_by(VisitAssignment.day, VisitAssignment.team_id, VisitAssignment.position, VisitAssignment.id)
    )  # fmt: skip
    found = []
    for row in session.execute(planned):
        point = (row.lon, row.lat) if row.lon is not None and row.lat is not None else None
        trouble = None
        if row.target_fields.get("ziyaret_edilmesin"):
            trouble = DO_NOT_VISIT
        elif point and index.areas and index.locate(*point).distance_m > far_outside_m:
            trouble = OUTSIDE_DISTRICT
        found.append(DayVisit(row.id, row.version, row.team_id, row.day, row.fields, point, trouble))
    return found


def _read_team_days(session: Session, asked: AskedPlan, at: datetime) -> list[TeamDay]:
    wanted = list(dict.fromkeys(asked.team_ids))
    known = set(session.scalars(select(Team.id).where(Team.id.in_(wanted))))
    if len(known) < len(wanted):
        raise BadPlan("Seçilen ekiplerden biri artık yok. Sayfayı yenileyip ekipleri yeniden seçin.")
    now = _now(asked, at)
    return [
        TeamDay(team_id, day, max(_STARTS, now), _ENDS, lunch_s=_LUNCH_S)
        for team_id in wanted
        for day in asked.days
        if max(_STARTS, now) < _ENDS
    ]


def _now(asked: AskedPlan, at: datetime) -> int:
    """Return the second of the day from which on is planned; 0 unless it is for what is left of today."""
    local = at.astimezone(ISTANBUL)
    return (local.hour * 60 + local.minute) * 60 if asked.from_now else 0
