"""Published forms as their page shows them, with how many submissions each version has brought."""

from collections import defaultdict
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from field_forms.publishing import load_forms, load_versions
from field_forms.tables import Form, FormAttachment, FormVersion
from service_requests.submission_lists import CodedView
from service_requests.tables import Submission
from teams.tables import User
from visits.tables import VisitType


class FormRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One form in the list."""

    form_id: str
    title: str
    state: str
    visit_type: CodedView | None
    current_version: str
    published_at: datetime
    versions: int
    submissions: int


class FormFileView(msgspec.Struct, frozen=True):
    """A file a version was published with."""

    file_name: str
    byte_size: int


class FormLinksView(msgspec.Struct, frozen=True):
    """Where a version can be downloaded; `markdown` only where it was published as Markdown."""

    xform: str
    xlsx: str
    markdown: str | None


class FormVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a form."""

    version: str
    published_at: datetime
    published_by: str | None
    source_name: str
    attachments: list[FormFileView]
    submissions: int
    links: FormLinksView


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """One form with its versions, newest first."""

    form_id: str
    title: str
    state: str
    visit_type: CodedView | None
    current_version: str
    published_at: datetime
    submissions: int
    versions: list[FormVersionView]


def list_forms(session: Session) -> list[FormRowView]:
    """List all forms by title, whatever their state."""
    versions = select(FormVersion.form_id, FormVersion.version, FormVersion.published_at)
    by_form: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for form_id, version, at in session.execute(versions.order_by(FormVersion.published_at, FormVersion.id)):
        by_form[form_id].append((version, at))
    counts = _submission_counts(session)
    types = _visit_types(session)
    return [
        FormRowView(
            form_id=form.form_id,
            title=form.title,
            state=form.state,
            visit_type=types.get(form.visit_type or ""),
            current_version=by_form[form.form_id][-1][0],
            published_at=by_form[form.form_id][-1][1],
            versions=len(by_form[form.form_id]),
            submissions=sum(number for (form_id, _), number in counts.items() if form_id == form.form_id),
        )
        for form in load_forms(session)
        if by_form[form.form_id]
    ]


def view_form(session: Session, form_id: str) -> FormView | None:
    """Read one form with its versions; None when there is none."""
    form = session.get(Form, form_id)
    versions = load_versions(session, form_id)
    if form is None or not versions:
        return None
    counts = _submission_counts(session, form_id)
    return FormView(
        form_id=form.form_id,
        title=form.title,
        state=form.state,
        visit_type=_visit_types(session).get(form.visit_type or ""),
        current_version=versions[0].version,
        published_at=versions[0].published_at,
        submissions=sum(counts.values()),
        versions=[_version(session, one, counts.get((form_id, one.version), 0)) for one in versions],
    )


def _version(session: Session, version: FormVersion, submissions: int) -> FormVersionView:
    publisher = session.get(User, version.published_by) if version.published_by else None
    below = f"/v1/forms/{quote(version.form_id, safe='')}/versions/{quote(version.version, safe='')}"
    is_markdown = version.source_name.lower().endswith(".md")
    return FormVersionView(
        version=version.version,
        published_at=version.published_at,
        published_by=publisher.display_name if publisher else None,
        source_name=version.source_name,
        attachments=_files(session, version.id),
        submissions=submissions,
        links=FormLinksView(f"{below}/form.xml", f"{below}/form.xlsx", f"{below}/form.md" if is_markdown else None),
    )


def _files(session: Session, version_id: UUID) -> list[FormFileView]:
    statement = select(FormAttachment.file_name, func.length(FormAttachment.content))
    of_version = statement.where(FormAttachment.form_version_id == version_id).order_by(FormAttachment.file_name)
    return [FormFileView(name, byte_size) for name, byte_size in session.execute(of_version)]


def _submission_counts(session: Session, form_id: str | None = None) -> dict[tuple[str, str], int]:
    """Count submissions by form and version, amended ones too: each was filled with that version."""
    statement = select(Submission.form_id, Submission.form_version, func.count())
    if form_id is not None:
        statement = statement.where(Submission.form_id == form_id)
    rows = session.execute(statement.group_by(Submission.form_id, Submission.form_version))
    return {(found_id, version): number for found_id, version, number in rows}


def _visit_types(session: Session) -> dict[str, CodedView]:
    return {one.code: CodedView(one.code, one.name) for one in session.scalars(select(VisitType))}
