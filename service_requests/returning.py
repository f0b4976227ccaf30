"""Sending a submission back to its author with a question, and the versions that come of it.

The author's amendment closes the question: the earlier version keeps it, for reading. A tablet with our own application
is told by the feed; whoever uses ODK Collect is told by telephone.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from service_requests.submission_feed import RETURNED, tell_submissions
from service_requests.submission_lists import visible_submissions
from service_requests.tables import Submission
from sync.change_log import FeedChanges, write_feed
from teams.permissions import Actor, Scope
from teams.tables import User

_SHORTEST, _LONGEST = 3, 500
_MOST_VERSIONS = 50


class BadQuestion(SahaError):
    """The author must be able to tell what is asked."""

    code = "review.bad_question"

    def __init__(self) -> None:
        super().__init__("Ekibe sorunuzu yazın (3-500 karakter).")


class NotReturnable(SahaError):
    """It was corrected already, or is not returned where that is to be taken back."""

    code = "review.not_returnable"

    def __init__(self) -> None:
        super().__init__("Bu kaydın daha yeni bir sürümü var ya da durumu değişmiş. Sayfayı yenileyin.")


class SubmissionVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a visit: when it came, who sent it, and what its author was asked about it."""

    id: UUID
    received_at: datetime
    submitted_by: str
    uses_collect: bool
    review: str
    question: str | None
    returned_at: datetime | None
    returned_by: str | None


def return_submission(
    session: Session, scope: Scope, actor: Actor, submission_id: UUID, *, question: str, at: datetime
) -> bool:
    """Send a submission back with a question; False when there is none or the scope lacks it.

    Raises `BadQuestion`, `NotReturnable`.
    """
    tidy = question.strip()
    if not _SHORTEST <= len(tidy) <= _LONGEST:
        raise BadQuestion
    submission = _locked(session, scope, submission_id)
    if submission is None:
        return False
    if submission.superseded_by_id is not None:
        raise NotReturnable
    submission.review, submission.return_question = RETURNED, tidy
    submission.returned_at, submission.returned_by = at, actor.user_id
    _tell(session, submission, at)
    return True


def take_back(session: Session, scope: Scope, submission_id: UUID, at: datetime) -> bool:
    """Undo a return; False when there is none or the scope lacks it. Raises `NotReturnable`."""
    submission = _locked(session, scope, submission_id)
    if submission is None:
        return False
    if submission.review != RETURNED or submission.superseded_by_id is not None:
        raise NotReturnable
    submission.review = "open" if submission.flags else "none"
    submission.returned_at = submission.returned_by = submission.return_question = None
    _tell(session, submission, at)
    return True


def versions_of(session: Session, scope: Scope, submission_id: UUID) -> list[SubmissionVersionView]:
    """List all versions of a visit, oldest to newest; empty when there is none or the scope lacks it."""
    rows = {row.id: row for row in _rows(session, scope, Submission.id == submission_id)}
    edge = list(rows.values())
    while edge and len(rows) < _MOST_VERSIONS:
        around = {row.amends_id for row in edge} | {row.superseded_by_id for row in edge}
        edge = _rows(session, scope, Submission.id.in_({one for one in around if one} - rows.keys()))
        rows |= {row.id: row for row in edge}
    ids = {row.user_id for row in rows.values()} | {row.returned_by for row in rows.values() if row.returned_by}
    names = {user.id: user.display_name for user in session.scalars(select(User).where(User.id.in_(ids)))}
    return [_view(row, names) for row in _in_order(rows)]


def _in_order(rows: dict[UUID, Submission]) -> list[Submission]:
    """Follow the corrections from the first version on; ids of one millisecond need not be in order."""
    by_amended = {row.amends_id: row for row in rows.values()}
    row = next((one for one in rows.values() if one.amends_id not in rows), None)
    ordered: list[Submission] = []
    while row is not None and len(ordered) < len(rows):
        ordered.append(row)
        row = by_amended.get(row.id)
    return ordered


def _view(row: Submission, names: dict[UUID, str]) -> SubmissionVersionView:
    return SubmissionVersionView(
        id=row.id,
        received_at=row.received_at,
        submitted_by=names[row.user_id],
        uses_collect=row.sent_by_device_id is None,
        review=row.review,
        question=row.return_question,
        returned_at=row.returned_at,
        returned_by=names.get(row.returned_by) if row.returned_by else None,
    )


def _rows(session: Session, scope: Scope, which: ColumnElement[bool]) -> list[Submission]:
    return list(session.scalars(visible_submissions(select(Submission).where(which), scope)))


def _locked(session: Session, scope: Scope, submission_id: UUID) -> Submission | None:
    statement = visible_submissions(select(Submission).where(Submission.id == submission_id), scope)
    found: Submission | None = session.scalars(statement.with_for_update()).one_or_none()
    return found


def _tell(session: Session, submission: Submission, at: datetime) -> None:
    session.flush()
    feed = FeedChanges()
    tell_submissions(session, feed, [submission.id] if submission.sent_by_device_id else [])
    write_feed(session, feed, at)
