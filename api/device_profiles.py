"""What each tablet is told of itself, with the tag that every pull names, so that it asks only when it differs."""

import hashlib
import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL, Clock
from service_requests.request_lists import STATUS_NAMES
from service_requests.tables import Category
from teams.accounts import NamedView
from teams.device_profiles import ShiftView, TeamProfile, read_team_profile
from teams.tables import Team
from visits.tables import VisitType

# How long a worker added by another process may go unnoticed.
_RECHECK_AFTER_S = 2.0


class DeviceNameView(msgspec.Struct, frozen=True):
    """A tablet as it is called."""

    id: UUID
    label: str


class NamesView(msgspec.Struct, frozen=True):
    """What people read for the codes that pulls carry, and which form is opened for which type of visit."""

    visit_types: dict[str, str]
    categories: dict[str, str]
    statuses: dict[str, str]
    # Visit type -> the form that is opened for its visits.
    forms: dict[str, str]
    # Also of teams that are gone: a household may have wanted one.
    teams: dict[str, str]


class DeviceProfileView(msgspec.Struct, frozen=True):
    """Who may use a tablet, and for whom, and what codes are called there."""

    device: DeviceNameView
    team: NamedView
    workers: list[NamedView]
    municipality: str
    names: NamesView
    # Of the next two weeks; positions are noted in these alone.
    shifts: list[ShiftView]


class _Kept(NamedTuple):
    read_at: float
    profile: TeamProfile
    names: NamesView
    digest: bytes


class DeviceProfiles:
    """Makes profiles; a team's part of them is remembered for a moment."""

    def __init__(self, municipality: str, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._municipality, self._clock = municipality, clock
        self._monotonic = monotonic
        self._kept: dict[UUID, _Kept] = {}

    def profile(self, session: Session, team_id: UUID, device_id: UUID, label: str) -> tuple[DeviceProfileView, str]:
        """Return a tablet's profile and its tag."""
        kept = self._team(session, team_id)
        device, team = DeviceNameView(device_id, label), kept.profile
        view = DeviceProfileView(device, team.team, team.workers, self._municipality, kept.names, team.shifts)
        return view, self.tag(session, team_id, label)

    def tag(self, session: Session, team_id: UUID, label: str) -> str:
        """Return the tag of a tablet's profile, 16 hexadecimal digits; asks the database only now and then."""
        return hashlib.sha256(self._team(session, team_id).digest + label.encode()).hexdigest()[:16]

    def _team(self, session: Session, team_id: UUID) -> _Kept:
        kept, now = self._kept.get(team_id), self._monotonic()
        if kept is None or now - kept.read_at >= _RECHECK_AFTER_S:
            profile = read_team_profile(session, team_id, self._clock().astimezone(ISTANBUL).date())
            names = NamesView(
                _names(session, VisitType), _names(session, Category), STATUS_NAMES, _forms(session), _teams(session)
            )  # fmt: skip
            content = msgspec.json.encode([profile, self._municipality, names])
            kept = self._kept[team_id] = _Kept(now, profile, names, hashlib.sha256(content).digest())
        return kept


def _names(session: Session, table: type[VisitType | Category]) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(select(table.code, table.name).order_by(table.code))}


def _teams(session: Session) -> dict[str, str]:
    return {str(row.id): row.name for row in session.execute(select(Team.id, Team.name).order_by(Team.code))}


def _forms(session: Session) -> dict[str, str]:
    rows = session.execute(select(VisitType.code, VisitType.form_id).order_by(VisitType.code))
    return {row.code: row.form_id for row in rows if row.form_id}
