"""What a tablet is told of the submissions it sent: the feed kind "submission", in the area `device:<id>`.

Only for tablets with our own application; ODK Collect has no such channel. Whoever changes what is told here (photos,
review, versions, the status of a request) calls `tell_submissions` before the feed is written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_requests.opening_requests import OpenedRequest
from service_requests.tables import ExpectedPhoto, ServiceRequest, Submission
from sync.areas import area_of_device
from sync.change_log import FeedChanges

KIND = "submission"
RETURNED = "returned"
_PHOTO_STATES = {"awaited": "awaited", "refused": "refused"}
_TOLD = (
    "id", "sent_by_device_id", "user_id", "instance_id", "form_id", "form_version_id", "received_at",
    "superseded_by_id", "review", "return_question",
)  # fmt: skip


class _Facts(NamedTuple):
    """The columns of a submission that its tablet is told of."""

    id: UUID
    sent_by_device_id: UUID
    user_id: UUID
    instance_id: str
    form_id: str
    form_version_id: UUID | None
    received_at: datetime
    superseded_by_id: UUID | None
    review: str
    return_question: str | None


def tell_recorded(
    feed: FeedChanges, row: Mapping[str, Any], photos: Mapping[str, str], requests: Iterable[OpenedRequest]
) -> None:
    """Tell the tablet of a submission just recorded: its row, its photos' states by name, what it opened."""
    _put(feed, _Facts(**{name: row.get(name) for name in _TOLD}), photos, requests)  # type: ignore[arg-type]  # a row


def tell_submissions(session: Session, feed: FeedChanges, submission_ids: Collection[UUID]) -> None:
    """Tell their tablets how these submissions stand now; those that ODK Collect sent are passed over."""
    if not submission_ids:
        return
    columns = [getattr(Submission, name) for name in _TOLD]
    ours = select(*columns).where(Submission.id.in_(submission_ids), Submission.sent_by_device_id.is_not(None))
    found = [_Facts(*row) for row in session.execute(ours.order_by(Submission.id))]
    if not found:
        return
    ids = [facts.id for facts in found]
    photos = _photos(session, ids)
    requests = _requests(session, ids)
    for facts in found:
        _put(feed, facts, photos[facts.id], requests[facts.id])


def _put(
    feed: FeedChanges, facts: _Facts, photos: Mapping[str, str], requests: Iterable[OpenedRequest]
) -> None:  # fmt: skip
    state = _state(facts)
    body = {
        "worker_id": facts.user_id,
        "instance_id": facts.instance_id,
        "form_id": facts.form_id,
        "received_at": facts.received_at,
        "state": state,
        "question": facts.return_question if state == RETURNED else None,
        "requests": [request._asdict() for request in requests],
        "photos": {name: _PHOTO_STATES.get(state, "verified") for name, state in photos.items()},
    }
    feed.put([area_of_device(facts.sent_by_device_id)], KIND, facts.id, body)


def _state(facts: _Facts) -> str:
    if facts.superseded_by_id is not None:
        return "superseded"
    if facts.review == RETURNED:
        return RETURNED
    return "received" if facts.form_version_id is not None else "held"


def _photos(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    states: dict[UUID, dict[str, str]] = defaultdict(dict)
    places = select(ExpectedPhoto.submission_id, ExpectedPhoto.file_name, ExpectedPhoto.state)
    for row in session.execute(places.where(ExpectedPhoto.submission_id.in_(ids)).order_by(ExpectedPhoto.file_name)):
        states[row.submission_id][row.file_name] = row.state
    return states


def _requests(session: Session, ids: Collection[UUID]) -> dict[UUID | None, list[OpenedRequest]]:
    opened: dict[UUID | None, list[OpenedRequest]] = defaultdict(list)
    columns = select(
        ServiceRequest.submission_id, ServiceRequest.tracking_no, ServiceRequest.category_code, ServiceRequest.status
    )
    found = columns.where(ServiceRequest.submission_id.in_(ids)).order_by(ServiceRequest.tracking_no)
    for submission_id, *told in session.execute(found):
        opened[submission_id].append(OpenedRequest(*told))
    return opened
