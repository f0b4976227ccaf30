"""Answering a request: the directorate's words for the citizen, kept as a step of the request.

Whoever may read the finding may answer it: the directorate's officers and the coordinator. An answer names the one it
replaces (none: the first), so that of two people who answer at once the second is told, and an answer that stands is
corrected only by somebody who has seen it. What a citizen is told is never overwritten: every version stays a step.

Knows nothing of visits: `answered_visits.py` sees to whoever goes and asks.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from service_requests.request_answers import ANSWERED, CORRECTED, AnswerView, standing_answer
from service_requests.request_lists import ANSWERABLE_STATUSES, visible_requests
from service_requests.submission_feed import tell_submissions
from service_requests.submission_lists import shows_persons
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from service_requests.target_history import tell_histories
from sync.change_log import FeedChanges, take_numbers, write_feed
from teams.permissions import Actor, Scope

_SHORTEST, _LONGEST = 3, 2_000
# Nobody types them and nobody sees them; a text pasted from elsewhere may bring some.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ONE_LATER = timedelta(milliseconds=1)


class BadAnswer(SahaError):
    """The citizen must be told something, and not more than is read."""

    code = "request.bad_answer"

    def __init__(self) -> None:
        super().__init__(f"Cevabı yazın ({_SHORTEST}-{_LONGEST} karakter).")


class RequestChanged(SahaError):
    """Somebody answered meanwhile, or the request no longer waits for an answer. Facts: the `answer` that stands."""

    code = "request.changed"

    def __init__(self, answer: AnswerView | None) -> None:
        super().__init__(
            "Siz yazarken bu talep başkası tarafından cevaplandı; sizinki kaydedilmedi. "
            "Verilen cevabı okuyun; yine de gerekiyorsa düzeltin."
            if answer
            else "Talebin durumu siz yazarken değişti; cevabınız kaydedilmedi. Sayfayı yenileyin.",
            answer=answer,
        )


class NewAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is answered, and which answer it replaces; None: it is the first."""

    text: str
    replaces: UUID | None = None


def answer_request(
    session: Session, scope: Scope, actor: Actor, request_id: UUID, answer: NewAnswer, *, at: datetime
) -> bool:
    """Answer a request; False when there is none, the scope lacks it or shows no persons.

    The same words once more, by the same person, change nothing: a repeat after a lost reply.
    Raises `BadAnswer`, `RequestChanged`.
    """
    request = _locked(session, scope, request_id) if shows_persons(scope) else None
    if request is None:
        return False
    words, standing = read_answer(answer.text), standing_answer(session, request_id)
    if standing and standing.text == words and _is_by(session, standing, actor):
        return True
    if answer.replaces != (standing.id if standing else None) or request.status not in ANSWERABLE_STATUSES:
        raise RequestChanged(standing)
    # Steps sort by time: later than what it replaces, whatever the clocks of two servers say.
    given_at = max(at, standing.at + _ONE_LATER) if standing else at
    request.status = ANSWERED
    session.add(
        RequestEvent(
            id=uuid7(given_at), request_id=request_id, at=given_at, actor_id=actor.user_id,
            kind=CORRECTED if standing else ANSWERED, status=ANSWERED, note=words,
        )
    )  # fmt: skip
    _tell(session, request.submission_id, at)
    return True


def read_answer(typed: str) -> str:
    """Tidy what was typed or pasted: trimmed, one kind of line break, no control characters. Raises `BadAnswer`."""
    words = _CONTROLS.sub("", re.sub(r"\r\n?", "\n", typed)).replace("\t", " ").strip()
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise BadAnswer
    return words


def _is_by(session: Session, answer: AnswerView, actor: Actor) -> bool:
    return session.get_one(RequestEvent, answer.id).actor_id == actor.user_id


def _locked(session: Session, scope: Scope, request_id: UUID) -> ServiceRequest | None:
    statement = visible_requests(select(ServiceRequest).where(ServiceRequest.id == request_id), scope)
    found: ServiceRequest | None = session.scalars(statement.with_for_update()).one_or_none()
    return found


def _tell(session: Session, submission_id: UUID | None, at: datetime) -> None:
    """Tell the tablet that sent the finding and those that hold its household; a request from elsewhere has none."""
    if submission_id is None:
        return
    session.flush()
    # With the sequence row in hand: of two answers for one household at the same moment, the later sees the earlier.
    take_numbers(session)
    target_id = session.scalars(select(Submission.target_id).where(Submission.id == submission_id)).one()
    feed = FeedChanges()
    tell_submissions(session, feed, [submission_id])
    tell_histories(session, feed, {target_id} if target_id else set(), at)
    write_feed(session, feed, at)
