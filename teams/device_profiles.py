"""What a tablet is told of itself: its team, and the workers who may use it."""

from datetime import date, time, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from teams.accounts import NamedView
from teams.permissions import Role
from teams.tables import Team, User
from teams.work_times import read_work_times

# A tablet that is out of reach for longer records no positions.
_SHIFT_DAYS = 14


class ShiftView(msgspec.Struct, frozen=True):
    """When the team works on a day, in Istanbul: only then a tablet takes note of where it is."""

    day: date
    starts: time
    ends: time


class TeamProfile(msgspec.Struct, frozen=True):
    """A team, its field workers with open accounts, by name, and its shifts of the next two weeks, by day."""

    team: NamedView
    workers: list[NamedView]
    shifts: list[ShiftView]


def read_team_profile(session: Session, team_id: UUID, today: date) -> TeamProfile:
    """Read a team's profile; the team is there, because tablets refer to it."""
    name = session.scalars(select(Team.name).where(Team.id == team_id)).one()
    workers = session.execute(
        select(User.id, User.display_name)
        .where(User.team_id == team_id, User.role == Role.FIELD_WORKER, User.is_active)
        .order_by(User.username_key)
    )
    found = [NamedView(row.id, row.display_name) for row in workers]
    return TeamProfile(NamedView(team_id, name), found, _shifts(session, team_id, today))


def _shifts(session: Session, team_id: UUID, today: date) -> list[ShiftView]:
    work = read_work_times(session, {team_id}, today)
    days = [today + timedelta(days=ahead) for ahead in range(_SHIFT_DAYS)]
    found = [(day, work.plannable_shift(team_id, day)) for day in days]
    return [ShiftView(day, shift.starts, shift.ends) for day, shift in found if shift is not None]
