"""The demo's sample list: whom the teams visit, the mahalle each team has, and what is planned for today.

Recorded as a municipality's own list is; the numbers make a second recording change nothing.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.commands.demo import people
from api.commands.demo.places import Neighbourhood, spot_in
from api.commands.demo.planning import event_day
from foundation.database import Database
from geo.mahalle_index import MahalleIndex
from geo.tables import Mahalle
from sync.change_log import FeedChanges, write_feed
from teams.tables import Team, TeamArea
from visits.recording import NewAssignment, NewTarget, Recording, record_assignments, record_targets

TARGETS = 20_000
# So many a day a team can make; the first of them are over when the demo is looked at.
PLANNED_A_DAY, DONE_TODAY, DAYS_AHEAD = 30, 8, 1
_AT_ONCE = 2_000
# What is visited -> the type of visit, and how many in a hundred.
_KINDS = {"hane": ("hane", 78), "esnaf": ("esnaf", 18), "taziye_ailesi": ("taziye", 2), "asker": ("asker_ugurlama", 2)}
_NOTES = ("Zil çalışmıyor, kapıyı çalın.", "Akşamüstü evdeler.", "Giriş arka sokaktan.", "Köpek var.")
# Results of visits that were made before the demo is looked at.
_RESULTS = ("yapildi", "yapildi", "yapildi", "yapildi", "evde_yok")


class _Planned(NamedTuple):
    kind: str
    target: UUID


def give_areas(session: Session, teams: Sequence[UUID]) -> None:
    """Give each team its share of the mahalle, from west to east."""
    mahalle = sorted(session.scalars(select(Mahalle)), key=lambda one: one.geometry.centroid.x)
    share = -(-len(mahalle) // len(teams))
    for number, team_id in enumerate(teams):
        for one in mahalle[number * share : (number + 1) * share]:
            session.add(TeamArea(team_id=team_id, mahalle_id=one.id))


def record_sample_lists(
    database: Database, index: MahalleIndex, neighbourhoods: Sequence[Neighbourhood], *, count: int, now: datetime
) -> None:
    """Record `count` targets spread over the mahalle, and today's and tomorrow's visits of each team to some of them.

    Draws from a die of its own, so that the demo's visits are what they were.
    """
    rng = random.Random(count)  # noqa: S311 - the same demo every time, no secret
    by_mahalle: dict[UUID, list[_Planned]] = defaultdict(list)
    rows = list(_targets(rng, neighbourhoods, count, now.date()))
    recording = Recording(now, None)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        with database.writing() as session:
            feed = FeedChanges()
            recorded = record_targets(session, some, feed, recording, index=index)
            write_feed(session, feed, now)
        for row, one in zip(some, recorded, strict=True):
            assert row.mahalle_id is not None  # noqa: S101 - for the type checker
            by_mahalle[row.mahalle_id].append(_Planned(row.fields["tur"], one.id))
    with database.writing() as session:
        feed = FeedChanges()
        record_assignments(session, list(_visits(rng, session, by_mahalle, now)), feed, recording)
        write_feed(session, feed, now)


def _targets(
    rng: random.Random, neighbourhoods: Sequence[Neighbourhood], count: int, today: date
) -> Iterator[NewTarget]:
    kinds, weights = tuple(_KINDS), tuple(share for _, share in _KINDS.values())
    places = rng.choices(neighbourhoods, [one.weight for one in neighbourhoods], k=count)
    for number, (place, kind) in enumerate(zip(places, rng.choices(kinds, weights, k=count), strict=True), start=1):
        spot = spot_in(rng, place)
        shop = people.shop_name(rng, people.shop_kind(rng)) if kind == "esnaf" else ""
        fields = {
            "tur": kind,
            "ad": shop or people.full_name(rng),
            "yetkili": people.full_name(rng) if shop else "",
            "telefon": people.phone(rng) if rng.random() < 0.7 else "",  # noqa: PLR2004 - not everybody gives one
            "adres": f"{spot.street} {spot.door}",
            "geometry": f"{spot.lat:.6f} {spot.lon:.6f} 0 0",
            "olay_tarihi": event_day(kind, number, today),
            "not": rng.choice(_NOTES) if rng.random() < 0.05 else "",  # noqa: PLR2004 - a word to some
        }
        yield NewTarget({name: text for name, text in fields.items() if text}, f"ornek:{number}", place.mahalle_id)


def _visits(
    rng: random.Random, session: Session, by_mahalle: dict[UUID, list[_Planned]], now: datetime
) -> Iterator[NewAssignment]:
    today = now.date()
    for team_id in session.scalars(select(Team.id).order_by(Team.id)):
        areas = session.scalars(select(TeamArea.mahalle_id).where(TeamArea.team_id == team_id))
        targets = [planned for area in sorted(areas) for planned in by_mahalle[area]]
        chosen = rng.sample(targets, min(len(targets), PLANNED_A_DAY * (DAYS_AHEAD + 1)))
        for number, (kind, target_id) in enumerate(chosen):
            ahead, place = divmod(number, PLANNED_A_DAY)
            made = not ahead and place < DONE_TODAY
            yield NewAssignment(
                target_id, team_id, _KINDS[kind][0], today + timedelta(days=ahead), place + 1,
                external_no=f"ornek:{team_id}:{ahead}:{place}",
                fields={"durum": rng.choice(_RESULTS)} if made else {},
            )  # fmt: skip
