"""Reading submissions that were held raw because their form version was not known when they came."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from field_forms.submission_xml import read_submission
from service_requests.intake import IntakeKnowledge
from service_requests.interpretation import interpret, remark_columns
from service_requests.opening_requests import OpenedFrom, open_requests
from service_requests.photo_arrivals import count_photos, expect_photos, photo_remarks
from service_requests.photo_rows import known_photos, store_photos
from service_requests.submission_feed import RETURNED, tell_submissions
from service_requests.tables import Submission, SubmissionDocument
from sync.change_log import FeedChanges, write_feed


def read_held(session: Session, knowledge: IntakeKnowledge, form_id: str, version: str) -> int:
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
        session.execute(update(Submission).where(Submission.id == submission.id).values(**row))
        whole = {column.name: getattr(submission, column.name) for column in Submission.__table__.columns} | row
        # What a correction left out was not meant; what it kept stands in the correction.
        opened.append(OpenedFrom(whole, meaning.findings if submission.superseded_by_id is None else []))
    open_requests(session, knowledge.routing, opened)
    feed = FeedChanges()
    tell_submissions(session, feed, [one.row["id"] for one in opened if one.row["sent_by_device_id"]])
    if opened:
        write_feed(session, feed, opened[0].row["received_at"])
    return len(opened)
