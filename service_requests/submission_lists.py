"""Lists of submissions. `visible_submissions` is the only way to a row: it applies the caller's scope.

Only the latest version of a visit is listed and counted; an amended one is reached from the one that replaced it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, false, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from geo.tables import Mahalle
from service_requests.keyset_pages import PageView, PageWanted, contains_words, count_rows, one_page, page_of
from service_requests.tables import ServiceRequest, Submission
from teams.accounts import NamedView
from teams.permissions import Everything, OfTeam, Scope
from teams.tables import Team, User
from visits.tables import VisitType


class SearchNotOpen(SahaError):
    """Whoever may not see persons could find them out by searching."""

    code = "list.search_not_open"

    def __init__(self) -> None:
        super().__init__("Arama kişi bilgilerini kullandığı için size kapalı. Diğer filtreleri kullanın.")


class CodedView(msgspec.Struct, frozen=True):
    """A short code with its Turkish name."""

    code: str
    name: str


class FormNamed(msgspec.Struct, frozen=True):
    """The form version a submission was filled with."""

    id: str
    version: str


class PhotoCount(msgspec.Struct, frozen=True):
    """How many photos a submission names and how many have arrived."""

    expected: int
    received: int


class SubmissionFilters(msgspec.Struct, frozen=True):
    """What a list of submissions is narrowed to; None narrows nothing. Days are those of the visit, both included."""

    visit_type: str | None = None
    mahalle: UUID | None = None
    team: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None
    flag: str | None = None
    review: Literal["open", "done", "returned"] | None = None
    q: str | None = None
    has_findings: Literal["yes", "no"] | None = None
    place: Literal["inside", "outside", "no_point"] | None = None
    # Outside all of them or without a point: what the map counts apart.
    in_no_mahalle: bool = False


class SubmissionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What lists and the page of one submission both show; persons are None for callers who may not see them."""

    id: UUID
    visit_type: CodedView
    form: FormNamed
    team: NamedView | None
    submitted_by: str | None
    visited_at: datetime
    received_at: datetime
    mahalle: NamedView | None
    place: str
    result: str | None
    person_name: str | None
    address: str | None
    flags: list[str]
    photos: PhotoCount
    request_count: int


class SubmissionRowView(SubmissionFacts, frozen=True, kw_only=True):
    """One submission in a list."""

    review: str
    tracking_nos: list[str]


def shows_persons(scope: Scope) -> bool:
    """Say whether a scope includes names, phones, addresses, sentences and photos."""
    return not isinstance(scope, Everything) or scope.with_persons


