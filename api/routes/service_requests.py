"""Requests (talep): lists, export, one of them, finding one by the number a citizen was told, answering one."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from api.csv_answers import csv_stream
from api.dependencies import shows
from api.list_filters import PAGE, REQUEST_FILTERS
from api.problems import NotFound
from api.wiring import Wiring
from reports.csv_export import REQUEST_HEADER, request_cells, write_csv
from service_requests.answering import NewAnswer, answer_request
from service_requests.keyset_pages import PageView, PageWanted
from service_requests.photo_views import PhotoLinks
from service_requests.request_detail import RequestView, view_request
from service_requests.request_lists import (
    RequestFilters,
    RequestRowView,
    list_requests,
    next_requests,
    request_by_tracking_no,
)
from service_requests.submission_lists import shows_persons
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope

REQUESTS = shows(Resource.REQUESTS)


@get("/service-requests", sync_to_thread=True, opt=REQUESTS, dependencies=REQUEST_FILTERS | PAGE)
def show_requests(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    filters: NamedDependency[RequestFilters],
    page: NamedDependency[PageWanted],
) -> PageView[RequestRowView]:
    """List requests, newest first."""
    with wiring.database.reading() as session:
        return list_requests(session, sees, filters, page, at=wiring.clock())


@get("/service-requests.csv", sync_to_thread=True, opt=REQUESTS, dependencies=REQUEST_FILTERS)
def export_requests(
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    filters: NamedDependency[RequestFilters],
) -> Stream:
    """Export the list with the same filters."""
    at, asked = wiring.clock(), request.url.query

    def read(wanted: PageWanted) -> list[RequestRowView]:
        with wiring.database.reading() as session:
            return next_requests(session, sees, filters, wanted, at=at)

    with wiring.database.writing() as session:
        read(PageWanted(limit=1))  # refuses what the list refuses, before anything is sent
        record_access(session, actor, Access.EXPORTED, Subject.REQUEST, "*", at=at, detail=asked)
    pieces = write_csv(REQUEST_HEADER, read, request_cells)
    return csv_stream(pieces, "talepler.csv")


@get("/service-requests/by-tracking-no/{tracking_no:str}", sync_to_thread=True, opt=REQUESTS)
def find_request(
    tracking_no: FromPath[str],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> RequestRowView:
    """Find a request by its tracking number; a mistyped digit is noticed."""
    at = wiring.clock()
    with wiring.database.writing() if shows_persons(sees) else wiring.database.reading() as session:
        row = request_by_tracking_no(session, sees, tracking_no, at=at)
        if row is None:
            raise NotFound
        if shows_persons(sees):
            record_access(session, actor, Access.VIEWED, Subject.REQUEST, row.id, at=at)
    return row


@get("/service-requests/{request_id:uuid}", sync_to_thread=True, opt=REQUESTS)
def show_request(
    request_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> RequestView:
    """Show one request; who looked at persons is recorded in the same transaction."""
    links = PhotoLinks(wiring.secret_key, actor, wiring.clock())
    with wiring.database.writing() if shows_persons(sees) else wiring.database.reading() as session:
        view = view_request(session, sees, request_id, links)
        if view is None:
            raise NotFound
        if shows_persons(sees):
            record_access(session, actor, Access.VIEWED, Subject.REQUEST, request_id, at=links.at)
    return view


@post("/service-requests/{request_id:uuid}/answers", sync_to_thread=True, opt=REQUESTS)
def give_answer(
    request_id: FromPath[UUID], data: JSONBody[NewAnswer], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> RequestView:  # fmt: skip
    """Answer a request, or correct the answer that stands; for those who may read the finding."""
    links = PhotoLinks(wiring.secret_key, actor, wiring.clock())
    with wiring.database.writing() as session:
        if not answer_request(session, sees, actor, request_id, data, at=links.at):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.REQUEST, request_id, at=links.at, detail="cevaplandı")
        view = view_request(session, sees, request_id, links)
        if view is None:
            raise NotFound
        return view
