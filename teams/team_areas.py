"""Which mahalle a team's tablets hold the visit targets of. A mahalle is in `geo`, above: here it is an id."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.insertion import insert_all
from teams.tables import Team, TeamArea


class UnknownTeam(SahaError):
    """There is no such team."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Aradığınız kayıt yok ya da size açık değil.")


def list_team_areas(session: Session, team_id: UUID) -> list[UUID]:
    """List a team's mahalle in the order of their ids. Raises `UnknownTeam`."""
    if session.get(Team, team_id) is None:
        raise UnknownTeam
    return list(
        session.scalars(select(TeamArea.mahalle_id).where(TeamArea.team_id == team_id).order_by(TeamArea.mahalle_id))
    )


def replace_team_areas(session: Session, team_id: UUID, mahalle: Collection[UUID]) -> bool:
    """Give a team these mahalle and no others; says whether that changed anything.

    The team's tablets begin anew at their next pull, so the same areas given again must not look like a change.
    Raises `UnknownTeam`.
    """
    # Two coordinators at once: the second one sees what the first one left.
    session.get(Team, team_id, with_for_update=True)
    present, wanted = set(list_team_areas(session, team_id)), set(mahalle)
    session.execute(delete(TeamArea).where(TeamArea.team_id == team_id, TeamArea.mahalle_id.in_(present - wanted)))
    rows = [{"team_id": team_id, "mahalle_id": one} for one in sorted(wanted - present)]
    insert_all(session, TeamArea, rows)
    return present != wanted
