"""Drafts: an upload that is tried out on tablets before it becomes a version, or is given up.

What tablets send of a draft is `form_trials.py`; publishing itself is `publishing.py`.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from field_forms.compile import CompiledForm, md5_tag
from field_forms.definition import FormDefinition, read_definition
from field_forms.form_changes import FormChange, Version, compare_versions
from field_forms.library import choice_labels_of, load_version
from field_forms.publishing import gather_files, newest_version, publish_form
from field_forms.tables import DraftState, Form, FormDraft, FormDraftFile, FormTrial, FormVersion
from foundation.errors import SahaError
from foundation.identifiers import uuid7

# So long the link works; a form is tried out in days, not months.
TRIED_FOR = timedelta(days=14)
# Settled or forgotten drafts go after that, with whatever was typed into them.
KEPT_FOR = timedelta(days=90)
# In a sentence; the page lists all.
_MOST_NAMED = 5


class UnknownDraft(SahaError):
    """There is no such draft."""

    code: ClassVar[str] = "not_found"

    def __init__(self) -> None:
        super().__init__("Aradığınız kayıt yok ya da size açık değil.")


class DraftSettled(SahaError):
    """Somebody has published or discarded the draft meanwhile; `facts["state"]` says which."""

    code: ClassVar[str] = "form.draft_settled"


class PublishedMeanwhile(SahaError):
    """Another version was published after the changes were looked at; `facts["version"]` is that version."""

    code: ClassVar[str] = "form.published_meanwhile"


class BreaksAnswers(SahaError):
    """The draft takes away what older answers say; `facts["changes"]` lists it, and it was not confirmed."""

    code: ClassVar[str] = "form.breaks_answers"


def make_draft(
    session: Session,
    compiled: CompiledForm,
    attachments: Mapping[str, bytes],
    *,
    at: datetime,
    by: UUID | None,
    visit_type: str | None,
) -> tuple[FormDraft, str]:
    """Keep an upload as a draft; returns it with the key of its try-out link. Raises `AttachmentMissing`."""
    files = gather_files(compiled, attachments)
    key = secrets.token_urlsafe(18)
    draft = FormDraft(
        id=uuid7(at), form_id=compiled.form_id, version=compiled.version, title=compiled.title, visit_type=visit_type,
        xform=compiled.xform, source=compiled.source, source_name=compiled.source_name,
        warnings=list(compiled.warnings), state=DraftState.OPEN.value, key_hash=_hash(key),
        trial_until=at + TRIED_FOR, made_at=at, made_by=by,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    session.add_all(
        FormDraftFile(draft_id=draft.id, file_name=name, content=content) for name, content in files.items()
    )
    session.flush()
    return draft, key


def renew_key(session: Session, draft_id: UUID, at: datetime) -> tuple[FormDraft, str]:
    """Give a draft a new link, the one before ends. Raises `UnknownDraft`, `DraftSettled`."""
    draft = lock_open_draft(session, draft_id)
    key = secrets.token_urlsafe(18)
    draft.key_hash, draft.trial_until = _hash(key), at + TRIED_FOR
    session.flush()
    return draft, key


def draft_of_key(session: Session, key: str, at: datetime) -> FormDraft | None:
    """Find the open draft that a try-out link leads to; None: unknown, ended or settled, which look the same."""
    draft = session.scalar(select(FormDraft).where(FormDraft.key_hash == _hash(key)))
    return draft if draft is not None and draft.state == DraftState.OPEN.value and at < draft.trial_until else None


def open_drafts(session: Session) -> list[FormDraft]:
    """List the drafts that are being tried out, newest first."""
    is_open = FormDraft.state == DraftState.OPEN.value
    return list(session.scalars(select(FormDraft).where(is_open).order_by(FormDraft.id.desc())))


def lock_open_draft(session: Session, draft_id: UUID) -> FormDraft:
    """Load a draft that is still open, for whoever settles it. Raises `UnknownDraft`, `DraftSettled`."""
    draft = session.get(FormDraft, draft_id, with_for_update=True)
    if draft is None:
        raise UnknownDraft
    if draft.state != DraftState.OPEN.value:
        done = "yayımlanmış" if draft.state == DraftState.PUBLISHED.value else "silinmiş"
        raise DraftSettled(f"Bu taslak az önce başkası tarafından {done}. Form listesine bakın.", state=draft.state)
    return draft


def draft_files(session: Session, draft_id: UUID) -> dict[str, bytes]:
    """Read the files of a draft by name."""
    query = select(FormDraftFile).options(undefer(FormDraftFile.content)).order_by(FormDraftFile.file_name)
    return {file.file_name: file.content for file in session.scalars(query.where(FormDraftFile.draft_id == draft_id))}


def read_draft(session: Session, draft: FormDraft) -> tuple[FormDefinition, dict[str, bytes]]:
    """Read what a draft asks, and its files."""
    return read_definition(draft.xform), draft_files(session, draft.id)


def changes_of(session: Session, draft: FormDraft) -> list[FormChange] | None:
    """Compare a draft with the version that is current now; None where the form was never published."""
    current = newest_version(session, draft.form_id)
    return None if current is None else _changes(session, current, *read_draft(session, draft))


def changes_between(session: Session, older: FormVersion, newer: FormVersion) -> list[FormChange]:
    """Compare two versions."""
    return compare_versions(_version(session, older), _version(session, newer))


def publish_draft(
    session: Session, draft_id: UUID, *, over: str | None, accepts_breaks: bool, at: datetime, by: UUID | None
) -> FormVersion:
    """Make a draft a version: of several who publish at once one wins, and nobody over what they have not seen.

    `over` is the version that its publisher looked at as the current one (None: the form is new). Raises
    `UnknownDraft`, `DraftSettled`, `PublishedMeanwhile`, `BreaksAnswers`, `VersionAlreadyPublished`.
    """
    draft = lock_open_draft(session, draft_id)
    # Whoever publishes a version of this form waits here for whoever is before.
    session.get(Form, draft.form_id, with_for_update=True)
    current = newest_version(session, draft.form_id)
    if (current.version if current else None) != over:
        raise PublishedMeanwhile(
            "Siz bakarken bu formun başka bir sürümü yayımlandı. Sayfayı yenileyin, değişikliklere yeniden bakın.",
            version=current.version if current else None,
        )
    definition, files = read_draft(session, draft)
    if current is not None:
        refuse_breaks(_changes(session, current, definition, files), accepts_breaks=accepts_breaks)
    compiled = CompiledForm(
        form_id=draft.form_id, version=draft.version, title=draft.title, xform=draft.xform,
        xform_hash=md5_tag(draft.xform), source=draft.source, source_name=draft.source_name, definition=definition,
        attachment_names=tuple(files), made_files={}, warnings=tuple(draft.warnings),
    )  # fmt: skip
    version = publish_form(session, compiled, files, at=at, by=by, visit_type=draft.visit_type)
    _settle(session, draft, DraftState.PUBLISHED, at, by)
    return version


def refuse_unaccepted(
    session: Session, compiled: CompiledForm, attachments: Mapping[str, bytes], *, accepts_breaks: bool
) -> None:
    """Refuse to publish without a draft what breaks old answers, unless that was accepted. Raises `BreaksAnswers`."""
    key = FormVersion.form_id == compiled.form_id, FormVersion.version == compiled.version
    current = newest_version(session, compiled.form_id)
    # A version that is there already is never published again: `publish_form` says what is the matter with it.
    if current is not None and session.scalar(select(FormVersion.id).where(*key)) is None:
        files = {**compiled.made_files, **attachments}
        refuse_breaks(_changes(session, current, compiled.definition, files), accepts_breaks=accepts_breaks)


def discard_draft(session: Session, draft_id: UUID, *, at: datetime, by: UUID | None) -> None:
    """Give a draft up, with its trials. Raises `UnknownDraft`, `DraftSettled`."""
    _settle(session, lock_open_draft(session, draft_id), DraftState.DISCARDED, at, by)


def refuse_breaks(changes: Sequence[FormChange], *, accepts_breaks: bool) -> None:
    """Let changes pass that break nothing, or that were accepted. Raises `BreaksAnswers`."""
    breaking = [change for change in changes if change.breaks]
    if breaking and not accepts_breaks:
        named = ", ".join(dict.fromkeys(f"«{change.label}»" for change in breaking[:_MOST_NAMED]))
        raise BreaksAnswers(
            f"Bu sürüm eski yanıtlarla uyuşmayan {len(breaking)} değişiklik getiriyor ({named}). Bakıp onaylayın.",
            changes=[{"question": one.question, "label": one.label, "kind": one.kind} for one in breaking],
        )


def sweep_drafts(session: Session, at: datetime) -> int:
    """Delete drafts that were made 90 days ago, open or settled; returns how many."""
    old = list(session.scalars(select(FormDraft.id).where(FormDraft.made_at < at - KEPT_FOR).limit(100)))
    for table in (FormTrial, FormDraftFile):
        session.execute(delete(table).where(table.draft_id.in_(old)))
    session.execute(delete(FormDraft).where(FormDraft.id.in_(old)))
    return len(old)


def _settle(session: Session, draft: FormDraft, state: DraftState, at: datetime, by: UUID | None) -> None:
    for table in (FormTrial, FormDraftFile):
        session.execute(delete(table).where(table.draft_id == draft.id))
    draft.state, draft.settled_at, draft.settled_by = state.value, at, by
    draft.xform = draft.source = b""
    session.flush()


def _version(session: Session, version: FormVersion) -> Version:
    published = load_version(session, version.form_id, version.version)
    return Version(published.definition, published.choice_labels)


def _changes(
    session: Session, current: FormVersion, definition: FormDefinition, files: Mapping[str, bytes]
) -> list[FormChange]:
    newer = Version(definition, choice_labels_of(definition, files))
    return compare_versions(_version(session, current), newer)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
