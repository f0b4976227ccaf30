"""A visit that follows when a request of a household was answered: somebody goes and asks whether it helped.

Whatever writes an answer writes a `request_event` with the status `answered`; this sweep reads the events of the last
days, so that answering needs to know nothing of visits. Idempotent by the request's id.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.identifiers import first_uuid7, uuid7
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from sync.change_log import FeedChanges
from teams.work_times import active_teams, read_work_times
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget

ANSWERED = "answered"
# How far back answers are looked for: longer than housekeeping ever stands still.
_LOOKED_BACK = timedelta(days=3)
# A visit within two weeks of the answer is still about it.
_WITHIN = timedelta(days=14)
_AT_ONCE = 200


def plan_answered_visits(session: Session, feed: FeedChanges, at: datetime) -> int:
    """Plan a visit for each request answered lately; returns how many were planned."""
    today = at.astimezone(ISTANBUL).date()
    answered = (
        select(
            ServiceRequest.id, ServiceRequest.tracking_no, ServiceRequest.visit_type, Submission.target_id,
            Submission.team_id,
        )
        .join(RequestEvent, RequestEvent.request_id == ServiceRequest.id)
        .join(Submission, Submission.id == ServiceRequest.submission_id)
        .join(VisitTarget, VisitTarget.id == Submission.target_id)
        # Ids count time, so the newest events are the end of the primary key.
        .where(RequestEvent.id >= first_uuid7(at - _LOOKED_BACK), RequestEvent.status == ANSWERED)
        .where(VisitTarget.is_removed.is_(False), VisitTarget.is_do_not_visit.is_(False))
        .distinct()
    )  # fmt: skip
    rows = session.execute(answered).all()
    known = _planned(session, [_number(row.id) for row in rows])
    waiting = [row for row in rows if row.visit_type and _number(row.id) not in known][:_AT_ONCE]
    teams = active_teams(session, {row.team_id for row in waiting})
    work = read_work_times(session, teams, today)
    planned = [
        NewAssignment(
            row.target_id, row.team_id, row.visit_type, work.next_day(row.team_id, today),
            external_no=_number(row.id),
            fields={
                "aciklama": f"{row.tracking_no} numaralı talep cevaplandı; sonuçtan memnunlar mı?",
                "son_gun": (today + _WITHIN).isoformat(),
            },
        )
        for row in waiting
        if row.team_id in teams
    ]  # fmt: skip
    record_assignments(session, planned, feed, Recording(at, None, uuid7(at)))
    return len(planned)


def visited_since(session: Session, target_ids: Collection[UUID], since: date) -> set[UUID]:
    """Return those of the targets that were visited on or after a day, by whatever door the visit came."""
    visits = select(Submission.target_id).where(
        Submission.target_id.in_(target_ids), Submission.visited_on >= since, Submission.superseded_by_id.is_(None)
    )
    return {target_id for target_id in session.scalars(visits.distinct()) if target_id}


def _planned(session: Session, numbers: Collection[str]) -> set[str]:
    found = session.scalars(select(VisitAssignment.external_no).where(VisitAssignment.external_no.in_(numbers)))
    return {number for number in found if number}


def _number(request_id: UUID) -> str:
    return f"cevap:{request_id}"
