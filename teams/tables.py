"""Staff and what they belong to: teams in the field, directorates that answer, devices that may send, and who looked.

A User has exactly one role; a field worker belongs to one Team, a directorate officer to one Directorate. Passwords are
argon2id hashes, everything that opens a door (session, Collect key) is stored only as a hash of itself.
"""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text, Time, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class Team(Base):
    """A group of field workers who share a day's visits.

    Its day begins and ends at the two points (WGS 84; empty: anywhere). `mode`: walk or car. `visit_minutes`: how long
    a visit takes whose type says nothing. `version` counts changes of what the page of the team shows.
    """

    __tablename__ = "team"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)
    start_lon: Mapped[float | None]
    start_lat: Mapped[float | None]
    end_lon: Mapped[float | None]
    end_lat: Mapped[float | None]
    mode: Mapped[str] = mapped_column(String(4), default="walk")
    visit_minutes: Mapped[int] = mapped_column(default=20)


class TeamShift(Base):
    """When a team works on a day of the week (0 is Monday), in Istanbul; a day without a row is none.

    `lunch_minutes` of rest begin between `lunch_from` and `lunch_until`; 0: no lunch, and no times.
    """

    __tablename__ = "team_shift"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    lunch_minutes: Mapped[int] = mapped_column(default=0)
    lunch_from: Mapped[time | None] = mapped_column(Time)
    lunch_until: Mapped[time | None] = mapped_column(Time)


class WeekendDay(Base):
    """A day of the week (0 is Monday) of the municipality's weekend."""

    __tablename__ = "weekend_day"

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class DayOff(Base):
    """A day off of the municipality's own (*idari izin*), its reason as name; of a half day the morning is worked."""

    __tablename__ = "day_off"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    is_half_day: Mapped[bool]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))


class TeamLeave(Base):
    """Days on which a team, or one of its members, does not work; exactly one of the two is named.

    `reason`: izin, idari, gorev, diger. Never an illness: that it is leave is all that planning needs to know.
    """

    __tablename__ = "team_leave"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(10))

    __table_args__ = (Index("ix_team_leave_last_day", "last_day"),)


class TeamPosition(Base):
    """Where a team's tablet was during its shift, of a worker who agreed to it; swept after 30 days."""

    __tablename__ = "team_position"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float]

    __table_args__ = (Index("ix_team_position_team_id_at", "team_id", "at"),)


class TeamArea(Base):
    """A mahalle whose visit targets a team's tablets hold. The mahalle is in `geo`, which stands above: by id only."""

    __tablename__ = "team_area"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)
    mahalle_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class Directorate(Base):
    """A müdürlük, or a body outside the municipality (İSKİ, İGDAŞ …), that requests are routed to."""

    __tablename__ = "directorate"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    is_outside_body: Mapped[bool] = mapped_column(default=False)


class User(Base):
    """A member of staff. `username_key` is the folded name: sign-in must not depend on i/İ or letter case."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    username: Mapped[str] = mapped_column(String(60))
    username_key: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(30))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    directorate_id: Mapped[UUID | None] = mapped_column(ForeignKey("directorate.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    # '', kadin or erkek: only where somebody asked to be visited by one of them; never needed for anything else.
    gender: Mapped[str] = mapped_column(String(5), default="")
    is_team_leader: Mapped[bool] = mapped_column(default=False)
    # Since when they agree that the tablet tells where it is during the shift; empty: they do not.
    position_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Which version of the notice they agreed to (`positions.py`); 0: none.
    position_notice: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignedIn(Base):
    """One signed-in browser."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CollectKey(Base):
    """A key in the path of an ODK Collect server address: one tablet, one worker, revocable on its own."""

    __tablename__ = "collect_key"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(Base):
    """A tablet with our own application: it belongs to a team, whose workers share it.

    `token_hash` is of a secret that the tablet made itself. What it last told of its outbox stands here, so that a
    coordinator sees who has unsent work; `last_device_seq` is the highest number of its operations.
    """

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    app_version: Mapped[str] = mapped_column(String(40), default="")
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enrolled_by: Mapped[UUID] = mapped_column(Uuid)
    last_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsent_count: Mapped[int] = mapped_column(default=0)
    oldest_unsent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Device clock minus ours, seconds, at its last push.
    clock_offset_s: Mapped[int] = mapped_column(default=0)
    last_device_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[UUID | None] = mapped_column(Uuid)


class EnrolmentCode(Base):
    """A code in a QR that makes one tablet a team's, once and within minutes. Only its hash is stored.

    `used_by_token_hash` lets the very tablet that used it ask again, when the answer was lost on the way.
    """

    __tablename__ = "enrolment_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by_token_hash: Mapped[str | None] = mapped_column(String(64))


class AccessLog(Base):
    """Who looked at whose data, when (KVKK art. 12: a breach is reported in 72 hours, so this must be usable)."""

    __tablename__ = "access_log"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index("ix_access_log_user_id_id", "user_id", "id"),
        Index("ix_access_log_subject_kind_subject_id", "subject_kind", "subject_id"),
    )
