"""Trials: what tablets send of a draft. Kept beside it and gone with it; never counted, never routed.

What a trial would have become is `service_requests/trial_views.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from field_forms.submission_xml import read_submission
from field_forms.tables import FormDraft, FormTrial
from foundation.errors import SahaError
from foundation.identifiers import uuid7

# The oldest trial makes room for the newest: a draft is no place to collect data in.
MOST_TRIALS = 50


class NotThisDraft(SahaError):
    """What was sent was not filled with this draft."""

    code: ClassVar[str] = "openrosa.not_this_draft"


def keep_trial(
    session: Session, draft: FormDraft, xml: bytes, file_names: Sequence[str], *, device_id: str, at: datetime
) -> None:
    """Keep a filled draft; sent again it replaces itself. Raises `NotThisDraft`, `UnreadableSubmission`."""
    read = read_submission(xml)
    if (read.form_id, read.version) != (draft.form_id, draft.version):
        raise NotThisDraft("Bu form, denenen taslakla doldurulmamış. Taslağı yeniden indirip doldurun.")
    of_draft = FormTrial.draft_id == draft.id
    before = session.scalar(select(FormTrial).where(of_draft, FormTrial.instance_id == read.instance_id))
    names = sorted({*(before.file_names if before else ()), *file_names})
    if before is not None:
        session.delete(before)
        session.flush()
    session.add(
        FormTrial(
            id=uuid7(at),
            draft_id=draft.id,
            instance_id=read.instance_id,
            received_at=at,
            device_id=device_id[:200],
            xml=xml,
            file_names=names,
        )
    )
    session.flush()
    kept = select(FormTrial.id).where(of_draft).order_by(FormTrial.id.desc()).limit(MOST_TRIALS)
    session.execute(delete(FormTrial).where(of_draft, FormTrial.id.not_in(list(session.scalars(kept)))))


def trials_of(session: Session, draft_id: UUID) -> list[FormTrial]:
    """Return the trials of a draft, newest first."""
    return list(session.scalars(select(FormTrial).where(FormTrial.draft_id == draft_id).order_by(FormTrial.id.desc())))
