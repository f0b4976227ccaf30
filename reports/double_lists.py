"""Two teams at one household by mistake, as the coordinator sees and settles them."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.visit_lists import visible_assignments
from service_requests.submission_lists import CodedView
from teams.accounts import NamedView
from teams.permissions import Scope
from teams.tables import Team
from visits.assignment_fields import STATUSES
from visits.double_visits import find_doubles
from visits.tables import VisitAssignment, VisitTarget, VisitType


class DoubleSideView(msgspec.Struct, frozen=True):
    """One of the two visits."""

    id: UUID
    team: NamedView
    day: date
    visit_type: CodedView
    status: CodedView
    time: str


class DoubleView(msgspec.Struct, frozen=True):
    """Two visits of one target by two teams."""

    target: NamedView
    address: str
    first: DoubleSideView
    second: DoubleSideView


def list_doubles(session: Session, scope: Scope, today: date) -> list[DoubleView]:
    """List pairs that nobody has decided, those of the nearest day first."""
    pairs = find_doubles(session, today)
    rows = _sides(session, scope, {one for pair in pairs for one in pair})
    found = []
    for pair in pairs:
        if pair.first_id in rows and pair.second_id in rows:
            (target, first), (_, second) = rows[pair.first_id], rows[pair.second_id]
            name = NamedView(target.id, target.name)
            found.append(DoubleView(name, target.fields.get("adres", ""), first, second))
    return found


def _sides(session: Session, scope: Scope, ids: Collection[UUID]) -> dict[UUID, tuple[VisitTarget, DoubleSideView]]:
    named = (
        select(VisitAssignment, VisitTarget, Team.name.label("team_name"), VisitType.name.label("type_name"))
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .join(Team, Team.id == VisitAssignment.team_id)
        .join(VisitType, VisitType.code == VisitAssignment.visit_type)
    )
    rows = session.execute(visible_assignments(named, scope).where(VisitAssignment.id.in_(ids)))
    found: dict[UUID, tuple[VisitTarget, DoubleSideView]] = {}
    for visit, target, team_name, type_name in rows:
        side = DoubleSideView(
            visit.id, NamedView(visit.team_id, team_name), visit.day, CodedView(visit.visit_type, type_name),
            CodedView(visit.status, STATUSES.get(visit.status, visit.status)), visit.planned_time,
        )  # fmt: skip
        found[visit.id] = (target, side)
    return found
