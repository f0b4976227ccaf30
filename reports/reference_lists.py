"""The short lists that filters and labels are made of: visit types, categories, mahalle, teams, directorates."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.tables import BoundarySet, Mahalle
from geo.turkish import sort_key
from service_requests.request_lists import STATUS_NAMES
from service_requests.review_flags import FLAG_NAMES
from service_requests.submission_lists import CodedView
from service_requests.tables import Category
from teams.accounts import NamedView
from teams.tables import Directorate, Team
from visits.tables import VisitType


class MahalleNamed(msgspec.Struct, frozen=True):
    """A mahalle of the current boundaries."""

    id: str
    name: str
    code: str


class ReferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """All short lists, each in the order to show it in."""

    visit_types: list[CodedView]
    categories: list[CodedView]
    mahalle: list[MahalleNamed]
    teams: list[NamedView]
    directorates: list[NamedView]
    request_statuses: list[CodedView]
    flags: list[CodedView]


def read_reference(session: Session) -> ReferenceView:
    """Read the short lists; names are in Turkish alphabetical order where there is no order of their own."""
    types = session.scalars(select(VisitType).order_by(VisitType.position, VisitType.code))
    categories = session.scalars(select(Category).order_by(Category.position, Category.code))
    current = select(Mahalle.id, Mahalle.name, Mahalle.code).join(
        BoundarySet, BoundarySet.id == Mahalle.boundary_set_id
    )  # fmt: skip
    mahalle = session.execute(current.where(BoundarySet.is_current).order_by(Mahalle.sort_key, Mahalle.code))
    return ReferenceView(
        visit_types=[CodedView(one.code, one.name) for one in types],
        categories=[CodedView(one.code, one.name) for one in categories],
        mahalle=[MahalleNamed(str(mahalle_id), name, code) for mahalle_id, name, code in mahalle],
        teams=_named(session.scalars(select(Team)).all()),
        directorates=_named(session.scalars(select(Directorate)).all()),
        request_statuses=[CodedView(code, name) for code, name in STATUS_NAMES.items()],
        flags=[CodedView(code, name) for code, name in FLAG_NAMES.items()],
    )


def is_sample_data(session: Session) -> bool:
    """Say whether the boundaries in use are our own sample: the pages then carry a notice."""
    return session.scalar(select(BoundarySet.is_sample).where(BoundarySet.is_current)) or False


def _named(rows: Sequence[Team | Directorate]) -> list[NamedView]:
    return sorted((NamedView(row.id, row.name) for row in rows), key=lambda named: sort_key(named.name))
