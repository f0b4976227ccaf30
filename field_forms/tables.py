"""Published forms. A form has versions; a version is immutable and has the files it was published with.

Before that it is a draft, which is tried out on tablets: what is sent then is a trial and stands in a table of its own,
so that nothing that counts or routes ever meets it.

Submissions refer to a form and version by name, not by key: one may arrive before its version is known here.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class FormState(StrEnum):
    """Open: offered and accepted. Closing: no longer offered, still accepted. Closed: refused."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Form(Base):
    """One form by the id its versions share. `visit_type` is the code of the visits it is filled on, if any."""

    __tablename__ = "form"
    __table_args__ = (CheckConstraint("state IN ('open', 'closing', 'closed')", name="state"),)

    form_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    title: Mapped[str] = mapped_column(String(500))
    visit_type: Mapped[str | None] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(10), default=FormState.OPEN.value)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FormVersion(Base):
    """One published version: the XForm exactly as served, and the spreadsheet it came from."""

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "version", name="uq_form_version_form_id_version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(ForeignKey("form.form_id"))
    version: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(500))
    # Large values are loaded by who asks for them, never with a list of versions.
    xform: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    xform_hash: Mapped[str] = mapped_column(String(36))
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source_name: Mapped[str] = mapped_column(String(255))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # A person of `teams`, by id only: publishing outlives accounts.
    published_by: Mapped[UUID | None]


class FormAttachment(Base):
    """A file a version needs: a choice list, a picture of a label."""

    __tablename__ = "form_attachment"

    form_version_id: Mapped[UUID] = mapped_column(ForeignKey("form_version.id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    hash: Mapped[str] = mapped_column(String(36))


class DraftState(StrEnum):
    """Open: being tried out. Published: became a version. Discarded: given up."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class FormDraft(Base):
    """One upload on its way to a version. Several of one form may be open.

    `key_hash` is of the key in the try-out link, which ends at `trial_until`. What is settled keeps its row, so that
    whoever comes second is told, without the bytes.
    """

    __tablename__ = "form_draft"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'published', 'discarded')", name="state"),
        Index("ix_form_draft_state_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(500))
    visit_type: Mapped[str | None] = mapped_column(String(50))
    xform: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source_name: Mapped[str] = mapped_column(String(255))
    warnings: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default=DraftState.OPEN.value)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    trial_until: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[UUID | None]


class FormDraftFile(Base):
    """A file a draft needs."""

    __tablename__ = "form_draft_file"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("form_draft.id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class FormTrial(Base):
    """One filled draft, as a tablet sent it: shown, never counted, never routed. Its photos are named, not kept."""

    __tablename__ = "form_trial"
    __table_args__ = (UniqueConstraint("draft_id", "instance_id", name="uq_form_trial_draft_id_instance_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("form_draft.id"))
    instance_id: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[str] = mapped_column(String(200))
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    file_names: Mapped[list[str]] = mapped_column(JSON)
