"""Submissions: lists, export, one of them, and marking a flagged one as looked at."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from api.csv_answers import csv_stream
from api.dependencies import shows
from api.list_filters import PAGE, SUBMISSION_FILTERS
from api.problems import NotFound
from api.wiring import Wiring
from reports.csv_export import SUBMISSION_HEADER, submission_cells, write_csv
from service_requests.keyset_pages import PageView, PageWanted
from service_requests.photo_views import PhotoLinks
from service_requests.submission_detail import SubmissionView, mark_reviewed, view_submission
from service_requests.submission_lists import (
    SubmissionFilters,
    SubmissionRowView,
    list_submissions,
    next_submissions,
    shows_persons,
)
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Role, Scope

SUBMISSIONS = shows(Resource.SUBMISSIONS)


class NewReview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the coordinator notes on a flagged submission."""

    note: str = ""


@get("/submissions", sync_to_thread=True, opt=SUBMISSIONS, dependencies=SUBMISSION_FILTERS | PAGE)
def show_submissions(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    filters: NamedDependency[SubmissionFilters],
    page: NamedDependency[PageWanted],
) -> PageView[SubmissionRowView]:
    """List submissions, newest first."""
    with wiring.database.reading() as session:
        return list_submissions(session, sees, filters, page)


@get("/submissions.csv", sync_to_thread=True, opt=SUBMISSIONS, dependencies=SUBMISSION_FILTERS)
def export_submissions(
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    filters: NamedDependency[SubmissionFilters],
) -> Stream:
    """Export the list with the same filters."""

    def read(wanted: PageWanted) -> list[SubmissionRowView]:
        with wiring.database.reading() as session:
            return next_submissions(session, sees, filters, wanted)

    asked = request.url.query
    with wiring.database.writing() as session:
        read(PageWanted(limit=1))  # refuses what the list refuses, before anything is sent
        record_access(session, actor, Access.EXPORTED, Subject.SUBMISSION, "*", at=wiring.clock(), detail=asked)
    pieces = write_csv(SUBMISSION_HEADER, read, submission_cells)
    return csv_stream(pieces, "ziyaretler.csv")


@get("/submissions/{submission_id:uuid}", sync_to_thread=True, opt=SUBMISSIONS)
def show_submission(
    submission_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> SubmissionView:
    """Show one submission; who looked at persons is recorded in the same transaction."""
    links = PhotoLinks(wiring.secret_key, actor, wiring.clock())
    with wiring.database.writing() if shows_persons(sees) else wiring.database.reading() as session:
        view = view_submission(session, sees, submission_id, wiring.forms, links)
        if view is None:
            raise NotFound
        if shows_persons(sees):
            record_access(session, actor, Access.VIEWED, Subject.SUBMISSION, submission_id, at=links.at)
    return view


@post("/submissions/{submission_id:uuid}/review", status_code=200, sync_to_thread=True, opt=SUBMISSIONS)
def review_submission(
    submission_id: FromPath[UUID],
    data: JSONBody[NewReview],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> SubmissionView:
    """Mark a flagged submission as looked at; that is the coordinator's."""
    links = PhotoLinks(wiring.secret_key, actor, wiring.clock())
    with wiring.database.writing() as session:
        may = actor.role is Role.COORDINATOR
        if not may or not mark_reviewed(session, sees, actor, submission_id, note=data.note, at=links.at):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.SUBMISSION, submission_id, at=links.at)
        view = view_submission(session, sees, submission_id, wiring.forms, links)
    if view is None:
        raise NotFound
    return view
