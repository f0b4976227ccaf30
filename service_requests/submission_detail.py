"""One submission as its page shows it: answers in the form's own labels, photos, remarks, what it became.

Callers who may not see persons get the row's facts alone: an answer, a sentence, a photo or the very point of a
household can each name somebody.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.answers import AnswerView, label_answers
from field_forms.library import FormLibrary, PublishedVersion
from field_forms.points import parse_point
from field_forms.submission_xml import read_submission
from geo.tables import Mahalle
from service_requests.photo_views import PhotoLinks, PhotoView, photos_of
from service_requests.request_lists import RequestRowView, requests_of_submission
from service_requests.submission_lists import (
    SubmissionFacts,
    SubmissionRowView,
    shows_persons,
    submission_row,
    visible_submissions,
)
from service_requests.tables import Submission, SubmissionDocument
from teams.accounts import NamedView
from teams.permissions import Actor, Everything, Scope
from teams.tables import User

_POSITION = re.compile(r"\[\d+\]")
_KINDS = {"moment": "date", "file": "photo"}
# An amended submission that was amended again and again; nobody reads further back.
_MOST_VERSIONS = 50


class PointView(msgspec.Struct, frozen=True):
    """A place on Earth, WGS 84."""

    lon: float
    lat: float
    accuracy_m: float | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, or a group or repeat with its answers."""

    path: str
    label: str
    kind: str
    value: str | None
    photo_name: str | None
    point: PointView | None
    children: list["Answer"]


class RemarkView(msgspec.Struct, frozen=True):
    """Something odd, with the question it is about."""

    code: str
    path: str
    sentence: str
    question: str | None


class ReviewView(msgspec.Struct, frozen=True):
    """Whether a flagged submission has been looked at, by whom, and what they noted."""

    state: str
    by: str | None
    at: datetime | None
    note: str | None


class VersionView(msgspec.Struct, frozen=True):
    """An earlier version of the same visit."""

    id: UUID
    received_at: datetime


class LaterVersionView(msgspec.Struct, frozen=True):
    """The version that replaced this one."""

    id: UUID


class SubmissionView(SubmissionFacts, frozen=True, kw_only=True):
    """One submission with everything the caller may see of it."""

    review: ReviewView
    instance_id: str
    device_id: str
    point: PointView | None
    possible_mahalle: list[NamedView]
    distance_m: float | None
    answers: list[Answer]
    remarks: list[RemarkView]
    photo_list: list[PhotoView]
    requests: list[RequestRowView]
    earlier_versions: list[VersionView]
    later_version: LaterVersionView | None


def view_submission(
    session: Session, scope: Scope, submission_id: UUID, forms: FormLibrary, links: PhotoLinks
) -> SubmissionView | None:  # fmt: skip
    """Read one submission; None when there is none or the scope lacks it."""
    row = submission_row(session, scope, submission_id)
    if row is None:
        return None
    submission = session.get_one(Submission, submission_id)
    with_persons = shows_persons(scope)
    later = submission.superseded_by_id
    return SubmissionView(
        **_facts(row),
        review=_review(session, submission, with_persons=with_persons),
        instance_id=submission.instance_id,
        # A tablet is somebody's: who sent a visit is hidden there too.
        device_id=submission.device_id if with_persons else "",
        possible_mahalle=_possible_mahalle(session, submission.possible_mahalle),
        # What it opened belongs to the submission, so whoever sees the one sees the other's row.
        requests=requests_of_submission(
            session, Everything(), submission_id, at=links.at, with_persons=with_persons
        ),
        earlier_versions=_earlier_versions(session, scope, submission),
        later_version=LaterVersionView(later) if later else None,
        **(_personal(session, submission, forms, links) if with_persons else _nothing_personal()),
    )  # fmt: skip


def mark_reviewed(
    session: Session, scope: Scope, actor: Actor, submission_id: UUID, *, note: str, at: datetime
) -> bool:
    """Note that a flagged submission was looked at; False when there is none or the scope lacks it."""
    statement = visible_submissions(select(Submission).where(Submission.id == submission_id), scope)
    submission = session.scalars(statement.with_for_update()).one_or_none()
    if submission is None:
        return False
    submission.review, submission.review_note = "done", note.strip() or None
    submission.reviewed_by, submission.reviewed_at = actor.user_id, at
    session.flush()
    return True


def _facts(row: SubmissionRowView) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SubmissionFacts.__struct_fields__}


def _nothing_personal() -> dict[str, Any]:
    return {"answers": [], "remarks": [], "photo_list": [], "point": None, "distance_m": None}


def _personal(session: Session, submission: Submission, forms: FormLibrary, links: PhotoLinks) -> dict[str, Any]:
    version = forms.published(session, submission.form_id, submission.form_version)
    document = session.get_one(SubmissionDocument, submission.id)
    answers = label_answers(
        read_submission(document.xml),
        version.definition if version else None,
        choice_labels=version.choice_labels if version else None,
    )
    return {
        "answers": [show_answer(view) for view in answers],
        "remarks": [show_remark(remark, version) for remark in submission.remarks],
        "photo_list": photos_of(session, submission.id, links),
        "point": _point(submission.lon, submission.lat, submission.accuracy_m),
        "distance_m": submission.distance_m,
    }


def show_answer(view: AnswerView) -> Answer:
    """Show one line of a filled form as pages draw it."""
    point = parse_point(view.raw) if view.kind == "point" else None
    return Answer(
        path=view.path,
        label=f"{view.label} {view.number}" if view.number else view.label,
        kind=_KINDS.get(view.kind, view.kind),
        value=view.text or None,
        photo_name=view.raw if view.kind == "file" else None,
        point=PointView(point.lon, point.lat, point.accuracy_m) if point else None,
        children=[show_answer(child) for child in view.children],
    )


def show_remark(remark: dict[str, Any], version: PublishedVersion | None) -> RemarkView:
    """Show something odd with the label of the question it is about."""
    node = version.definition.nodes.get(_POSITION.sub("", remark["path"])) if version else None
    return RemarkView(remark["code"], remark["path"], remark["sentence"], node.label() if node else None)


def _point(lon: float | None, lat: float | None, accuracy_m: float | None) -> PointView | None:
    return None if lon is None or lat is None else PointView(lon, lat, accuracy_m)


def _review(session: Session, submission: Submission, *, with_persons: bool) -> ReviewView:
    if not with_persons:
        return ReviewView(submission.review, None, submission.reviewed_at, None)
    reviewer = session.get(User, submission.reviewed_by) if submission.reviewed_by else None
    by = reviewer.display_name if reviewer else None
    return ReviewView(submission.review, by, submission.reviewed_at, submission.review_note)


def _possible_mahalle(session: Session, ids: list[str]) -> list[NamedView]:
    statement = select(Mahalle.id, Mahalle.name).where(Mahalle.id.in_([UUID(one) for one in ids]))
    return [NamedView(*row) for row in session.execute(statement.order_by(Mahalle.sort_key))]


def _earlier_versions(session: Session, scope: Scope, submission: Submission) -> list[VersionView]:
    versions: list[VersionView] = []
    earlier_id = submission.amends_id
    while earlier_id and len(versions) < _MOST_VERSIONS:
        columns = select(Submission.id, Submission.received_at, Submission.amends_id)
        row = session.execute(visible_submissions(columns.where(Submission.id == earlier_id), scope)).one_or_none()
        if row is None:
            break
        versions.append(VersionView(row.id, row.received_at))
        earlier_id = row.amends_id
    return versions
