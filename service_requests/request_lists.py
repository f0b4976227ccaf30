"""Lists of requests (talep). `visible_requests` is the only way to a row: it applies the caller's scope."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, false, func, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from geo.tables import Mahalle
from service_requests.keyset_pages import PageView, PageWanted, contains_words, count_rows, one_page, page_of
from service_requests.request_answers import ANSWERED
from service_requests.submission_lists import CodedView, SearchNotOpen, shows_persons
from service_requests.tables import Category, ExpectedPhoto, RequestEvent, ServiceRequest
from service_requests.tracking_numbers import TrackingNumberMistyped, read_tracking_number
from teams.accounts import NamedView
from teams.permissions import Everything, OfDirectorate, Scope
from teams.tables import Directorate
from visits.tables import VisitType

STATUS_NAMES = {
    "opened": "Açıldı",
    "routed": "Havale edildi",
    ANSWERED: "Cevaplandı",
    "rejected": "Reddedildi",
    "closed": "Kapandı",
}
OPEN_STATUSES = ("opened", "routed")
# An answer that was given may be corrected; a request that was rejected or closed has had its last word.
ANSWERABLE_STATUSES = (*OPEN_STATUSES, ANSWERED)


class RequestFilters(msgspec.Struct, frozen=True):
    """What a list of requests is narrowed to; None narrows nothing. Days are those of opening, both included.

    `status` is one of `STATUS_NAMES`, or `open` for all that wait for an answer. `q` is a tracking number or words.
    """

    status: str | None = None
    category: str | None = None
    mahalle: UUID | None = None
    directorate: UUID | None = None
    visit_type: str | None = None
    from_day: date | None = None
    to_day: date | None = None
    q: str | None = None
    # Outside all of them or without a point: what the map counts apart.
    in_no_mahalle: bool = False


class RequestRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One request in a list. `answered_at` is its first answer.

    `age_days` counts calendar days in Istanbul until it was answered or closed, else until today.
    """

    id: UUID
    tracking_no: str
    category: CodedView
    status: CodedView
    description: str | None
    mahalle: NamedView | None
    directorate: NamedView
    visit_type: CodedView | None
    channel: str
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    age_days: int
    photo_count: int


