"""Areas: the names of the sets of entities that a tablet may hold, and which of them a team's tablets do.

This is the whole of the scope rule; the visibility of the office stands in `teams/permissions.py`.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from teams.tables import TeamArea


def area_of_team(team_id: UUID) -> str:
    """Name what a team is to do: its assignments, and the targets that come with them."""
    return f"team:{team_id}"


def area_of_mahalle(mahalle_id: UUID) -> str:
    """Name the targets that lie in a mahalle."""
    return f"mahalle:{mahalle_id}"


def area_of_device(device_id: UUID) -> str:
    """Name what one tablet sent itself."""
    return f"device:{device_id}"


def areas_of_team(session: Session, team_id: UUID) -> list[str]:
    """List the areas whose entities a team may see and change, in a fixed order."""
    mahalle = session.scalars(
        select(TeamArea.mahalle_id).where(TeamArea.team_id == team_id).order_by(TeamArea.mahalle_id)
    )
    return name_areas(team_id, mahalle)


def name_areas(team_id: UUID, mahalle: Iterable[UUID]) -> list[str]:
    """Name the areas of a team that has been given these mahalle, whatever their order."""
    return [area_of_team(team_id), *(area_of_mahalle(mahalle_id) for mahalle_id in sorted(mahalle))]
