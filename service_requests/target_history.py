"""What tablets are told of a target's past, the feed kind "history": its last visits, open requests and last answers.

All of them, whichever team made them and wherever they were routed; of a request its number, category, status and day
alone, so that a tablet learns nothing of a person that its target does not say. Of an answer its words, too: they are
meant for the household, and whoever goes there asks whether they came true.

Whoever records or supersedes a submission with a `target_id`, or changes a request of one, calls `tell_histories`
before the feed is written.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from service_requests.request_answers import ANSWERED, standing_texts
from service_requests.request_lists import OPEN_STATUSES
from service_requests.tables import ServiceRequest, Submission
from sync.change_log import FeedChanges
from visits.target_areas import HISTORY, read_target_areas

_VISITS_SHOWN = _ANSWERS_SHOWN = 3


def tell_histories(session: Session, feed: FeedChanges, target_ids: Collection[UUID], at: datetime) -> None:
    """Tell the areas that hold these targets what happened there; targets that are not there are passed over."""
    if not target_ids:
        return
    areas = read_target_areas(session, target_ids, at)
    visits, requests = _visits(session, areas), _requests(session, areas)
    answered = _answered(session, [row for rows in requests.values() for row in rows if row.status == ANSWERED])
    for target_id in sorted(areas):
        waiting = [_told(row) | {"status": row.status} for row in requests[target_id] if row.status != ANSWERED]
        body = {"visits": visits[target_id], "requests": waiting, "answered": answered[target_id]}
        feed.put(sorted(areas[target_id].held_in), HISTORY, target_id, body)


def visited_already(session: Session, target_ids: Collection[UUID]) -> set[UUID]:
    """Find those of the targets that forms went to before they came: their past is to be told now."""
    if not target_ids:
        return set()
    found = session.scalars(select(Submission.target_id).where(Submission.target_id.in_(target_ids)).distinct())
    return {target_id for target_id in found if target_id}


def _visits(session: Session, target_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    newest = func.row_number().over(
        partition_by=Submission.target_id, order_by=(Submission.visited_at.desc(), Submission.id.desc())
    )
    ranked = (
        select(
            Submission.target_id, Submission.visited_on, Submission.visit_type, Submission.result, newest.label("rank")
        )
        .where(Submission.target_id.in_(target_ids), Submission.superseded_by_id.is_(None))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.rank <= _VISITS_SHOWN).order_by(ranked.c.rank))
    for row in rows:
        found[row.target_id].append({"on": row.visited_on, "type": row.visit_type, "result": row.result})
    return found


class _Request(NamedTuple):
    """A request of a target that waits for an answer or has one."""

    id: UUID
    target_id: UUID
    tracking_no: str
    category: str
    status: str
    opened_on: date


def _requests(session: Session, target_ids: Collection[UUID]) -> dict[UUID, list[_Request]]:
    found: dict[UUID, list[_Request]] = defaultdict(list)
    rows = session.execute(
        select(
            ServiceRequest.id, Submission.target_id, ServiceRequest.tracking_no, ServiceRequest.category_code,
            ServiceRequest.status, ServiceRequest.opened_on,
        )
        .join(Submission, Submission.id == ServiceRequest.submission_id)
        .where(Submission.target_id.in_(target_ids), ServiceRequest.status.in_((*OPEN_STATUSES, ANSWERED)))
        .order_by(ServiceRequest.id.desc())
    )  # fmt: skip
    for row in map(_Request._make, rows):
        found[row.target_id].append(row)
    return found


def _answered(session: Session, requests: Collection[_Request]) -> dict[UUID, list[dict[str, Any]]]:
    """Return what was answered last, by target, the newest answer first."""
    by_id = {row.id: row for row in requests}
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for request_id, (at, words) in reversed(standing_texts(session, by_id).items()):
        row = by_id[request_id]
        if len(found[row.target_id]) < _ANSWERS_SHOWN:
            on = at.astimezone(ISTANBUL).date()
            found[row.target_id].append({**_told(row), "answered_on": on, "answer": words})
    return found


def _told(row: _Request) -> dict[str, Any]:
    return {"tracking_no": row.tracking_no, "category": row.category, "opened_on": row.opened_on}
