"""A few of the demo's requests are answered by the officers of their directorates, and somebody goes and asks.

The visits that opened them went to households that nobody had listed; each is put on the list here, as its team might
have done, because only to a listed household does a visit follow.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from foundation.database import Database
from geo.mahalle_index import MahalleIndex
from service_requests.answered_visits import plan_answered_visits
from service_requests.answering import NewAnswer, answer_request
from service_requests.tables import ServiceRequest, Submission
from sync.change_log import FeedChanges, write_feed
from teams.permissions import Actor, Resource, Role, scope_of
from teams.sign_in import actor_of
from teams.tables import User
from visits.recording import NewTarget, Recording, record_targets
from visits.tables import VisitTarget

ANSWERED = 6
_NUMBERED = "ornek:cevap:"
_WORDS = (
    "Örnek cevap: Ekibimiz yerinde inceledi; iş bu hafta içinde tamamlanacak. Bildiriminiz için teşekkür ederiz.",
    "Örnek cevap: Talebiniz yerine getirildi. Eksik kalan bir şey varsa evinize gelecek ekibimize söyleyebilirsiniz.",
    "Örnek cevap: Talebiniz programa alındı; on gün içinde sonuçlanacak.",
)
# Answered lately, and not on the day on which they were opened.
_AGO, _WAITED = timedelta(hours=2), timedelta(days=1)


class _Answerable(NamedTuple):
    officer: Actor
    request: Row[*tuple[Any, ...]]


def give_sample_answers(database: Database, index: MahalleIndex, now: datetime) -> None:
    """Answer the newest requests of households that somebody can answer; at once or not at all."""
    with database.writing() as session:
        known = select(VisitTarget.id).where(VisitTarget.external_no.startswith(_NUMBERED))
        if session.scalar(known.limit(1)) is not None:
            # A loading that was interrupted after this goes on after it.
            return
        for number, (officer, request) in enumerate(_answerable(session, now - _WAITED)):
            _put_on_the_list(session, request, index, number, now)
            words = NewAnswer(text=_WORDS[number % len(_WORDS)])
            scope = scope_of(officer, Resource.REQUESTS)
            answer_request(session, scope, officer, request.id, words, at=now - _AGO)
    with database.writing() as session:
        feed = FeedChanges()
        plan_answered_visits(session, feed, now)
        write_feed(session, feed, now)


def _answerable(session: Session, opened_before: datetime) -> list[_Answerable]:
    officers = {
        user.directorate_id: actor_of(user)
        for user in session.scalars(select(User).where(User.role == Role.DIRECTORATE_OFFICER.value))
    }
    columns = (Submission.person_name, Submission.address, Submission.lat, Submission.lon, Submission.accuracy_m)
    wanted = (
        select(ServiceRequest.id, ServiceRequest.submission_id, ServiceRequest.directorate_id, *columns)
        .join(Submission, Submission.id == ServiceRequest.submission_id)
        .where(ServiceRequest.visit_type == "hane", ServiceRequest.directorate_id.in_(officers))
        .where(ServiceRequest.opened_at < opened_before, Submission.place == "inside")
        .where(Submission.person_name.is_not(None), Submission.address.is_not(None), Submission.target_id.is_(None))
        .order_by(ServiceRequest.id.desc())
        .limit(ANSWERED * 5)
    )
    # One of a household; the others go on waiting.
    by_visit = {row.submission_id: row for row in reversed(session.execute(wanted).all())}
    newest = sorted(by_visit.values(), key=lambda row: row.id, reverse=True)[:ANSWERED]
    return [_Answerable(officers[row.directorate_id], row) for row in newest]


def _put_on_the_list(
    session: Session, request: Row[*tuple[Any, ...]], index: MahalleIndex, number: int, now: datetime
) -> None:
    fields = {
        "tur": "hane", "ad": request.person_name, "adres": request.address,
        "geometry": f"{request.lat:.6f} {request.lon:.6f} 0 {request.accuracy_m or 0:.0f}",
    }  # fmt: skip
    feed = FeedChanges()
    row = NewTarget(fields, f"{_NUMBERED}{number + 1}")
    [made] = record_targets(session, [row], feed, Recording(now, None), index=index)
    visit = update(Submission).where(Submission.id == request.submission_id)
    session.execute(visit.values(target_id=made.id).execution_options(synchronize_session=False))
    write_feed(session, feed, now)
