"""What a tablet is told of itself: its team, and the workers who may use it."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from teams.accounts import NamedView
from teams.permissions import Role
from teams.tables import Team, User


class TeamProfile(msgspec.Struct, frozen=True):
    """A team and its field workers with open accounts, by name."""

    team: NamedView
    workers: list[NamedView]


def read_team_profile(session: Session, team_id: UUID) -> TeamProfile:
    """Read a team's profile; the team is there, because tablets refer to it."""
    name = session.scalars(select(Team.name).where(Team.id == team_id)).one()
    workers = session.execute(
        select(User.id, User.display_name)
        .where(User.team_id == team_id, User.role == Role.FIELD_WORKER, User.is_active)
        .order_by(User.username_key)
    )
    return TeamProfile(NamedView(team_id, name), [NamedView(row.id, row.display_name) for row in workers])
