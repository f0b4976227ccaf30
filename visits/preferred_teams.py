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
from sync.entity_changes import apply_changes
from sync.entity_records import chunks
from sync.field_changes import FieldChange
from teams.accounts import NamedView
from teams.tables import Team
from teams.work_times import active_team_ids
from visits.recording import Recording
from visits.single_visits import refuse_removed_team
from visits.tables import VisitTarget
from visits.target_areas import TARGET
from visits.target_kind import TargetKind

FIELD = "istenen_ekip"


class WantedTeamView(NamedView, frozen=True):
    """The team that is wanted; one that was removed is still written down, and nobody goes for it."""

    is_active: bool

    @property
    def words(self) -> str:
        """Its name, with what has become of it."""
        return self.name if self.is_active else f"{self.name} (kaldırılmış)"


def preferred_team(
    visit_fields: Mapping[str, str], target_fields: Mapping[str, str], there: Collection[UUID]
) -> UUID | None:
    """Return the team that is wanted for a visit, if any is; `there` are those that were not removed.

    A visit's own wish for a removed team is none: its household's counts again.
    """
    wanted = (UUID(fields[FIELD]) for fields in (visit_fields, target_fields) if fields.get(FIELD))
    return next((team_id for team_id in wanted if team_id in there), None)


def still_there(teams: Mapping[UUID, WantedTeamView]) -> dict[UUID, WantedTeamView]:
    """Leave out the teams that were removed."""
    return {team_id: team for team_id, team in teams.items() if team.is_active}


def read_wanted(session: Session) -> dict[UUID, WantedTeamView]:
    """Read every team as it is shown where it is wanted."""
    teams = session.execute(select(Team.id, Team.name, Team.is_active))
    return {row.id: WantedTeamView(row.id, row.name, row.is_active) for row in teams}


def read_preferred_teams(session: Session, target_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Read which team each of these targets wants; without those whose team was removed."""
    found: dict[UUID, UUID] = {}
    there = set(active_team_ids(session))
    for some in chunks(target_ids):
        rows = session.execute(select(VisitTarget.id, VisitTarget.fields).where(VisitTarget.id.in_(some)))
        found.update((row.id, team) for row in rows if (team := preferred_team({}, row.fields, there)))
    return found


def want_team(
    session: Session, target_id: UUID, team_id: UUID | None, feed: FeedChanges, recording: Recording, *,
    index: MahalleIndex,
) -> bool:  # fmt: skip
    """Write down which team a household wants, or that it wants none; False where there is none. Raises `BadVisit`.

    Said by a person on knowledge of what stands, never as part of a list: a list that is imported again unchanged would
    take it for its own earlier word.
    """
    wanted = select(VisitTarget.id).where(VisitTarget.id == target_id, VisitTarget.is_removed.is_(False))
    if session.scalar(wanted) is None:
        return False
    if team_id is not None:
        refuse_removed_team(session, team_id)
    change = FieldChange(
        kind=TARGET, entity_id=target_id, values={FIELD: str(team_id or "")}, user_id=recording.user_id, team_id=None,
        device_id="", source="import", source_id=recording.source_id, at=recording.at,
    )  # fmt: skip
    (outcome,) = apply_changes(session, {TARGET: TargetKind(index)}, [change], feed, recording.at)
    return outcome.status != "refused"