def visible_submissions(statement: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    """Restrict a statement over `Submission` to the rows of a scope: all, one team's, or none."""
    if isinstance(scope, Everything):
        return statement
    if isinstance(scope, OfTeam):
        return statement.where(Submission.team_id == scope.team_id)
    return statement.where(false())


def list_submissions(
    session: Session, scope: Scope, filters: SubmissionFilters, wanted: PageWanted
) -> PageView[SubmissionRowView]:  # fmt: skip
    """List one page of submissions, newest first. Raises `SearchNotOpen`."""
    total = count_rows(session, _filtered(select(Submission.id), scope, filters))
    statement = one_page(_filtered(_rows(), scope, filters), Submission.id, wanted)
    found = session.execute(statement).all()
    rows = _row_views(session, found, scope)
    return page_of(rows, [row.id for row in rows], wanted, total)


def next_submissions(
    session: Session, scope: Scope, filters: SubmissionFilters, wanted: PageWanted
) -> list[SubmissionRowView]:  # fmt: skip
    """Read the next piece of an export, uncounted; the last row's id is where the next piece continues."""
    statement = one_page(_filtered(_rows(), scope, filters), Submission.id, wanted).limit(wanted.limit)
    return _row_views(session, session.execute(statement).all(), scope)


def submission_row(session: Session, scope: Scope, submission_id: UUID) -> SubmissionRowView | None:
    """Find one submission as lists show it, superseded or not; None when there is none or the scope lacks it."""
    statement = visible_submissions(_rows().where(Submission.id == submission_id), scope)
    return next(iter(_row_views(session, session.execute(statement).all(), scope)), None)


def _filtered(
    statement: Select[*tuple[Any, ...]], scope: Scope, filters: SubmissionFilters
) -> Select[*tuple[Any, ...]]:
    if filters.q and not shows_persons(scope):
        raise SearchNotOpen
    statement = visible_submissions(statement.where(Submission.superseded_by_id.is_(None)), scope)
    equal = {
        Submission.visit_type: filters.visit_type, Submission.mahalle_id: filters.mahalle,
        Submission.team_id: filters.team, Submission.review: filters.review, Submission.place: filters.place,
    }  # fmt: skip
    statement = statement.where(*[column == value for column, value in equal.items() if value is not None])
    if filters.in_no_mahalle:
        statement = statement.where(Submission.mahalle_id.is_(None))
    statement = statement.where(*contains_words(Submission.search_key, filters.q or ""))
    return _filtered_further(statement, filters)


def _filtered_further(statement: Select[*tuple[Any, ...]], filters: SubmissionFilters) -> Select[*tuple[Any, ...]]:
    if filters.from_day:
        statement = statement.where(Submission.visited_on >= filters.from_day)
    if filters.to_day:
        statement = statement.where(Submission.visited_on <= filters.to_day)
    if filters.flag:
        statement = statement.where(Submission.flags.contains(f",{filters.flag},", autoescape=True))
    if filters.has_findings:
        has = Submission.request_count > 0
        statement = statement.where(has if filters.has_findings == "yes" else ~has)
    return statement


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Submission.id, Submission.visit_type, VisitType.name.label("visit_type_name"), Submission.form_id,
            Submission.form_version, Submission.team_id, Team.name.label("team_name"), User.display_name,
            Submission.visited_at, Submission.received_at, Submission.mahalle_id, Mahalle.name.label("mahalle_name"),
            Submission.place, Submission.result, Submission.person_name, Submission.address, Submission.flags,
            Submission.review, Submission.photos_expected, Submission.photos_received, Submission.request_count,
        )
        .join(User, User.id == Submission.user_id)
        .outerjoin(Team, Team.id == Submission.team_id)
        .outerjoin(VisitType, VisitType.code == Submission.visit_type)
        .outerjoin(Mahalle, Mahalle.id == Submission.mahalle_id)
    )  # fmt: skip


def _row_views(session: Session, rows: Sequence[Row[Any]], scope: Scope) -> list[SubmissionRowView]:
    """Make the rows of a list; what a visit opened belongs to it, so whoever sees the row may tell the numbers."""
    opened = [row.id for row in rows if row.request_count]
    numbers = select(ServiceRequest.submission_id, ServiceRequest.tracking_no)
    found = numbers.where(ServiceRequest.submission_id.in_(opened)).order_by(ServiceRequest.tracking_no)
    by_visit: dict[UUID | None, list[str]] = defaultdict(list)
    for visit, number in session.execute(found) if opened else ():
        by_visit[visit].append(number)
    return [_row_view(row, by_visit[row.id], with_persons=shows_persons(scope)) for row in rows]


def _row_view(row: Row[Any], tracking_nos: list[str], *, with_persons: bool) -> SubmissionRowView:
    return SubmissionRowView(
        id=row.id,
        # A submission held raw names a form version nobody has published yet, so its visit type is not known.
        visit_type=CodedView(row.visit_type or "", row.visit_type_name or row.visit_type or "Henüz bilinmiyor"),
        form=FormNamed(row.form_id, row.form_version),
        team=NamedView(row.team_id, row.team_name) if row.team_id else None,
        submitted_by=row.display_name if with_persons else None,
        visited_at=row.visited_at,
        received_at=row.received_at,
        mahalle=NamedView(row.mahalle_id, row.mahalle_name) if row.mahalle_name else None,
        place=row.place,
        result=row.result,
        person_name=row.person_name if with_persons else None,
        address=row.address if with_persons else None,
        flags=[code for code in row.flags.split(",") if code],
        review=row.review,
        photos=PhotoCount(row.photos_expected, row.photos_received),
        request_count=row.request_count,
        tracking_nos=tracking_nos,
    )