def visible_requests(statement: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    """Restrict a statement over `ServiceRequest` to the rows of a scope: all, one directorate's, or none."""
    if isinstance(scope, Everything):
        return statement
    if isinstance(scope, OfDirectorate):
        return statement.where(ServiceRequest.directorate_id == scope.directorate_id)
    return statement.where(false())


def list_requests(
    session: Session, scope: Scope, filters: RequestFilters, wanted: PageWanted, *, at: datetime
) -> PageView[RequestRowView]:  # fmt: skip
    """List one page of requests, newest first. Raises `SearchNotOpen`."""
    total = count_rows(session, _filtered(select(ServiceRequest.id), scope, filters))
    found = session.execute(one_page(_filtered(_rows(), scope, filters), ServiceRequest.id, wanted)).all()
    rows = [_row_view(row, at, with_persons=shows_persons(scope)) for row in found]
    return page_of(rows, [row.id for row in rows], wanted, total)


def next_requests(
    session: Session, scope: Scope, filters: RequestFilters, wanted: PageWanted, *, at: datetime
) -> list[RequestRowView]:  # fmt: skip
    """Read the next piece of an export, uncounted; the last row's id is where the next piece continues."""
    statement = one_page(_filtered(_rows(), scope, filters), ServiceRequest.id, wanted).limit(wanted.limit)
    return [_row_view(row, at, with_persons=shows_persons(scope)) for row in session.execute(statement).all()]


def request_row(session: Session, scope: Scope, request_id: UUID, *, at: datetime) -> RequestRowView | None:
    """Find one request as lists show it; None when there is none or the scope lacks it."""
    return _one(session, _rows().where(ServiceRequest.id == request_id), scope, at)


def request_by_tracking_no(session: Session, scope: Scope, typed: str, *, at: datetime) -> RequestRowView | None:
    """Find the request of a tracking number as somebody typed it. Raises `TrackingNumberMistyped`."""
    return _one(session, _rows().where(ServiceRequest.tracking_no == read_tracking_number(typed)), scope, at)


def requests_of_submission(
    session: Session, scope: Scope, submission_id: UUID, *, at: datetime, with_persons: bool
) -> list[RequestRowView]:  # fmt: skip
    """List the requests that one submission opened, in the order of its findings."""
    statement = visible_requests(_rows().where(ServiceRequest.submission_id == submission_id), scope)
    found = session.execute(statement.order_by(ServiceRequest.opened_at, ServiceRequest.tracking_no)).all()
    return [_row_view(row, at, with_persons=with_persons) for row in found]


def _one(session: Session, statement: Select[*tuple[Any, ...]], scope: Scope, at: datetime) -> RequestRowView | None:
    row = session.execute(visible_requests(statement, scope)).one_or_none()
    return _row_view(row, at, with_persons=shows_persons(scope)) if row else None


def _filtered(statement: Select[*tuple[Any, ...]], scope: Scope, filters: RequestFilters) -> Select[*tuple[Any, ...]]:
    equal = {
        ServiceRequest.category_code: filters.category, ServiceRequest.mahalle_id: filters.mahalle,
        ServiceRequest.directorate_id: filters.directorate, ServiceRequest.visit_type: filters.visit_type,
    }  # fmt: skip
    statement = visible_requests(statement, scope)
    statement = statement.where(*[column == value for column, value in equal.items() if value is not None])
    if filters.in_no_mahalle:
        statement = statement.where(ServiceRequest.mahalle_id.is_(None))
    if filters.from_day:
        statement = statement.where(ServiceRequest.opened_on >= filters.from_day)
    if filters.to_day:
        statement = statement.where(ServiceRequest.opened_on <= filters.to_day)
    if filters.status:
        statuses = OPEN_STATUSES if filters.status == "open" else (filters.status,)
        statement = statement.where(ServiceRequest.status.in_(statuses))
    return _searched(statement, scope, filters.q) if filters.q else statement


def _searched(statement: Select[*tuple[Any, ...]], scope: Scope, typed: str) -> Select[*tuple[Any, ...]]:
    try:
        return statement.where(ServiceRequest.tracking_no == read_tracking_number(typed))
    except TrackingNumberMistyped:
        if not shows_persons(scope):
            raise SearchNotOpen from None
        return statement.where(*contains_words(ServiceRequest.search_key, typed))


def _rows() -> Select[*tuple[Any, ...]]:
    photos = (
        select(func.count())
        .where(
            ExpectedPhoto.submission_id == ServiceRequest.submission_id,
            ExpectedPhoto.finding_id == ServiceRequest.finding_id,
            ExpectedPhoto.state == "received",
        )
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    answered_at = (
        select(func.min(RequestEvent.at))
        .where(RequestEvent.request_id == ServiceRequest.id, RequestEvent.kind == ANSWERED)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    return (
        select(
            ServiceRequest.id, ServiceRequest.tracking_no, ServiceRequest.category_code,
            Category.name.label("category_name"), ServiceRequest.status, ServiceRequest.description,
            ServiceRequest.mahalle_id, Mahalle.name.label("mahalle_name"), ServiceRequest.directorate_id,
            Directorate.name.label("directorate_name"), ServiceRequest.visit_type,
            VisitType.name.label("visit_type_name"), ServiceRequest.channel, ServiceRequest.opened_at,
            ServiceRequest.closed_at, ServiceRequest.opened_on, answered_at.label("answered_at"),
            photos.label("photo_count"),
        )
        .join(Directorate, Directorate.id == ServiceRequest.directorate_id)
        .outerjoin(Category, Category.code == ServiceRequest.category_code)
        .outerjoin(VisitType, VisitType.code == ServiceRequest.visit_type)
        .outerjoin(Mahalle, Mahalle.id == ServiceRequest.mahalle_id)
    )  # fmt: skip


def _row_view(row: Row[Any], at: datetime, *, with_persons: bool) -> RequestRowView:
    visit_type = CodedView(row.visit_type, row.visit_type_name or row.visit_type) if row.visit_type else None
    return RequestRowView(
        id=row.id,
        tracking_no=row.tracking_no,
        category=CodedView(row.category_code, row.category_name or row.category_code),
        status=status_view(row.status),
        description=row.description if with_persons else None,
        mahalle=NamedView(row.mahalle_id, row.mahalle_name) if row.mahalle_name else None,
        directorate=NamedView(row.directorate_id, row.directorate_name),
        visit_type=visit_type,
        channel=row.channel,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        age_days=((row.answered_at or row.closed_at or at).astimezone(ISTANBUL).date() - row.opened_on).days,
        photo_count=row.photo_count,
    )


def status_view(status: str) -> CodedView:
    """Name a status of a request."""
    return CodedView(status, STATUS_NAMES.get(status, status))
