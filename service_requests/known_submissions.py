"""Submissions that are here already when something carries their id, repeats them, or brings more of their files."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from field_forms.library import FormLibrary
from field_forms.remarks import Remark
from field_forms.submission_xml import SubmissionXml, read_submission
from foundation.looking_up import RowsOf
from foundation.statements import Statement, send_together
from service_requests.incoming import IncomingSubmission
from service_requests.interpretation import name_pictures, remark_columns
from service_requests.photo_arrivals import PHOTO_REMARKS, count_photos, expect_photos, photo_remarks
from service_requests.photo_rows import known_photos, store_photos
from service_requests.tables import Submission, SubmissionDocument


class KnownSubmission(NamedTuple):
    """The columns of a recorded submission that decide what becomes of another with its id."""

    id: UUID
    instance_id: str
    xml_sha256: str
    team_id: UUID | None
    superseded_by_id: UUID | None
    remarks: list[dict[str, str]]
    review: str
    form_version_id: UUID | None
    sent_by_device_id: UUID | None
    target_id: UUID | None


def known_submissions(
    session: Session, arriving: Iterable[SubmissionXml], locks: Iterable[Statement] = ()
) -> dict[str, KnownSubmission]:
    """Look up and lock, in one order for everybody, the submissions that the arriving ones repeat or amend.

    `locks` are taken before, in the same trip.
    """
    ids = {instance_id for xml in arriving for instance_id in (xml.instance_id, xml.deprecated_id) if instance_id}
    asked = RowsOf(Submission, KnownSubmission._fields, key="instance_id", values=ids, lock=True)
    rows = send_together(session, *locks, asked)[-1]
    return {row.instance_id: KnownSubmission(*row) for row in rows}


def known_by_id(session: Session, submission_id: UUID) -> tuple[KnownSubmission, SubmissionXml]:
    """Look up and lock one recorded submission, with its XML."""
    table, document = Submission.__table__, SubmissionDocument.__table__
    statement = select(*(table.c[column] for column in KnownSubmission._fields)).where(table.c.id == submission_id)
    row = session.connection().execute(statement.with_for_update()).one()
    xml = (
        session.connection()
        .execute(select(document.c.xml).where(document.c.submission_id == submission_id))
        .scalar_one()
    )
    return KnownSubmission(*row), read_submission(xml)


def top_up_photos(
    session: Session, forms: FormLibrary, known: KnownSubmission, xml: SubmissionXml, item: IncomingSubmission
) -> bool:
    """Add the files that came or are promised with a repeat; says whether a tablet is to be told of it."""
    if not item.photos and not item.is_complete and not item.promised:
        return False
    version = forms.published(session, xml.form_id, xml.version)
    pictures = name_pictures(xml, version) if version and known.form_version_id else frozenset()
    # Once a tablet has said that it sent everything, a late or repeated post of the others does not unsay it.
    said_all = item.is_complete or any(remark["code"] == "photo.missing" for remark in known.remarks)
    before = known_photos(session, known.id)
    after = expect_photos({}, before, item.photos, pictures=pictures, promised=item.promised)
    remarks = [
        *(Remark(**remark) for remark in known.remarks if not remark["code"].startswith(PHOTO_REMARKS)),
        *photo_remarks(after, is_complete=said_all and known.form_version_id is not None),
    ]
    if after == before and len(remarks) == len(known.remarks):
        return False
    store_photos(session, known.id, before, after)
    values = {**count_photos(after), **remark_columns(remarks, known.review)}
    session.execute(update(Submission).where(Submission.id == known.id).values(**values))
    return known.sent_by_device_id is not None
