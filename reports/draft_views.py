"""Drafts of forms as the form desk shows them: what changes by them, and what was tried out."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from field_forms.compile import md5_tag
from field_forms.drafts import changes_of, open_drafts, read_draft
from field_forms.form_changes import FormChange
from field_forms.form_trials import trials_of
from field_forms.library import PublishedVersion, choice_labels_of
from field_forms.publishing import newest_version
from field_forms.tables import FormDraft
from service_requests.intake_run import IntakeKnowledge
from service_requests.trial_views import TrialView, view_trials
from teams.tables import User


class DraftRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One draft in the list."""

    id: UUID
    form_id: str
    version: str
    title: str
    made_at: datetime
    made_by: str | None


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """One draft: `over` is the version that is current now (None: a new form), which publishing must name.

    `changes` are against it; `questions` are those that somebody answers. `warnings` are advice on the form.
    """

    id: UUID
    form_id: str
    version: str
    title: str
    source_name: str
    made_at: datetime
    made_by: str | None
    trial_until: datetime
    over: str | None
    changes: list[FormChange]
    questions: int
    warnings: list[str]
    trials: list[TrialView]


def list_drafts(session: Session) -> list[DraftRowView]:
    """List the drafts that are open, newest first."""
    return [
        DraftRowView(
            id=draft.id, form_id=draft.form_id, version=draft.version, title=draft.title, made_at=draft.made_at,
            made_by=_name_of(session, draft.made_by),
        )
        for draft in open_drafts(session)
    ]  # fmt: skip


def view_draft(session: Session, draft: FormDraft, knowledge: IntakeKnowledge, *, with_persons: bool) -> DraftView:
    """View one open draft."""
    definition, files = read_draft(session, draft)
    read_as = PublishedVersion(
        draft.id, draft.xform, md5_tag(draft.xform), definition, choice_labels_of(definition, files)
    )
    current = newest_version(session, draft.form_id)
    return DraftView(
        id=draft.id,
        form_id=draft.form_id,
        version=draft.version,
        title=draft.title,
        source_name=draft.source_name,
        made_at=draft.made_at,
        made_by=_name_of(session, draft.made_by),
        trial_until=draft.trial_until,
        over=current.version if current else None,
        changes=changes_of(session, draft) or [],
        questions=sum(1 for node in definition.nodes.values() if node.control and node.labels),
        warnings=list(draft.warnings),
        trials=view_trials(session, trials_of(session, draft.id), read_as, knowledge, with_persons=with_persons),
    )


def _name_of(session: Session, user_id: UUID | None) -> str | None:
    user = session.get(User, user_id) if user_id else None
    return user.display_name if user else None
