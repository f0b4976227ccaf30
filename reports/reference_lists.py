"""The short lists that filters and labels are made of: visit types, categories, mahalle, teams, directorates.

What is out of use is left out, unless something that is kept still names it: then filters offer it, marked, and pages
on which something new is made do not.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.clock import ISTANBUL
from geo.removed_mahalle import read_removed
from geo.tables import BoundarySet, Mahalle
from geo.turkish import sort_key
from service_requests.request_lists import STATUS_NAMES
from service_requests.review_flags import FLAG_NAMES
from service_requests.submission_lists import CodedView
from service_requests.tables import Category, ServiceRequest, Submission
from teams.accounts import NamedView
from teams.tables import Device, Directorate, Team
from visits.tables import VisitAssignment, VisitTarget, VisitType


class MahalleNamed(msgspec.Struct, frozen=True):
    """A mahalle; `removed_on` where it is not of the current boundaries, but something was counted in it."""

    id: str
    name: str
    code: str
    removed_on: date | None = None


class UsedCode(msgspec.Struct, frozen=True):
    """A code with its Turkish name; where it is out of use it can be asked for, and nothing new be made with it."""

    code: str
    name: str
    is_active: bool


class UsedName(msgspec.Struct, frozen=True):
    """An id with what people call it; the same."""

    id: UUID
    name: str
    is_active: bool


class ReferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """All short lists, each in the order to show it in."""

    visit_types: list[UsedCode]
    categories: list[CodedView]
    mahalle: list[MahalleNamed]
    teams: list[UsedName]
    directorates: list[NamedView]
    request_statuses: list[CodedView]
    flags: list[CodedView]


_OfType = (Submission.visit_type, VisitAssignment.visit_type)
_OfTeam = (Submission.team_id, VisitAssignment.team_id, Device.team_id)
_OfMahalle = (Submission.mahalle_id, ServiceRequest.mahalle_id, VisitTarget.mahalle_id)


def read_reference(session: Session) -> ReferenceView:
    """Read the short lists; names are in Turkish alphabetical order where there is no order of their own."""
    types = session.scalars(
        select(VisitType)
        .where(or_(VisitType.is_active, _named_by(_OfType, VisitType.code)))
        .order_by(VisitType.position, VisitType.code)
    )
    teams = session.scalars(select(Team).where(or_(Team.is_active, _named_by(_OfTeam, Team.id))))
    categories = session.scalars(select(Category).order_by(Category.position, Category.code))
    return ReferenceView(
        visit_types=[UsedCode(one.code, one.name, one.is_active) for one in types],
        categories=[CodedView(one.code, one.name) for one in categories],
        mahalle=[*_current_mahalle(session), *_removed_mahalle(session)],
        teams=sorted(
            (UsedName(one.id, one.name, one.is_active) for one in teams),
            key=lambda one: (not one.is_active, sort_key(one.name)),
        ),
        directorates=_named(session.scalars(select(Directorate)).all()),
        request_statuses=[CodedView(code, name) for code, name in STATUS_NAMES.items()],
        flags=[CodedView(code, name) for code, name in FLAG_NAMES.items()],
    )


def is_sample_data(session: Session) -> bool:
    """Say whether the boundaries in use are our own sample: the pages then carry a notice."""
    return session.scalar(select(BoundarySet.is_sample).where(BoundarySet.is_current)) or False


def _current_mahalle(session: Session) -> Iterable[MahalleNamed]:
    current = select(Mahalle.id, Mahalle.name, Mahalle.code).join(
        BoundarySet, BoundarySet.id == Mahalle.boundary_set_id
    )  # fmt: skip
    mahalle = session.execute(current.where(BoundarySet.is_current).order_by(Mahalle.sort_key, Mahalle.code))
    return [MahalleNamed(str(mahalle_id), name, code) for mahalle_id, name, code in mahalle]


def _removed_mahalle(session: Session) -> Iterable[MahalleNamed]:
    """List the removed ones in which something was counted."""
    removed = read_removed(session)
    if not removed:
        return []
    named = select(Mahalle.id).where(
        Mahalle.id.in_([one.id for one in removed]), _named_by(_OfMahalle, Mahalle.id)
    )  # fmt: skip
    with_data = set(session.scalars(named))
    return [
        MahalleNamed(str(one.id), one.name, one.code, one.removed_at.astimezone(ISTANBUL).date())
        for one in removed
        if one.id in with_data
    ]


def _named_by(columns: Sequence[InstrumentedAttribute[Any]], key: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Say whether any row has the key in one of these columns."""
    return or_(*(exists().where(column == key) for column in columns))


def _named(rows: Sequence[Directorate]) -> list[NamedView]:
    return sorted((NamedView(row.id, row.name) for row in rows), key=lambda named: sort_key(named.name))
