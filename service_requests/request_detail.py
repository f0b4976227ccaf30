"""One request as its page shows it: the finding with its photos and point, and every step it has gone."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import case, select
from sqlalchemy.orm import Session

from service_requests.answered_visits import FollowUpView, follow_up_of
from service_requests.photo_views import PhotoLinks, PhotoView, photos_of
from service_requests.request_answers import AnswerView, standing_answer
from service_requests.request_lists import ANSWERABLE_STATUSES, RequestRowView, request_row, status_view
from service_requests.routing import explain_route
from service_requests.submission_detail import PointView
from service_requests.submission_lists import CodedView, shows_persons
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from teams.accounts import NamedView
from teams.permissions import Nothing, Resource, Scope, scope_of
from teams.tables import Directorate, User


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a request."""

    at: datetime
    by: str | None
    kind: str
    status: CodedView
    note: str | None
    directorate: NamedView | None


class RequestView(RequestRowView, frozen=True, kw_only=True):
    """One request with everything the caller may see of it; `answer` is the one that stands.

    Only where the visit was to a household (`has_household`) an answer brings somebody to it.
    """

    point: PointView | None
    photos: list[PhotoView]
    history: list[StepView]
    submission_id: UUID | None
    routing_reason: str
    answer: AnswerView | None
    may_answer: bool
    has_household: bool
    follow_up: FollowUpView | None


def view_request(session: Session, scope: Scope, request_id: UUID, links: PhotoLinks) -> RequestView | None:
    """Read one request; None when there is none or the scope lacks it.

    Whoever may not see the whole visit gets the finding's own photos only, and no way to the visit.
    """
    row = request_row(session, scope, request_id, at=links.at)
    if row is None:
        return None
    request = session.get_one(ServiceRequest, request_id)
    with_persons = shows_persons(scope)
    mahalle = row.mahalle.name if row.mahalle else None
    sees_submissions = not isinstance(scope_of(links.viewer, Resource.SUBMISSIONS), Nothing)
    return RequestView(
        **{name: getattr(row, name) for name in RequestRowView.__struct_fields__},
        history=_history(session, request_id, with_persons=with_persons),
        submission_id=request.submission_id if sees_submissions else None,
        routing_reason=explain_route(request.routing_reason, row.category.name, mahalle),
        answer=standing_answer(session, request_id) if with_persons else None,
        may_answer=with_persons and request.status in ANSWERABLE_STATUSES,
        has_household=_has_household(session, request),
        follow_up=follow_up_of(session, scope_of(links.viewer, Resource.VISITS), request_id),
        **(_finding(session, request, links) if with_persons else {"point": None, "photos": []}),
    )


def _has_household(session: Session, request: ServiceRequest) -> bool:
    of_visit = select(Submission.target_id).where(Submission.id == request.submission_id)
    return session.scalar(of_visit) is not None


def _finding(session: Session, request: ServiceRequest, links: PhotoLinks) -> dict[str, Any]:
    located = request.lon is not None and request.lat is not None
    photos: list[PhotoView] = []
    if request.submission_id:
        photos = photos_of(session, request.submission_id, links, finding_id=request.finding_id)
    return {
        "point": PointView(request.lon, request.lat, request.accuracy_m) if located else None,  # type: ignore[arg-type]  # `located` says both are there
        "photos": photos,
    }


def _history(session: Session, request_id: UUID, *, with_persons: bool) -> list[StepView]:
    statement = (
        select(RequestEvent, User.display_name, Directorate.name)
        .outerjoin(User, User.id == RequestEvent.actor_id)
        .outerjoin(Directorate, Directorate.id == RequestEvent.directorate_id)
        .where(RequestEvent.request_id == request_id)
        # Steps of one moment have ids in any order; whatever happened to a request, it was opened first.
        .order_by(RequestEvent.at, case((RequestEvent.kind == "opened", 0), else_=1), RequestEvent.id)
    )
    return [
        StepView(
            at=event.at,
            by=by if with_persons else None,
            kind=event.kind,
            status=status_view(event.status),
            note=event.note if with_persons else None,
            directorate=NamedView(event.directorate_id, name) if event.directorate_id and name else None,
        )
        for event, by, name in session.execute(statement)
    ]
