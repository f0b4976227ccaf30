"""Whom we visit and what is planned: visit types, visit targets, visit assignments.

A target and an assignment are entities of the offline protocol: `fields` is what both doors exchange (text by field
name, see `target_fields.py` and `assignment_fields.py`), `version` counts its changes. The columns beside it are read
from `fields` by the same modules, for lists, search and scope; nothing else writes them.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class VisitType(Base):
    """A kind of visit (hane, esnaf, taziye …). What is asked in it is in its form; when it is due stands here.

    `deadline_rule` and `deadline_days`: at the latest that many days after the event (`after_event`: a death, a move,
    an opening) or before it (`before_event`: a departure); without a rule nothing is due. `cadence_days`: how often the
    same household or shop shall be seen. `indicator`: the figure of the reports that its visits count to.
    """

    __tablename__ = "visit_type"

    code: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    # The form that is opened for such a visit; no foreign key, it may be published later.
    form_id: Mapped[str | None] = mapped_column(String(200))
    deadline_rule: Mapped[str] = mapped_column(String(20), default="")
    deadline_days: Mapped[int | None]
    cadence_days: Mapped[int | None]
    expected_minutes: Mapped[int] = mapped_column(default=15)
    indicator: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class VisitTarget(Base):
    """Somebody or some place that is visited: a household, a shop, a bereaved family, an address.

    `external_no` is the number of the list it was imported from: the same row imported again is the same target.
    `created_by_team_id`: the team that made it in the field, which keeps seeing it wherever it lies.
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

    __table_args__ = (Index("ix_visit_target_mahalle_id_id", "mahalle_id", "id"),)


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
