"""Published forms. A form has versions; a version is immutable and has the files it was published with.

Submissions refer to a form and version by name, not by key: one may arrive before its version is known here.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
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
