"""What lists are narrowed to, read from the query string once for the list, its export and its count."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar.di import Provide
from litestar.params import FromQuery, QueryParameter

from reports.visit_lists import AssignmentFilters, TargetFilters
from service_requests.keyset_pages import DEFAULT_PER_PAGE, MOST_PER_PAGE, PageWanted, read_cursor
from service_requests.request_lists import RequestFilters
from service_requests.submission_lists import SubmissionFilters

# `from` is a word of Python's own, so the parameters are named apart from the query.
FromDay = Annotated[date | None, QueryParameter(name="from")]
ToDay = Annotated[date | None, QueryParameter(name="to")]
Words = Annotated[str | None, QueryParameter(name="q", max_length=200)]
_NO_MAHALLE = "none"
# The framework reads no union of UUID and a word, so the pattern says what a UUID looks like.
_MAHALLE = r"^(none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
Mahalle = Annotated[str | None, QueryParameter(name="mahalle", pattern=_MAHALLE)]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MOST_PER_PAGE)]


def read_page(cursor: FromQuery[str | None] = None, limit: Limit = DEFAULT_PER_PAGE) -> PageWanted:
    """Read which page is wanted. Raises `BadCursor`."""
    return PageWanted(read_cursor(cursor) if cursor else None, limit)


def read_submission_filters(
    *,
    visit_type: FromQuery[str | None] = None,
    mahalle: Mahalle = None,
    team: FromQuery[UUID | None] = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    flag: FromQuery[str | None] = None,
    review: FromQuery[Literal["open", "done", "returned"] | None] = None,
    words: Words = None,
    has_findings: FromQuery[Literal["yes", "no"] | None] = None,
    place: FromQuery[Literal["inside", "outside", "no_point"] | None] = None,
) -> SubmissionFilters:
    """Read the filters of submissions."""
    return SubmissionFilters(
        visit_type, _one_mahalle(mahalle), team, from_day, to_day, flag, review, words, has_findings, place,
        in_no_mahalle=mahalle == _NO_MAHALLE,
    )  # fmt: skip


def read_request_filters(
    *,
    status: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    mahalle: Mahalle = None,
    directorate: FromQuery[UUID | None] = None,
    visit_type: FromQuery[str | None] = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    words: Words = None,
) -> RequestFilters:
    """Read the filters of requests."""
    return RequestFilters(
        status, category, _one_mahalle(mahalle), directorate, visit_type, from_day, to_day, words,
        in_no_mahalle=mahalle == _NO_MAHALLE,
    )  # fmt: skip


def read_target_filters(
    *, words: Words = None, mahalle: Mahalle = None, kind: FromQuery[str | None] = None
) -> TargetFilters:
    """Read the filters of targets."""
    return TargetFilters(words, _one_mahalle(mahalle), kind, in_no_mahalle=mahalle == _NO_MAHALLE)


def read_assignment_filters(
    *, day: FromQuery[date | None] = None, team: FromQuery[UUID | None] = None, status: FromQuery[str | None] = None,
    attention: FromQuery[bool] = False,
) -> AssignmentFilters:  # fmt: skip
    """Read the filters of planned visits."""
    return AssignmentFilters(day, team, status, attention=attention)


def _one_mahalle(mahalle: str | None) -> UUID | None:
    return UUID(mahalle) if mahalle and mahalle != _NO_MAHALLE else None


PAGE = {"page": Provide(read_page, sync_to_thread=False)}
SUBMISSION_FILTERS = {"filters": Provide(read_submission_filters, sync_to_thread=False)}
REQUEST_FILTERS = {"filters": Provide(read_request_filters, sync_to_thread=False)}
TARGET_FILTERS = {"filters": Provide(read_target_filters, sync_to_thread=False)}
ASSIGNMENT_FILTERS = {"filters": Provide(read_assignment_filters, sync_to_thread=False)}
