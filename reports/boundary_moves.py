"""Importing boundaries over older ones: targets follow the map, what was counted stays, and a report says what moved.

Visits and requests keep the mahalle they were counted in, so that figures of the past stay as they were reported; how
many of them would be counted elsewhere today is told, by mahalle.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from geo.boundaries import load_index, store_boundaries
from geo.boundary_changes import AreaChange, compare_areas
from geo.boundary_report import BoundaryReport
from geo.mahalle_index import MahalleArea, MahalleIndex
from service_requests.tables import RoutingRule, ServiceRequest, Submission
from sync.change_log import FeedChanges, write_feed
from teams.tables import TeamArea
from visits.target_moves import remap_targets

_READ_AT_ONCE = 20_000
OUTSIDE = "sınırların dışı"


class MoveCount(msgspec.Struct, frozen=True):
    """How many rows of a kind lie in another mahalle than before, from and to by name."""

    kind: str
    before: str
    after: str
    count: int


class BoundaryMoves(msgspec.Struct, frozen=True):
    """What an import changed. `still_named` are mahalle that are gone, but that teams or routing rules still name."""

    changes: list[AreaChange]
    moves: list[MoveCount]
    still_named: list[str]

    def sentences(self) -> Iterator[str]:
        """Say it in Turkish, a sentence a line."""
        for change in self.changes:
            yield change.sentence()
        for move in self.moves:
            yield f"{_KINDS[move.kind].format(count=move.count)}: {move.before} → {move.after}."
        for name in self.still_named:
            yield f"{name}: yeni sınırlarda yok, ama ekip bölgelerinde ya da yönlendirmede geçiyor. Düzeltin."


_KINDS = {
    "target": "{count} ziyaret hedefi yeni mahallesine taşındı",
    "submission": "{count} ziyaret bugün başka mahallede sayılırdı (eski sayımı duruyor)",
    "request": "{count} talep bugün başka mahallede sayılırdı (eski sayımı duruyor)",
}


def import_boundaries(session: Session, report: BoundaryReport, *, at: datetime) -> BoundaryMoves:
    """Store the boundaries of a report over those that are current, and say what moved by them.

    The answer is kept with the set. Raises `BoundariesRefused`. It takes the sequence row, so it comes last before
    COMMIT.
    """
    before = load_index(session)
    stored = store_boundaries(session, report, at=at, is_sample=False)
    after = load_index(session)
    if not before.areas:
        # The first boundaries move nothing.
        return BoundaryMoves([], [], [])
    changes = compare_areas(before.areas, after.areas)
    names = {area.id: area.name for area in (*before.areas, *after.areas)}
    changed = _changed(changes, (*before.areas, *after.areas))
    feed = FeedChanges()
    remapped = remap_targets(session, after, changed, feed, at)
    targets: _Moved = Counter((one.before, one.after) for one in remapped)
    counted: dict[str, _Moved] = {
        "target": targets,
        "submission": _count(session, _submissions(changed), after),
        "request": _count(session, _requests(changed), after),
    }
    moves = [
        MoveCount(kind, names.get(was, OUTSIDE) if was else OUTSIDE, names.get(now, OUTSIDE) if now else OUTSIDE, count)
        for kind, counts in counted.items()
        for (was, now), count in counts.most_common()
    ]
    kept = {area.id for area in after.areas}
    gone = {area.id: area.name for area in before.areas if area.id not in kept}
    told = BoundaryMoves(changes, moves, _still_named(session, gone))
    stored.report = {**stored.report, **msgspec.to_builtins(told)}
    session.flush()
    write_feed(session, feed, at)
    return told


def _changed(changes: Collection[AreaChange], areas: Collection[MahalleArea]) -> set[UUID]:
    codes = {change.code for change in changes if change.moves_border}
    return {area.id for area in areas if area.code in codes}


_Moved = Counter[tuple[UUID | None, UUID | None]]
_Rows = Select[UUID | None, float | None, float | None]


def _submissions(changed: Collection[UUID]) -> _Rows:
    near = or_(Submission.mahalle_id.in_(changed), Submission.mahalle_id.is_(None))
    query = select(Submission.mahalle_id, Submission.lon, Submission.lat)
    return query.where(near, Submission.lon.is_not(None), Submission.superseded_by_id.is_(None))


def _requests(changed: Collection[UUID]) -> _Rows:
    near = or_(ServiceRequest.mahalle_id.in_(changed), ServiceRequest.mahalle_id.is_(None))
    return select(ServiceRequest.mahalle_id, ServiceRequest.lon, ServiceRequest.lat).where(
        near, ServiceRequest.lon.is_not(None)
    )


def _count(session: Session, query: _Rows, index: MahalleIndex) -> _Moved:
    """Count rows by the mahalle they are counted in and the one they lie in now, where the two differ."""
    found: _Moved = Counter()
    for rows in session.execute(query).partitions(_READ_AT_ONCE):
        positions = index.locate_many([row.lon for row in rows], [row.lat for row in rows]).tolist()
        for row, position in zip(rows, positions, strict=True):
            now = index.areas[position].id if position >= 0 else None
            if now != row.mahalle_id:
                found[row.mahalle_id, now] += 1
    return found


def _still_named(session: Session, gone: dict[UUID, str]) -> list[str]:
    areas = session.scalars(select(TeamArea.mahalle_id).where(TeamArea.mahalle_id.in_(gone)))
    rules = session.scalars(select(RoutingRule.mahalle_id).where(RoutingRule.mahalle_id.in_(gone)))
    return sorted({gone[one] for one in (*areas, *rules) if one})
