"""Plans of days, the travel times that a routing service gave, and what tracks say of the roads.

A plan names visits by id and version and holds no name, phone or address: those are read when somebody looks.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class DayPlan(Base):
    """One order of work for the planner: which days and teams (`asked`), how far it is, and what came of it.

    `state`: waiting, running, done, failed, cancelled, adopted. Whoever works on it writes `heartbeat_at`; a running
    one without a heartbeat has lost its planner. `wants_end`: somebody cancelled it. `result` is a `StoredPlan` of
    `stored_plan.py`, `trouble` the code and, behind `|`, the sentence of what went wrong.
    """

    __tablename__ = "day_plan"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    share: Mapped[float] = mapped_column(default=0.0)
    wants_end: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    trouble: Mapped[str] = mapped_column(String(300), default="")
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    adopted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    adopted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_day_plan_last_day_id", "last_day", "id"),
        Index("ix_day_plan_state_heartbeat_at", "state", "heartbeat_at"),
        Index("ix_day_plan_asked_at", "asked_at"),
    )


class LearntPace(Base):
    """What the teams' tracks of the last 30 days say of a mode: medians, and of how many trips.

    Factor and speed are empty where there were too few trips, or of too few people.
    """

    __tablename__ = "learnt_pace"

    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    road_factor: Mapped[float | None]
    speed_kmh: Mapped[float | None]
    trip_count: Mapped[int]
    learnt_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TravelRow(Base):
    """The travel times that a routing service gave from one point by one mode, to every point it was asked about.

    `source` is a hash of the service's address, `origin` the point in 1e-5 degrees. `targets` holds pairs of such a
    point (8 bytes) and seconds (4 bytes, -1: no way), little-endian, in the order of the points.
    """

    __tablename__ = "travel_row"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    origin: Mapped[str] = mapped_column(String(24), primary_key=True)
    targets: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
