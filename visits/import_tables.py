"""Lists on their way in: the upload, its rows in pieces, and which columns people said they were.

A list holds persons. Its rows and its file are kept only until it is imported or given up, and no longer than a week;
of an imported list the bad rows stay as long, to be corrected.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class VisitImport(Base):
    """One uploaded list and how far it has come; the states are those of `import_jobs.py`.

    `columns` is what each column is taken for, `counts` the report of the check or of the import. `done` of `total` is
    the progress of the state; `claimed_at` is renewed by whoever works on it.
    """

    __tablename__ = "visit_import"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    list_kind: Mapped[str] = mapped_column(String(20), default="")
    file_name: Mapped[str] = mapped_column(String(200))
    byte_size: Mapped[int]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sheets: Mapped[list[str]] = mapped_column(JSON, default=list)
    sheet: Mapped[int] = mapped_column(default=-1)
    header_row: Mapped[int] = mapped_column(default=0)
    date_base: Mapped[int] = mapped_column(default=1900)
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    row_count: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    # Why it failed, in words for the coordinator.
    failure: Mapped[str | None] = mapped_column(Text)
    is_cancel_asked: Mapped[bool] = mapped_column(default=False)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_visit_import_at_work",
            "state",
            "id",
            postgresql_where=text("state IN ('reading', 'checking', 'recording')"),
            sqlite_where=text("state IN ('reading', 'checking', 'recording')"),
        ),
        Index("ix_visit_import_changed_at", "changed_at"),
    )


class VisitImportFile(Base):
    """The file as it was uploaded, until its list is imported or given up."""

    __tablename__ = "visit_import_file"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("visit_import.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class VisitImportPart(Base):
    """A thousand rows of a list, packed: `rows` as `[[number, [cell, …]], …]`, `bad` as the check left it."""

    __tablename__ = "visit_import_part"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("visit_import.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_count: Mapped[int]
    rows: Mapped[bytes] = mapped_column(LargeBinary)
    # Packed [[number, [[column, value, reason], …], [cell, …]], …]; None: all good, or not checked.
    bad: Mapped[bytes | None] = mapped_column(LargeBinary)


class ColumnMemory(Base):
    """What a person said the columns of such a list are: remembered by kind of list and header."""

    __tablename__ = "column_memory"

    list_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    header_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    fields: Mapped[list[str | None]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
