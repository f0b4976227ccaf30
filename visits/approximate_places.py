"""Where a target without a point of its own lies as far as is known: in its street, else in its mahalle.

The street's place is the middle one of those of its targets that have a point; the mahalle's is the point its name is
drawn at, which lies inside. It stands in the columns `lon` and `lat` alone, with `konum_hassasiyeti`: the field
`geometry` stays empty, so that the first visit's point is nobody's conflict and tablets never take a guess for a door:
they are told it beside the fields, as `rough`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.tables import Mahalle
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from visits.duplicate_keys import street_key
from visits.duplicate_scoring import MatchedTarget
from visits.duplicate_tables import TargetKey
from visits.tables import VisitTarget
from visits.target_areas import TARGET, areas_of_target, team_days
from visits.target_kind import target_body

PRECISIONS = {
    "nokta": "Nokta",
    "sokak": "Yaklaşık: sokak düzeyinde",
    "mahalle": "Yaklaşık: mahalle düzeyinde",
    "": "Konum yok",
}


class RoughPlace(NamedTuple):
    """A place in degrees, and how exactly it is known."""

    lon: float | None
    lat: float | None
    precision: str


NOWHERE = RoughPlace(None, None, "")


def locate_roughly(session: Session, ids: Collection[UUID], feed: FeedChanges, at: datetime) -> None:
    """Locate those of these targets that have no point of their own, as well as it can be done, and tell the tablets.

    Rows that somebody else is changing are passed over: their change will have them looked at again.
    """
    table = VisitTarget.__table__.c
    pointless: dict[UUID, Mapping[str, Any]] = {}
    for some in chunks(ids):
        wanted = select(VisitTarget.__table__).where(
            table.id.in_(some), table.konum_hassasiyeti != "nokta", table.is_removed.is_(False)
        )
        locked = wanted.order_by(table.id).with_for_update(skip_locked=True)
        pointless.update({row["id"]: row for row in session.connection().execute(locked).mappings()})
    if not pointless:
        return
    keys = {one: street_key(_matched(row)) for one, row in pointless.items()}
    streets = _streets(session, {key for key in keys.values() if key})
    mahalle = _mahalle(session, {row["mahalle_id"] for row in pointless.values() if row["mahalle_id"]})
    placed = []
    for one, row in sorted(pointless.items()):
        found = streets.get(keys[one]) or mahalle.get(row["mahalle_id"]) or NOWHERE
        if found != RoughPlace(row["lon"], row["lat"], row["konum_hassasiyeti"]):
            values: dict[str, Any] = {"lon": found.lon, "lat": found.lat, "konum_hassasiyeti": found.precision}
            placing = update(VisitTarget).where(VisitTarget.id == one).values(values)
            session.execute(placing.execution_options(synchronize_session=False))
            placed.append({**row, **values})
    _tell(session, placed, feed, at)


def _matched(row: Mapping[str, Any]) -> MatchedTarget:
    return MatchedTarget(row["id"], row["kind"], row["fields"], row["mahalle_id"])


def _tell(session: Session, placed: Sequence[Mapping[str, Any]], feed: FeedChanges, at: datetime) -> None:
    """Tell the tablets that hold these targets. The version stays: nobody changed them."""
    days = team_days(session, [row["id"] for row in placed])
    for row in placed:
        areas = areas_of_target(row["mahalle_id"], row["created_by_team_id"], days.get(row["id"], {}), at).held_in
        feed.put(sorted(areas), TARGET, row["id"], target_body(row))


def same_streets(session: Session, changed: Collection[MatchedTarget]) -> set[UUID]:
    """Find the targets in the streets of those that have a point: theirs may now be told better."""
    keys = {key for target in changed if target.lon is not None and (key := street_key(target))}
    found: set[UUID] = set()
    for some in _pieces(sorted(keys)):
        found.update(session.scalars(select(TargetKey.target_id).where(TargetKey.value.in_(some))))
    return found


def _streets(session: Session, keys: set[str]) -> Mapping[str, RoughPlace]:
    """Find the middle of each street, by its targets that have a point."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for some in _pieces(sorted(keys)):
        held = (
            select(TargetKey.value, VisitTarget.lon, VisitTarget.lat)
            .join(VisitTarget, VisitTarget.id == TargetKey.target_id)
            .where(TargetKey.value.in_(some), VisitTarget.konum_hassasiyeti == "nokta")
        )
        for value, lon, lat in session.execute(held):
            if lon is not None and lat is not None:
                points[value].append((lon, lat))
    return {key: _middle(those) for key, those in points.items()}


def _middle(points: Sequence[tuple[float, float]]) -> RoughPlace:
    """Choose the point nearest to the medians: one that really lies in the street, which a mean need not."""
    lon, lat = (median(axis) for axis in zip(*points, strict=True))
    nearest = min(points, key=lambda point: ((point[0] - lon) ** 2 + (point[1] - lat) ** 2, point))
    return RoughPlace(*nearest, "sokak")


def _mahalle(session: Session, ids: set[UUID]) -> Mapping[UUID | None, RoughPlace]:
    rows = session.execute(select(Mahalle.id, Mahalle.label_lon, Mahalle.label_lat).where(Mahalle.id.in_(ids)))
    return {one: RoughPlace(lon, lat, "mahalle") for one, lon, lat in rows}


def _pieces(values: list[str], size: int = 500) -> Sequence[list[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
