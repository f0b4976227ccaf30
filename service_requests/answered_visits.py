"""A visit that follows when a request of a household was answered: somebody goes and asks whether it helped.

Answering (`answering.py`) knows nothing of visits: it writes a `request_event` of the kind `answered`, and this sweep
reads those of the last two weeks. One visit of a household asks about all that was answered before it was planned; a
correction brings none. The team goes that took the request; where it has nobody whom the household asked for, or comes
too late, another one of the mahalle; where the household asked for a team, that one if it works on the day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.identifiers import first_uuid7, uuid7
from service_requests.request_answers import ANSWERED
from service_requests.submission_lists import CodedView
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from teams.accounts import NamedView
from teams.permissions import Everything, Scope
from teams.tables import Team
from teams.work_times import active_team_ids, active_teams, read_work_times
from visits.assignment_states import CANCELLED, NAMES, OPEN
from visits.automatic_visits import Unmet, read_load, teams_by_mahalle
from visits.campaign_visitors import read_asked
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget
from visits.visit_choice import Asked, VisitChoice

# A visit within two weeks of the answer is still about it; so long is looked for somebody who can go.
_WITHIN = timedelta(days=14)
_AT_ONCE = 200
_NUMBERED = "cevap:"

_Answered = Row[*tuple[Any, ...]]
_Place = tuple[UUID, str]


class FollowUpView(msgspec.Struct, frozen=True, kw_only=True):
    """The visit that a request's answer brought."""

    day: date
    team: NamedView
    status: CodedView


def follow_up_of(session: Session, scope: Scope, request_id: UUID) -> FollowUpView | None:
    """Read the visit that asks about the answer of a request; `scope` is that of visits. None where there is none.

    Its own, else the one of its household that sees to it: of several answered together one number stands in a visit.
    """
    if not isinstance(scope, Everything) or not scope.with_persons:
        return None
    answered = session.execute(_answers().where(ServiceRequest.id == request_id)).first()
    if answered is None:
        return None
    visits = _visits(session, [answered.target_id])[(answered.target_id, answered.visit_type)]
    asking = [visit for visit in visits if _sees_to(visit, answered)]
    if not asking:
        return None
    row = min(
        asking, key=lambda visit: (visit.external_no != _number(request_id), visit.status == CANCELLED, visit.day)
    )
    team = NamedView(row.team_id, session.get_one(Team, row.team_id).name)
    return FollowUpView(day=row.day, team=team, status=CodedView(row.status, NAMES.get(row.status, row.status)))


def plan_answered_visits(session: Session, feed: FeedChanges, at: datetime) -> int:
    """Plan a visit for each household of which a request was answered lately; returns how many were planned."""
    today = at.astimezone(ISTANBUL).date()
    chosen = ((rows, asked, who) for rows, asked, who in _chosen(session, at, today) if who)
    planned = [_follow_up(rows, asked, who, today) for rows, asked, who in islice(chosen, _AT_ONCE)]
    record_assignments(session, planned, feed, Recording(at, None, uuid7(at)))
    return len(planned)


def list_unmet_answers(session: Session, at: datetime) -> list[Unmet]:
    """List the households with an answered request that asked for somebody whom no team of theirs has in time."""
    return [
        Unmet(rows[0].target_id, rows[0].visit_type, asked.visitor)
        for rows, asked, who in _chosen(session, at, at.astimezone(ISTANBUL).date())
        if who is None
    ]


def _chosen(
    session: Session, at: datetime, today: date
) -> Iterator[tuple[Sequence[_Answered], Asked, tuple[date, UUID] | None]]:
    """Choose who visits each place with answers, and when; None where nobody can who was asked for."""
    waiting = _waiting(session, at)
    teams = active_teams(session, {row.team_id for row in waiting})
    by_place: dict[_Place, list[_Answered]] = defaultdict(list)
    for row in waiting:
        if row.team_id in teams:
            by_place[(row.target_id, row.visit_type)].append(row)
    if not by_place:
        return
    of_mahalle, asked = teams_by_mahalle(session), read_asked(session, {target_id for target_id, _ in by_place})
    work = read_work_times(session, active_team_ids(session), today)
    choice = VisitChoice(work, read_load(session, today), today)
    for (target_id, _), rows in by_place.items():
        first, wish = rows[0], asked[target_id]
        neighbours = of_mahalle.get(first.mahalle_id, ())
        yield rows, wish, choice.choose([first.team_id], wish, today + _WITHIN, otherwise=neighbours)


