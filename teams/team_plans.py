"""Teams as the coordinator makes and changes them: name, members, shifts, where the day begins and ends.

`version` counts changes: who saves what somebody else has changed meanwhile is told. Leaves are `team_leaves.py`,
areas `team_areas.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import time
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from teams.permissions import Role
from teams.sign_in import close_all_sessions
from teams.tables import Team, TeamShift, User
from teams.team_areas import UnknownTeam

Gender = Literal["", "kadin", "erkek"]
_LONGEST_VISIT_MIN, _LONGEST_LUNCH_MIN = 480, 180


class BadTeam(SahaError):
    """What is asked for is no team that could work; `field` names what to correct."""

    code = "team.bad"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field=field)


class TeamChanged(SahaError):
    """Somebody else has changed it since it was read."""

    code = "team.changed"

    def __init__(self) -> None:
        super().__init__("Bu ekibi siz açıkken başkası değiştirdi. Sayfayı yenileyin ve değişikliğinizi yeniden yapın.")


class TeamInUse(SahaError):
    """It has workers or planned visits, so it cannot be removed."""

    code = "team.in_use"


class PointOfTeam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a day begins or ends, WGS 84."""

    lon: float
    lat: float


class ShiftPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hours of one day of the week, 0 is Monday."""

    weekday: int
    starts: time
    ends: time
    lunch_minutes: int = 0
    lunch_from: time | None = None
    lunch_until: time | None = None


class MemberPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field worker of the team. `gender` only where visits ask for it."""

    user_id: UUID
    gender: Gender = ""
    is_team_leader: bool = False


class TeamPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a coordinator says of a team. `members` come to it; nobody leaves it but for another team."""

    name: str
    members: list[MemberPlan] = []
    shifts: list[ShiftPlan] = []
    start: PointOfTeam | None = None
    end: PointOfTeam | None = None
    mode: Literal["walk", "car"] = "walk"
    visit_minutes: int = 20
    version: int | None = None


class MemberView(msgspec.Struct, frozen=True):
    """A member; `shares_position`: agreed that the tablet tells where it is during the shift."""

    id: UUID
    name: str
    gender: str
    is_team_leader: bool
    shares_position: bool


class TeamView(msgspec.Struct, frozen=True):
    """A team as the coordinator sees it."""

    id: UUID
    version: int
    name: str
    is_active: bool
    members: list[MemberView]
    shifts: list[ShiftPlan]
    start: PointOfTeam | None
    end: PointOfTeam | None
    mode: str
    visit_minutes: int


def list_teams(session: Session) -> list[TeamView]:
    """List all teams by code, removed ones last."""
    teams = session.scalars(select(Team).order_by(Team.is_active.desc(), Team.code)).all()
    return _views(session, teams)


def show_team(session: Session, team_id: UUID) -> TeamView:
    """Show one team. Raises `UnknownTeam`."""
    team = session.get(Team, team_id)
    if team is None:
        raise UnknownTeam
    return _views(session, [team])[0]


def make_team(session: Session, plan: TeamPlan) -> UUID:
    """Make a team; returns its id. Raises `BadTeam`."""
    _refuse_bad(plan)
    team_id = uuid7()
    session.add(Team(id=team_id, code=f"ekip-{str(team_id)[-12:]}", version=1, **_columns(plan)))
    session.flush()
    _write_parts(session, team_id, plan)
    return team_id


def change_team(session: Session, team_id: UUID, plan: TeamPlan) -> None:
    """Change a team. Raises `UnknownTeam`, `TeamChanged`, `BadTeam`."""
    team = _lock(session, team_id, plan.version)
    _refuse_bad(plan)
    for name, value in _columns(plan).items():
        setattr(team, name, value)
    team.version += 1
    session.execute(delete(TeamShift).where(TeamShift.team_id == team_id))
    session.flush()
    _write_parts(session, team_id, plan)


def remove_team(session: Session, team_id: UUID, version: int) -> None:
    """Take a team off; its past stays. The caller has looked for visits planned for it.

    Raises `UnknownTeam`, `TeamChanged`, `TeamInUse` while somebody works in it.
    """
    team = _lock(session, team_id, version)
    worker = session.scalar(select(User.id).where(User.team_id == team_id, User.is_active).limit(1))
    if worker is not None:
        raise TeamInUse("Bu ekipte çalışanlar var. Önce onları başka bir ekibe alın ya da hesaplarını kapatın.")
    team.is_active, team.version = False, team.version + 1
    session.flush()


def list_workers(session: Session) -> list[tuple[UUID, str, UUID | None]]:
    """List the active field workers: id, name and team, whom a coordinator can take into a team."""
    rows = session.execute(
        select(User.id, User.display_name, User.team_id)
        .where(User.role == Role.FIELD_WORKER, User.is_active)
        .order_by(User.username_key)
    )
    return [(user_id, name, team_id) for user_id, name, team_id in rows]


def _lock(session: Session, team_id: UUID, version: int | None) -> Team:
    team = session.get(Team, team_id, with_for_update=True)
    if team is None:
        raise UnknownTeam
    if team.version != version:
        raise TeamChanged
    return team


def _columns(plan: TeamPlan) -> dict[str, object]:
    start, end = plan.start, plan.end or plan.start
    return {
        "name": " ".join(plan.name.split()),
        "is_active": True,
        "mode": plan.mode,
        "visit_minutes": plan.visit_minutes,
        "start_lon": start.lon if start else None,
        "start_lat": start.lat if start else None,
        "end_lon": end.lon if end else None,
        "end_lat": end.lat if end else None,
    }


def _refuse_bad(plan: TeamPlan) -> None:
    if not 0 < len(" ".join(plan.name.split())) <= 120:  # noqa: PLR2004 the column has 120
        raise BadTeam("name", "Ekibin adı 1-120 karakter olmalı.")
    if not 0 < plan.visit_minutes <= _LONGEST_VISIT_MIN:
        raise BadTeam("visit_minutes", "Bir ziyaret 1 ile 480 dakika arasında sürer.")
    if len({shift.weekday for shift in plan.shifts}) != len(plan.shifts):
        raise BadTeam("shifts", "Bir gün için tek bir vardiya yazın.")
    for shift in plan.shifts:
        _refuse_bad_shift(shift)
    for point in (plan.start, plan.end):
        if point is not None and not (-180 <= point.lon <= 180 and -90 <= point.lat <= 90):  # noqa: PLR2004 degrees
            raise BadTeam("start", "Başlangıç ve bitiş noktası haritada bir yer olmalı.")


def _refuse_bad_shift(shift: ShiftPlan) -> None:
    if shift.weekday not in range(7):
        raise BadTeam("shifts", "Vardiya günü pazartesi ile pazar arasında olmalı.")
    if shift.starts >= shift.ends:
        raise BadTeam("shifts", "Vardiyanın başlangıcı bitişinden önce olmalı.")
    if not 0 <= shift.lunch_minutes <= _LONGEST_LUNCH_MIN:
        raise BadTeam("shifts", "Öğle arası 0 ile 180 dakika arasında olmalı.")
    first, last = shift.lunch_from or shift.starts, shift.lunch_until or shift.ends
    if not shift.starts <= first <= last <= shift.ends:
        raise BadTeam("shifts", "Öğle arası vardiyanın içinde, başı sonundan önce olmalı.")


def _write_parts(session: Session, team_id: UUID, plan: TeamPlan) -> None:
    for shift in plan.shifts:
        session.add(TeamShift(team_id=team_id, **msgspec.structs.asdict(shift)))
    wanted = {member.user_id: member for member in plan.members}
    users = session.scalars(select(User).where(User.id.in_(wanted), User.role == Role.FIELD_WORKER)).all()
    if len(users) != len(wanted):
        raise BadTeam("members", "Seçilen kişilerden biri saha personeli değil. Listeyi yenileyip yeniden seçin.")
    for user in sorted(users, key=lambda user: user.id):
        if user.team_id != team_id:
            # What they may see is another team's from now on.
            close_all_sessions(session, user.id)
        user.team_id = team_id
        user.gender, user.is_team_leader = wanted[user.id].gender, wanted[user.id].is_team_leader
    session.flush()


def _views(session: Session, teams: Sequence[Team]) -> list[TeamView]:
    ids = [team.id for team in teams]
    members, shifts = _members(session, ids), _shifts(session, ids)
    return [
        TeamView(
            team.id, team.version, team.name, team.is_active, members[team.id], shifts[team.id],
            _point(team.start_lon, team.start_lat), _point(team.end_lon, team.end_lat), team.mode, team.visit_minutes,
        )
        for team in teams
    ]  # fmt: skip


def _members(session: Session, ids: Collection[UUID]) -> dict[UUID | None, list[MemberView]]:
    found: dict[UUID | None, list[MemberView]] = defaultdict(list)
    members = select(User).where(User.team_id.in_(ids), User.is_active).order_by(User.username_key)
    for user in session.scalars(members):
        shares = user.position_consent_at is not None
        found[user.team_id].append(
            MemberView(user.id, user.display_name, user.gender, user.is_team_leader, shares)
        )  # fmt: skip
    return found


def _shifts(session: Session, ids: Collection[UUID]) -> dict[UUID, list[ShiftPlan]]:
    found: dict[UUID, list[ShiftPlan]] = defaultdict(list)
    for row in session.scalars(select(TeamShift).where(TeamShift.team_id.in_(ids)).order_by(TeamShift.weekday)):
        found[row.team_id].append(
            ShiftPlan(row.weekday, row.starts, row.ends, row.lunch_minutes, row.lunch_from, row.lunch_until)
        )
    return found


def _point(lon: float | None, lat: float | None) -> PointOfTeam | None:
    return None if lon is None or lat is None else PointOfTeam(lon, lat)
