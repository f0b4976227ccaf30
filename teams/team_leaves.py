"""Days on which a team or one of its members does not work."""

from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from teams.accounts import NamedView
from teams.tables import Team, TeamLeave, User

REASONS = {"izin": "İzin", "idari": "İdari izin", "gorev": "Başka görev", "diger": "Diğer"}
_LONGEST_DAYS = 366


class BadLeave(SahaError):
    """What is asked for is no leave; `field` names what to correct."""

    code = "leave.bad"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field=field)


class LeavePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leave of a team, or of one worker: exactly one of the two is named."""

    first_day: date
    last_day: date
    reason: Literal["izin", "idari", "gorev", "diger"] = "izin"
    team_id: UUID | None = None
    user_id: UUID | None = None


class LeaveView(msgspec.Struct, frozen=True):
    """A leave; `worker` is empty where the whole team is away."""

    id: UUID
    team: NamedView
    worker: NamedView | None
    first_day: date
    last_day: date
    reason: str


def list_leaves(session: Session, since: date) -> list[LeaveView]:
    """List leaves that are not over before a day, the nearest first."""
    rows = session.execute(
        select(TeamLeave, Team, User)
        .outerjoin(User, User.id == TeamLeave.user_id)
        .join(Team, (Team.id == TeamLeave.team_id) | (Team.id == User.team_id))
        .where(TeamLeave.last_day >= since)
        .order_by(TeamLeave.first_day, TeamLeave.id)
    )
    return [
        LeaveView(
            leave.id, NamedView(team.id, team.name), NamedView(user.id, user.display_name) if leave.user_id else None,
            leave.first_day, leave.last_day, REASONS.get(leave.reason, leave.reason),
        )
        for leave, team, user in rows
    ]  # fmt: skip


def add_leave(session: Session, plan: LeavePlan, today: date) -> tuple[UUID, UUID]:
    """Note a leave; returns its id and the team that it concerns. Raises `BadLeave`."""
    if (plan.team_id is None) == (plan.user_id is None):
        raise BadLeave("team_id", "İzin ya bir ekibin ya da bir kişinin olur. Birini seçin.")
    if plan.last_day < plan.first_day:
        raise BadLeave("last_day", "Son gün ilk günden önce. Günleri düzeltin.")
    if plan.last_day < today or (plan.last_day - plan.first_day).days > _LONGEST_DAYS:
        raise BadLeave("last_day", "İzin bugün ya da sonra biter ve en çok bir yıl sürer.")
    user = session.get(User, plan.user_id) if plan.user_id else None
    team_id = user.team_id if user else plan.team_id
    if team_id is None or session.get(Team, team_id) is None:
        raise BadLeave("team_id", "Seçilen ekip ya da kişi yok. Sayfayı yenileyip yeniden seçin.")
    leave_id = uuid7()
    session.add(TeamLeave(id=leave_id, **msgspec.structs.asdict(plan)))
    session.flush()
    return leave_id, team_id


class LeaveDays(NamedTuple):
    """The team that a leave concerns, and its days."""

    team_id: UUID
    first_day: date
    last_day: date


def days_of_leave(session: Session, leave_id: UUID) -> LeaveDays | None:
    """Return the team and days of a leave; None where there is none, or its worker is of no team any more."""
    leave = session.get(TeamLeave, leave_id)
    if leave is None:
        return None
    user = session.get(User, leave.user_id) if leave.user_id else None
    team_id = user.team_id if user else leave.team_id
    return LeaveDays(team_id, leave.first_day, leave.last_day) if team_id else None


def remove_leave(session: Session, leave_id: UUID) -> bool:
    """Take a leave back; False where there is none."""
    leave = session.get(TeamLeave, leave_id)
    if leave is not None:
        session.delete(leave)
        session.flush()
    return leave is not None