def _waiting(session: Session, at: datetime) -> list[_Answered]:
    """Find what was answered lately at places that may be visited, and that no visit sees to; oldest answer first."""
    answered = (
        _answers()
        # Ids count time, so the newest events are the end of the primary key.
        .where(RequestEvent.id >= first_uuid7(at - _WITHIN))
        # What a server whose clock is ahead has answered waits, so that no visit seems planned before its answer.
        .where(RequestEvent.at <= at)
        .where(VisitTarget.is_removed.is_(False), VisitTarget.is_do_not_visit.is_(False))
        .where(ServiceRequest.visit_type.is_not(None))
        .order_by(RequestEvent.id)
    )
    rows = session.execute(answered).all()
    visits = _visits(session, {row.target_id for row in rows})
    return [row for row in rows if not any(_sees_to(visit, row) for visit in visits[(row.target_id, row.visit_type)])]


def _answers() -> Select[*tuple[Any, ...]]:
    """Select first answers of requests of known places, with what a visit that asks about them needs."""
    return (
        select(
            ServiceRequest.id, ServiceRequest.tracking_no, ServiceRequest.visit_type, Submission.target_id,
            Submission.team_id, VisitTarget.mahalle_id, RequestEvent.at,
        )
        .join(RequestEvent, RequestEvent.request_id == ServiceRequest.id)
        .join(Submission, Submission.id == ServiceRequest.submission_id)
        .join(VisitTarget, VisitTarget.id == Submission.target_id)
        .where(RequestEvent.kind == ANSWERED)
    )  # fmt: skip


def _visits(session: Session, target_ids: Collection[UUID]) -> dict[_Place, list[_Answered]]:
    found: dict[_Place, list[_Answered]] = defaultdict(list)
    columns = (
        VisitAssignment.id, VisitAssignment.target_id, VisitAssignment.visit_type, VisitAssignment.day,
        VisitAssignment.status, VisitAssignment.external_no, VisitAssignment.team_id,
    )  # fmt: skip
    for some in chunks(target_ids):
        known = select(*columns).where(VisitAssignment.target_id.in_(some), VisitAssignment.is_removed.is_(False))
        for row in session.execute(known):
            found[(row.target_id, row.visit_type)].append(row)
    return found


def _sees_to(visit: _Answered, answered: _Answered) -> bool:
    """Whether a visit asks about an answer: it is yet to be made, or was made on a later day.

    One that followed from an answer asks about all that was answered before it was planned, on whatever day it is
    made; and where a coordinator cancelled it, nobody shall go. Ids of visits and answers tell when they were made.
    """
    number = visit.external_no or ""
    follows = number.startswith(_NUMBERED)
    if number == _number(answered.id) or (follows and visit.id >= first_uuid7(answered.at)):
        return True
    if visit.status == CANCELLED and not follows:
        return False
    answered_on = answered.at.astimezone(ISTANBUL).date()
    # What was made on the day of the answer may have been made before it.
    first = answered_on if visit.status in OPEN else answered_on + timedelta(days=1)
    return bool(first <= visit.day <= answered_on + _WITHIN)


def _follow_up(rows: Sequence[_Answered], asked: Asked, who: tuple[date, UUID], today: date) -> NewAssignment:
    first, numbers = rows[0], ", ".join(row.tracking_no for row in rows)
    what = "numaralı talep cevaplandı" if len(rows) == 1 else "numaralı talepler cevaplandı"
    fields = {
        "aciklama": f"{numbers} {what}; sonuçtan memnunlar mı?",
        "son_gun": (today + _WITHIN).isoformat(),
        "ziyaretci": asked.visitor,
    }
    given = {name: text for name, text in fields.items() if text}
    return NewAssignment(first.target_id, who[1], first.visit_type, who[0], external_no=_number(first.id), fields=given)


def visited_since(session: Session, target_ids: Collection[UUID], since: date) -> set[UUID]:
    """Return those of the targets that were visited on or after a day, by whatever door the visit came."""
    visits = select(Submission.target_id).where(
        Submission.target_id.in_(target_ids), Submission.visited_on >= since, Submission.superseded_by_id.is_(None)
    )
    return {target_id for target_id in session.scalars(visits.distinct()) if target_id}


def _number(request_id: UUID) -> str:
    return f"{_NUMBERED}{request_id}"
