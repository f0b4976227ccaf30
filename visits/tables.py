"""Whom we visit and what is planned: visit types, visit targets, visit assignments.

A target and an assignment are entities of the offline protocol: `fields` is what both doors exchange (text by field
name, see `target_fields.py` and `assignment_fields.py`), `version` counts its changes. The columns beside it are read
from `fields` by the same modules, for lists, search and scope; nothing else writes them.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class VisitType(Base):
    """A kind of visit (hane, esnaf, taziye …). Its form names it; what happens in it is in the form."""

    __tablename__ = "visit_type"

    code: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class VisitTarget(Base):
    """Somebody or some place that is visited: a household, a shop, a bereaved family, an address.

    `external_no` is the number of the list it was imported from: the same row imported again is the same target.
    `created_by_team_id`: the team that made it in the field, which keeps seeing it wherever it lies.
    `konum_hassasiyeti` says how exactly `lon` and `lat` are known: `nokta`, `sokak`, `mahalle`, empty for not at all;
    only a point of its own stands in `fields`. `match_due`: changed since it was located and compared with others.
    `merged_into_id`: a person said that it is that one; it is removed then, and its id goes on living there.
    """

    __tablename__ = "visit_target"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(700), default="")
    sort_key: Mapped[str] = mapped_column(String(300), default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    mahalle_id: Mapped[UUID | None] = mapped_column(Uuid)
    external_no: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_by_team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_removed: Mapped[bool] = mapped_column(default=False)
    konum_hassasiyeti: Mapped[str] = mapped_column(String(10), default="")
    match_due: Mapped[bool] = mapped_column(default=True)
    merged_into_id: Mapped[UUID | None] = mapped_column(Uuid)

    __table_args__ = (
        Index("ix_visit_target_mahalle_id_id", "mahalle_id", "id"),
        Index("ix_visit_target_match_due", "id", postgresql_where=text("match_due"), sqlite_where=text("match_due")),
        Index(
            "ix_visit_target_merged_into_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
            sqlite_where=text("merged_into_id IS NOT NULL"),
        ),
    )


class VisitAssignment(Base):
    """One visit that a team shall make: whom, as what type of visit, on which day, as which of the day."""

    __tablename__ = "visit_assignment"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("visit_target.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    visit_type: Mapped[str] = mapped_column(ForeignKey("visit_type.code"))
    day: Mapped[date] = mapped_column(Date)
    position: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(20))
    external_no: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_visit_assignment_team_id_day_position", "team_id", "day", "position"),
        Index("ix_visit_assignment_target_id", "target_id"),
        Index("ix_visit_assignment_day_team_id", "day", "team_id"),
    )
