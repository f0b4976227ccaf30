"""Targets that may be the same: by what they are found, who said what of a pair, and what a merge can be undone by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class TargetKey(Base):
    """Something by which a target may be another one: phone, address code, name, address, place, street.

    Of one value only so many are kept (`duplicate_keys.MOST_OF_ONE_KEY`): what everybody has tells nobody apart, and
    a block never grows with the table.
    """

    __tablename__ = "target_key"

    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("visit_target.id"), primary_key=True)

    __table_args__ = (Index("ix_target_key_target_id", "target_id"),)


class DuplicatePair(Base):
    """Two targets proposed as the same, the smaller id first. `state`: open, not_same, merged.

    `reasons` are sentences; `score` is 0 to 100.
    """

    __tablename__ = "duplicate_pair"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    first_id: Mapped[UUID] = mapped_column(ForeignKey("visit_target.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("visit_target.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("uq_duplicate_pair_first_id_second_id", "first_id", "second_id", unique=True),
        Index("ix_duplicate_pair_second_id", "second_id"),
        Index("ix_duplicate_pair_state_score_id", "state", "score", "id"),
    )


class TargetMerge(Base):
    """One merge: `merged_id` became `survivor_id`. `undo` is what has to be put back; `undone_at`: it was."""

    __tablename__ = "target_merge"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("visit_target.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("visit_target.id"))
    pair_id: Mapped[UUID | None] = mapped_column(Uuid)
    # The survivor's version that the merge became: what a late edit of the merged one is taken to have seen.
    version: Mapped[int]
    undo: Mapped[dict[str, Any]] = mapped_column(JSON)
    merged_by: Mapped[UUID | None] = mapped_column(Uuid)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[UUID | None] = mapped_column(Uuid)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_target_merge_standing",
            "merged_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
        Index("ix_target_merge_survivor_id", "survivor_id"),
        Index("ix_target_merge_merged_at", "merged_at"),
    )
