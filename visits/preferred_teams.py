"""Which team is wanted for a visit (`istenen_ekip`): the visit's own wish, else its household's. A wish, never a must.

The household's stands in the target and holds for whatever is planned there, by whom or what ever; a visit's own is for
that visit and its next attempts. What a plan makes of it: `planning/wishes.py`; what is planned by itself:
`visit_choice.py`.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.mahalle_index import MahalleIndex
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from teams.accounts import NamedView
from teams.tables import Team
from visits.recording import NewTarget, Recording, record_targets
from visits.single_visits import refuse_removed_team
from visits.tables import VisitTarget

FIELD = "istenen_ekip"


class WantedTeamView(NamedView, frozen=True):
    """The team that is wanted; one that was removed is still written down, and nobody goes for it."""

    is_active: bool

    @property
    def words(self) -> str:
        """Its name, with what has become of it."""
        return self.name if self.is_active else f"{self.name} (kaldırılmış)"


def preferred_team(visit_fields: Mapping[str, str], target_fields: Mapping[str, str]) -> UUID | None:
    """Return the team that is wanted for a visit, if any is."""
    told = visit_fields.get(FIELD) or target_fields.get(FIELD)
    return UUID(told) if told else None


def read_wanted(session: Session) -> dict[UUID, WantedTeamView]:
    """Read every team as it is shown where it is wanted."""
    teams = session.execute(select(Team.id, Team.name, Team.is_active))
    return {row.id: WantedTeamView(row.id, row.name, row.is_active) for row in teams}


def read_preferred_teams(session: Session, target_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Read which team each of these targets wants; without those whose team was removed."""
    found: dict[UUID, UUID] = {}
    for some in chunks(target_ids):
        rows = session.execute(select(VisitTarget.id, VisitTarget.fields).where(VisitTarget.id.in_(some)))
        found.update((row.id, UUID(row.fields[FIELD])) for row in rows if row.fields.get(FIELD))
    there = set(session.scalars(select(Team.id).where(Team.is_active))) if found else set()
    return {target_id: team_id for target_id, team_id in found.items() if team_id in there}


def want_team(
    session: Session, target_id: UUID, team_id: UUID | None, feed: FeedChanges, recording: Recording, *,
    index: MahalleIndex,
) -> bool:  # fmt: skip
    """Write down which team a household wants, or that it wants none; False where there is none. Raises `BadVisit`."""
    wanted = select(VisitTarget.id).where(VisitTarget.id == target_id, VisitTarget.is_removed.is_(False))
    if session.scalar(wanted) is None:
        return False
    if team_id is not None:
        refuse_removed_team(session, team_id)
    record_targets(
        session, [NewTarget({FIELD: str(team_id or "")}, id=target_id)], feed, recording, index=index
    )  # fmt: skip
    return True
