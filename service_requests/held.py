"""Reading submissions that were held raw because their form version was not known when they came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from field_forms.submission_xml import read_submission
from foundation.statements import send_together
from service_requests.declared_changes import DeclaredChange, change_of_row
from service_requests.entity_work import PlacedChange, change_entities
from service_requests.flagging_changes import Declared, flag_changes, flag_released
from service_requests.intake_run import IntakeKnowledge
from service_requests.interpretation import interpret, remark_columns
from service_requests.opening_requests import OpenedFrom, open_requests, requests_of
from service_requests.photo_arrivals import count_photos, expect_photos, photo_remarks
from service_requests.photo_rows import known_photos, store_photos
from service_requests.released_operations import settle_released_operations
from service_requests.submission_feed import RETURNED, tell_submissions
from service_requests.tables import Submission, SubmissionDocument
from service_requests.target_history import tell_histories
from service_requests.visited_targets import follow_merged
from sync.change_log import FeedChanges, take_numbers, write_feed
from visits.kinds import visit_kinds


def read_held(session: Session, knowledge: IntakeKnowledge, form_id: str, version: str, at: datetime) -> int:
    """Read what was held for a form version that is published now; returns how many. The caller commits."""
    published = knowledge.forms.published(session, form_id, version)
    form = knowledge.forms.known_form(session, form_id)
    if published is None or form is None:
        return 0
    held = session.execute(
        select(Submission, SubmissionDocument.xml)
        .join(SubmissionDocument, SubmissionDocument.submission_id == Submission.id)
        .where(Submission.form_version_id.is_(None), Submission.form_id == form_id, Submission.form_version == version)
        .order_by(Submission.instance_id)
        .with_for_update(of=Submission)
    )
    opened: list[OpenedFrom] = []
    read: list[tuple[dict[str, Any], Sequence[DeclaredChange]]] = []
    for submission, xml in held:
        meaning = interpret(read_submission(xml), published, knowledge.index, received_at=submission.received_at)
        before = known_photos(session, submission.id)
        after = expect_photos(meaning.named_photos, before, [], pictures=meaning.pictures)
        store_photos(session, submission.id, before, after)
        remarks = meaning.remarks + photo_remarks(after, is_complete=True)
        row = {
            **meaning.columns,
            **count_photos(after),
            **remark_columns(remarks, submission.review if submission.review == RETURNED else "none"),
            "form_version_id": published.version_id,
            "visit_type": form.visit_type,
            "request_count": len({finding.id for finding in meaning.findings}),
        }
        follow_merged(session, [row])
        session.execute(update(Submission).where(Submission.id == submission.id).values(**row))
        whole = {column.name: getattr(submission, column.name) for column in Submission.__table__.columns} | row
        # What a correction left out was not meant; what it kept stands in the correction.
        is_current = submission.superseded_by_id is None
        opened.append(OpenedFrom(whole, meaning.findings if is_current else []))
        read.append((whole, meaning.changes if is_current else ()))
    _tell(session, knowledge, opened, read, at)
    return len(opened)


def _tell(
    session: Session, knowledge: IntakeKnowledge, opened: Sequence[OpenedFrom],
    read: Sequence[tuple[dict[str, Any], Sequence[DeclaredChange]]], at: datetime,
) -> None:  # fmt: skip
    """Apply what the forms declare, open the requests, tell the tablets; in the order of the intake's locks."""
    feed = FeedChanges()
    # In the order of arrival, which was the order of the edits, rather than in that of the locks.
    in_order = sorted(read, key=lambda one: one[0]["id"])
    declared = [
        PlacedChange(place, change_of_row(change, row, None))
        for place, (row, changes) in enumerate(in_order)
        for change in changes
    ]
    changed = change_entities(session, visit_kinds(knowledge.index), declared, (), feed, at=at)
    flag_changes(session, (Declared(*in_order[place], outcomes) for place, outcomes in changed.by_place.items()))
    flag_released(session, changed.released)
    settle_released_operations(session, changed.released)
    found = send_together(session, *requests_of(finding.id for one in opened for finding in one.findings))
    open_requests(session, knowledge.routing, opened, {row.finding_id for rows in found for row in rows})
    tell_submissions(session, feed, {row["id"] for row, _ in read if row["sent_by_device_id"]})
    take_numbers(session)  # in hand before the past is read
    tell_histories(session, feed, {row["target_id"] for row, _ in read if row["target_id"]}, at)
    write_feed(session, feed, at)
