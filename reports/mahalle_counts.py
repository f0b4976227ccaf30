"""How many visits and requests each mahalle has: what the map is shaded by.

Counts exactly what the lists show for the same filters, so that every number leads to the rows behind it: amended
versions of a visit are not counted, and a caller counts only rows of their scope.
"""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from service_requests.request_lists import OPEN_STATUSES, visible_requests
from service_requests.submission_lists import visible_submissions
from service_requests.tables import ServiceRequest, Submission
from teams.permissions import OfDirectorate, Scope


class CountFilters(msgspec.Struct, frozen=True):
    """What is counted: days of the visit or of opening (both included); the category narrows requests only."""

    from_day: date | None = None
    to_day: date | None = None
    visit_type: str | None = None
    category: str | None = None


class MahalleCountView(msgspec.Struct, frozen=True):
    """The counts of one mahalle; None is whatever lies in none. `visits` is None for callers who see no visits."""

    mahalle_id: UUID | None
    visits: int | None
    open_requests: int
    requests: int


def count_by_mahalle(session: Session, scope: Scope, filters: CountFilters) -> list[MahalleCountView]:
    """Count the visits and requests of each mahalle that has any."""
    sees_visits = not isinstance(scope, OfDirectorate)
    visits: dict[UUID | None, int] = defaultdict(int)
    if sees_visits:
        visits.update({row[0]: row[1] for row in session.execute(_visits(scope, filters))})
    requests = {row.mahalle_id: row for row in session.execute(_requests(scope, filters))}
    places = sorted(visits.keys() | requests.keys(), key=str)
    return [
        MahalleCountView(
            mahalle_id=place,
            visits=visits[place] if sees_visits else None,
            open_requests=requests[place].open_requests if place in requests else 0,
            requests=requests[place].requests if place in requests else 0,
        )
        for place in places
    ]


def _visits(scope: Scope, filters: CountFilters) -> Select[*tuple[Any, ...]]:
    counted = select(Submission.mahalle_id, func.count()).where(Submission.superseded_by_id.is_(None))
    statement = visible_submissions(counted, scope).group_by(Submission.mahalle_id)
    if filters.from_day:
        statement = statement.where(Submission.visited_on >= filters.from_day)
    if filters.to_day:
        statement = statement.where(Submission.visited_on <= filters.to_day)
    if filters.visit_type:
        statement = statement.where(Submission.visit_type == filters.visit_type)
    return statement


def _requests(scope: Scope, filters: CountFilters) -> Select[*tuple[Any, ...]]:
    is_open = case((ServiceRequest.status.in_(OPEN_STATUSES), 1), else_=0)
    statement = visible_requests(
        select(
            ServiceRequest.mahalle_id,
            func.count().label("requests"),
            func.sum(is_open).label("open_requests"),
        ),
        scope,
    ).group_by(ServiceRequest.mahalle_id)
    if filters.from_day:
        statement = statement.where(ServiceRequest.opened_on >= filters.from_day)
    if filters.to_day:
        statement = statement.where(ServiceRequest.opened_on <= filters.to_day)
    if filters.visit_type:
        statement = statement.where(ServiceRequest.visit_type == filters.visit_type)
    if filters.category:
        statement = statement.where(ServiceRequest.category_code == filters.category)
    return statement
