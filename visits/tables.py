"""Whom we visit and what is planned: visit types, visit targets, visit assignments, the campaigns they come from.

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
    """A kind of visit (hane, esnaf, taziye …). What is asked in it is in its form; when it is due stands here.

    `deadline_rule` and `deadline_days`: at the latest that many days after the event (`after_event`: a death, a move,
    an opening) or before it (`before_event`: a departure); without a rule nothing is due. `cadence_days`: how often the
    same household or shop shall be seen. `proposes_next`: who was not at home is not tried again
    before a coordinator says so. `indicator`: the figure of the reports that its visits count to.
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
    proposes_next: Mapped[bool] = mapped_column(default=False)


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
    # When what the visit is about happened or will (death, opening, moving in, departure).
    event_on: Mapped[date | None] = mapped_column(Date)
    is_do_not_visit: Mapped[bool] = mapped_column(default=False)
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
        Index("ix_visit_target_kind_id", "kind", "id"),
        Index(
            "ix_visit_target_kind_event_on",
            "kind",
            "event_on",
            postgresql_where=text("event_on IS NOT NULL"),
            sqlite_where=text("event_on IS NOT NULL"),
        ),
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
    priority: Mapped[int] = mapped_column(default=3)
    last_day: Mapped[date | None] = mapped_column(Date)
    # "HH:MM" as planned, or nothing.
    planned_time: Mapped[str] = mapped_column(String(5), default="")
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaign.id"))
    # The last state whose consequences were seen to (`following_up.py`).
    followed_status: Mapped[str] = mapped_column(String(20), default="planli")
    # Nobody goes again by itself: a coordinator says when, or that nobody goes (`next_decisions.py`).
    awaits_decision: Mapped[bool] = mapped_column(default=False)
    external_no: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_visit_assignment_team_id_day_position", "team_id", "day", "position"),
        Index("ix_visit_assignment_target_id_day", "target_id", "day"),
        Index(
            "ix_visit_assignment_campaign_id_status",
            "campaign_id",
            "status",
            postgresql_where=text("campaign_id IS NOT NULL"),
            sqlite_where=text("campaign_id IS NOT NULL"),
        ),
        Index(
            "ix_visit_assignment_unfollowed",
            "id",
            postgresql_where=text("followed_status <> status"),
            sqlite_where=text("followed_status <> status"),
        ),
        Index("ix_visit_assignment_day_team_id", "day", "team_id"),
        # Whether a type that is out of use is still named.
        Index("ix_visit_assignment_visit_type", "visit_type"),
        Index(
            "ix_visit_assignment_awaits_decision",
            "id",
            postgresql_where=text("awaits_decision"),
            sqlite_where=text("awaits_decision"),
        ),
        # Planned for later than its last day; written as the lists ask it.
        Index(
            "ix_visit_assignment_late",
            "id",
            postgresql_where=text("status = 'planli' AND last_day < day"),
            sqlite_where=text("status = 'planli' AND last_day < day"),
        ),
    )


class Campaign(Base):
    """Visits of one type in some mahalle between two days, up to a quota; once, or anew each week or month.

    `version` counts its changes: who saves an older one is told. `state`: running, stopped, finished. `unvisited_days`:
    who was visited within so many days is left out. `per_day`: at most so many visits a team and day; empty: what the
    team's shift has room for. `visitor`: only teams that have a woman (`kadin`) or a man (`erkek`) there on the day.
    `next_round_on`: the day from which on the next round is planned by the sweep.
    """

    __tablename__ = "campaign"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    visit_type: Mapped[str] = mapped_column(ForeignKey("visit_type.code"))
    target_kind: Mapped[str] = mapped_column(String(30))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    quota: Mapped[int]
    repeats: Mapped[str] = mapped_column(String(10), default="")
    unvisited_days: Mapped[int] = mapped_column(default=0)
    per_day: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=3)
    windows: Mapped[str] = mapped_column(String(100), default="")
    instructions: Mapped[str] = mapped_column(String(500), default="")
    visitor: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[str] = mapped_column(String(10), default="running")
    next_round_on: Mapped[date | None] = mapped_column(Date)
    created_by: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_campaign_state_next_round_on", "state", "next_round_on"),)


class CampaignMahalle(Base):
    """A mahalle of a campaign; by id only, as everywhere."""

    __tablename__ = "campaign_mahalle"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    mahalle_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class CampaignTeam(Base):
    """A team of a campaign."""

    __tablename__ = "campaign_team"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)


class DoubleDecision(Base):
    """What a coordinator decided of two visits of two teams at one target: both stand. `first_id` < `second_id`."""

    __tablename__ = "visit_double_decision"

    first_id: Mapped[UUID] = mapped_column(ForeignKey("visit_assignment.id"), primary_key=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("visit_assignment.id"), primary_key=True)
    decided_by: Mapped[UUID] = mapped_column(Uuid)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
