"""Publishing: a compiled form becomes an immutable version; forms are opened, wound down and closed.

Reading published forms quickly is `library.py`'s business.
"""

import mimetypes
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.compile import CompiledForm, md5_tag
from field_forms.tables import Form, FormAttachment, FormState, FormVersion
from foundation.errors import SahaError
from foundation.identifiers import uuid7

_MEDIA_TYPES = {".csv": "text/csv", ".geojson": "application/geo+json", ".xml": "text/xml"}


class VersionAlreadyPublished(SahaError):
    """This version was published before with other content; tablets rely on its never changing."""

    code: ClassVar[str] = "form.version_already_published"


class AttachmentMissing(SahaError):
    """The form names files that were not given; `facts["missing"]` lists them."""

    code: ClassVar[str] = "form.attachment_missing"


class UnknownForm(SahaError):
    """No form of this id was ever published."""

    code: ClassVar[str] = "form.unknown"


def publish_form(
    session: Session,
    compiled: CompiledForm,
    attachments: Mapping[str, bytes],
    *,
    at: datetime,
    by: UUID | None,
    visit_type: str | None = None,
) -> FormVersion:
    """Store a version with its files and return it; publishing the very same again changes nothing.

    A new form is open; a form being wound down or closed stays so. Files given that the form does not name are left
    out. Raises `AttachmentMissing` and `VersionAlreadyPublished`.
    """
    files = gather_files(compiled, attachments)
    known = session.scalar(
        select(FormVersion).where(FormVersion.form_id == compiled.form_id, FormVersion.version == compiled.version)
    )
    if known is not None:
        return _unchanged(session, known, compiled, files)
    _ensure_form(session, compiled, at, visit_type)
    version = FormVersion(
        id=uuid7(at),
        form_id=compiled.form_id,
        version=compiled.version,
        title=compiled.title,
        xform=compiled.xform,
        xform_hash=compiled.xform_hash,
        source=compiled.source,
        source_name=compiled.source_name,
        published_at=at,
        published_by=by,
    )
    session.add(version)
    session.flush()
    session.add_all(_attachment(version, name, content) for name, content in files.items())
    session.flush()
    return version


def set_form_state(session: Session, form_id: str, state: FormState) -> Form:
    """Open a form, wind it down (`closing`: hidden, still accepted) or close it. Raises `UnknownForm`."""
    form = session.get(Form, form_id)
    if form is None:
        raise UnknownForm(f"«{form_id}» kimlikli bir form yayımlanmamış. Kimliği form listesinden denetleyin.")
    form.state = state.value
    session.flush()
    return form


def load_forms(session: Session) -> list[Form]:
    """Return all forms by id, whatever their state."""
    return list(session.scalars(select(Form).order_by(Form.form_id)))


def load_versions(session: Session, form_id: str) -> list[FormVersion]:
    """Return the versions of a form, newest first, without their bytes."""
    newest_first = (FormVersion.published_at.desc(), FormVersion.id.desc())
    return list(session.scalars(select(FormVersion).where(FormVersion.form_id == form_id).order_by(*newest_first)))


def newest_version(session: Session, form_id: str) -> FormVersion | None:
    """Return the version that tablets fetch: the one published last. None: the form was never published."""
    newest_first = (FormVersion.published_at.desc(), FormVersion.id.desc())
    return session.scalar(select(FormVersion).where(FormVersion.form_id == form_id).order_by(*newest_first).limit(1))


def gather_files(compiled: CompiledForm, attachments: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that a form needs, of those it made and those that were given. Raises `AttachmentMissing`."""
    given = {**compiled.made_files, **attachments}
    missing = [name for name in compiled.attachment_names if name not in given]
    if missing:
        names = ", ".join(missing)
        raise AttachmentMissing(f"Formun istediği dosya eksik: {names}. Formla birlikte yükleyin.", missing=missing)
    return {name: given[name] for name in (*compiled.made_files, *compiled.attachment_names)}


def _unchanged(
    session: Session, known: FormVersion, compiled: CompiledForm, files: dict[str, bytes]
) -> FormVersion:  # fmt: skip
    of_version = select(FormAttachment).where(FormAttachment.form_version_id == known.id)
    stored = {file.file_name: file.hash for file in session.scalars(of_version)}
    same_files = stored == {name: md5_tag(content) for name, content in files.items()}
    if known.xform_hash == compiled.xform_hash and same_files:
        return known
    raise VersionAlreadyPublished(
        f"«{compiled.title}» formunun {compiled.version} sürümü başka içerikle yayımlanmış. "
        "settings sayfasındaki version değerini artırıp yeniden yükleyin.",
        form_id=compiled.form_id,
        version=compiled.version,
    )


def _ensure_form(session: Session, compiled: CompiledForm, at: datetime, visit_type: str | None) -> None:
    form = session.get(Form, compiled.form_id)
    if form is None:
        session.add(
            Form(
                form_id=compiled.form_id,
                title=compiled.title,
                visit_type=visit_type,
                state=FormState.OPEN.value,
                created_at=at,
            )
        )
    else:
        form.title = compiled.title
        form.visit_type = visit_type or form.visit_type
    session.flush()


def _attachment(version: FormVersion, name: str, content: bytes) -> FormAttachment:
    return FormAttachment(
        form_version_id=version.id,
        file_name=name,
        media_type=media_type_of(name),
        content=content,
        hash=md5_tag(content),
    )


def media_type_of(name: str) -> str:
    """Tell the media type of a form's file by its name."""
    suffix = f".{name.rpartition('.')[2].lower()}"
    return _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
