"""How each mode gets along where nobody knows the roads: learnt from the teams' tracks once a day, else the settings'.

Only of positions whose workers agreed to just that (`teams/positions.py`), and only medians are kept: a factor, a
speed, how many trips. `track_trips.py` knows how they are found.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.insertion import insert_or_replace
from foundation.settings import Settings
from planning.tables import LearntPace
from planning.track_trips import LEAST_PEOPLE, Fix, Learnt, Trip, find_trips, learn
from planning.travel_matrix import CAR, MODES, WALK, Pace
from teams.positions import KEPT_FOR, NOTICE_OF_LEARNING
from teams.tables import Team, TeamPosition, User

_LEARN_EVERY = timedelta(days=1)


class UsedPace(msgspec.Struct, frozen=True):
    """How a mode gets along; `learnt_at` is None where it is the settings', `trip_count` how many trips there were."""

    mode: str
    road_factor: float
    speed_kmh: float
    trip_count: int = 0
    learnt_at: datetime | None = None

    @property
    def pace(self) -> Pace:
        """What the bee-line is reckoned with."""
        return Pace(self.road_factor, self.speed_kmh)


def read_paces(session: Session, settings: Settings) -> dict[str, UsedPace]:
    """Read how each mode gets along."""
    known = {row.mode: row for row in session.scalars(select(LearntPace))}
    found: dict[str, UsedPace] = {}
    for mode, (factor, speed) in {
        CAR: (settings.car_road_factor, settings.car_speed_kmh),
        WALK: (settings.walk_road_factor, settings.walk_speed_kmh),
    }.items():
        row = known.get(mode)
        if row is None or row.road_factor is None or row.speed_kmh is None:
            found[mode] = UsedPace(mode, factor, speed, row.trip_count if row else 0)
        else:
            found[mode] = UsedPace(mode, row.road_factor, row.speed_kmh, row.trip_count, row.learnt_at)
    return found


def learn_paces(database: Database, at: datetime) -> int:
    """Learn once a day; returns of how many trips. Positions are read before anything is locked."""
    with database.reading() as session:
        last = session.scalars(select(LearntPace.learnt_at).order_by(LearntPace.learnt_at.desc()).limit(1)).first()
        if last is not None and last > at - _LEARN_EVERY:
            return 0
        found = {mode: _learn_mode(session, mode, at) for mode in MODES}
    with database.writing() as session:
        insert_or_replace(session, LearntPace, [
            {
                "mode": mode, "road_factor": learnt.road_factor if learnt else None,
                "speed_kmh": learnt.speed_kmh if learnt else None, "trip_count": count, "learnt_at": at,
            }
            for mode, (learnt, count) in found.items()
        ])  # fmt: skip
    return sum(count for _, count in found.values())


def _learn_mode(session: Session, mode: str, at: datetime) -> tuple[Learnt | None, int]:
    trips: list[Trip] = []
    people: set[UUID] = set()
    for team_id in session.scalars(select(Team.id).where(Team.mode == mode)).all():
        for user_id, fixes in _tracks(session, team_id, at - KEPT_FOR):
            found = find_trips(fixes, mode)
            trips += found
            people |= {user_id} if found else set()
    return learn(trips, mode) if len(people) >= LEAST_PEOPLE else None, len(trips)


def _tracks(session: Session, team_id: UUID, since: datetime) -> Iterator[tuple[UUID, list[Fix]]]:
    """Read a team's tracks, one of each tablet and person, each in the order of time.

    Only of people who agreed to the notice that says so, and only since they did.
    """
    track = (TeamPosition.device_id, TeamPosition.user_id)
    rows = session.execute(
        select(*track, TeamPosition.at, TeamPosition.lon, TeamPosition.lat, TeamPosition.accuracy_m)
        .join(User, User.id == TeamPosition.user_id)
        .where(
            TeamPosition.team_id == team_id,
            TeamPosition.at >= since,
            User.position_notice >= NOTICE_OF_LEARNING,
            TeamPosition.at >= User.position_consent_at,
        )
        .order_by(*track, TeamPosition.at)
    )
    for (_, user_id), some in groupby(rows, key=lambda row: (row.device_id, row.user_id)):
        yield user_id, [Fix(row.at.timestamp(), row.lon, row.lat, row.accuracy_m) for row in some]
