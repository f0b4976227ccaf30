"""A visit that follows when a request of a household was answered: somebody goes and asks whether it helped.

Whatever writes an answer writes a `request_event` with the status `answered`; this sweep reads the events of the last
days, so that answering needs to know nothing of visits. Idempotent by the request's id. The team goes that took the
request; where the household asked for somebody whom it does not have, one of the mahalle that does; where it asked for
a team, that one if it works on the day.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.identifiers import first_uuid7, uuid7
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from sync.change_log import FeedChanges
from teams.work_times import active_team_ids, active_teams, read_work_times
from visits.automatic_visits import Unmet, teams_by_mahalle
from visits.campaign_visitors import read_asked
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget
from visits.visit_choice import Asked, VisitChoice

ANSWERED = "answered"
# How far back answers are looked for: longer than housekeeping ever stands still.
_LOOKED_BACK = timedelta(days=3)
# A visit within two weeks of the answer is still about it.
_WITHIN = timedelta(days=14)
_AT_ONCE = 200


def plan_answered_visits(session: Session, feed: FeedChanges, at: datetime) -> int:
    """Plan a visit for each request answered lately; returns how many were planned."""
    today = at.astimezone(ISTANBUL).date()
    planned = [
        NewAssignment(row.target_id, who[1], row.visit_type, who[0], external_no=_number(row.id), fields=given)
        for row, asked, who in _chosen(session, at)
        if who and (given := _fields(row.tracking_no, asked, today))
    ]
    record_assignments(session, planned[:_AT_ONCE], feed, Recording(at, None, uuid7(at)))
    return len(planned[:_AT_ONCE])


def list_unmet_answers(session: Session, at: datetime) -> list[Unmet]:
    """List the households with an answered request that asked for somebody whom no team of theirs has in time."""
    return [
        Unmet(row.target_id, row.visit_type, asked.visitor) for row, asked, who in _chosen(session, at) if who is None
    ]


def _chosen(session: Session, at: datetime) -> Iterator[tuple[Row[Any], Asked, tuple[date, UUID] | None]]:
    """Choose who visits for each request answered lately, and when; None where nobody can who was asked for."""
    today = at.astimezone(ISTANBUL).date()
    answered = (
        select(
            ServiceRequest.id, ServiceRequest.tracking_no, ServiceRequest.visit_type, Submission.target_id,
            Submission.team_id, VisitTarget.mahalle_id,
        )
        .join(RequestEvent, RequestEvent.request_id == ServiceRequest.id)
        .join(Submission, Submission.id == ServiceRequest.submission_id)
        .join(VisitTarget, VisitTarget.id == Submission.target_id)
        # Ids count time, so the newest events are the end of the primary key.
        .where(RequestEvent.id >= first_uuid7(at - _LOOKED_BACK), RequestEvent.status == ANSWERED)
        .where(VisitTarget.is_removed.is_(False), VisitTarget.is_do_not_visit.is_(False))
        .distinct()
    )  # fmt: skip
    rows: Sequence[Row[Any]] = session.execute(answered).all()  # type: ignore[assignment]  # columns named one by one
    known = _planned(session, [_number(row.id) for row in rows])
    teams = active_teams(session, {row.team_id for row in rows})
    waiting = [row for row in rows if row.visit_type and row.team_id in teams and _number(row.id) not in known]
    if not waiting:
        return
    of_mahalle, asked = teams_by_mahalle(session), read_asked(session, {row.target_id for row in waiting})
    work = read_work_times(session, active_team_ids(session), today)
    choice = VisitChoice(work, {}, today)
    for row in waiting:
        wish, last_day = asked[row.target_id], today + _WITHIN
        who = choice.choose([row.team_id], wish, last_day)
        yield row, wish, who or choice.choose(of_mahalle.get(row.mahalle_id, ()), wish, last_day)


def _fields(tracking_no: str, asked: Asked, today: date) -> dict[str, str]:
    fields = {
        "aciklama": f"{tracking_no} numaralı talep cevaplandı; sonuçtan memnunlar mı?",
        "son_gun": (today + _WITHIN).isoformat(),
        "ziyaretci": asked.visitor,
    }
    return {name: text for name, text in fields.items() if text}


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
