"""Targets after the boundaries changed: each is filed under the mahalle that its point lies in now.

Targets say where teams go today, so they follow the map; what was visited and asked for keeps the mahalle it was
counted in. The version stays: nobody changed the target.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from geo.mahalle_index import MahalleIndex
from sync.change_log import FeedChanges
from sync.entity_records import chunks
from visits.tables import VisitTarget
from visits.target_areas import TARGET, Move, areas_of_target, move_targets, team_days
from visits.target_fields import ROUGH
from visits.target_kind import target_body

_READ_AT_ONCE = 5_000


class MovedTarget(NamedTuple):
    """A target that lies in another mahalle now; `before` None: it was in none."""

    id: UUID
    before: UUID | None
    after: UUID


def remap_targets(
    session: Session, index: MahalleIndex, changed: Collection[UUID], feed: FeedChanges, at: datetime
) -> list[MovedTarget]:
    """File targets of the `changed` mahalle, and those of none, under the mahalle they lie in now; tell the tablets.

    A target that lies in no mahalle now stays where it was counted, as after any other change.
    """
    moved = {one.id: one for rows in _located(session, changed) for one in _moved(rows, index)}
    days = team_days(session, moved)
    table = VisitTarget.__table__
    moves: list[Move] = []
    for some in chunks(moved):
        wanted = select(table).where(table.c.id.in_(some)).order_by(table.c.id).with_for_update()
        rows = session.connection().execute(wanted).mappings().all()
        moves += [_tell(row, moved[row["id"]].after, days.get(row["id"], {}), feed, at) for row in rows]
        changes = [{"id": row["id"], "mahalle_id": moved[row["id"]].after, "changed_at": at} for row in rows]
        session.execute(update(VisitTarget), changes)
    # What is known by its mahalle alone lies elsewhere now; the next sweep finds it anew and tells the tablets.
    rough = select(table.c.id).where(table.c.mahalle_id.in_(changed), table.c.konum_hassasiyeti.in_(ROUGH))
    for some in chunks(session.scalars(rough.order_by(table.c.id).with_for_update()).all()):
        again = update(VisitTarget).where(VisitTarget.id.in_(some)).values(match_due=True)
        session.execute(again.execution_options(synchronize_session=False))
    move_targets(session, moves, feed, kinds=())
    return list(moved.values())


def _located(session: Session, changed: Collection[UUID]) -> Iterator[Sequence[Any]]:
    """Read id, mahalle and point of the targets that may have moved."""
    table = VisitTarget.__table__.c
    for some in chunks(list(changed)):
        where = or_(table.mahalle_id.in_(some), table.mahalle_id.is_(None))
        query = select(table.id, table.mahalle_id, table.lon, table.lat).where(where, table.lon.is_not(None))
        rows = session.connection().execute(query.where(table.is_removed.is_(False)))
        yield from rows.partitions(_READ_AT_ONCE)


def _moved(rows: Sequence[Any], index: MahalleIndex) -> list[MovedTarget]:
    positions = index.locate_many([row.lon for row in rows], [row.lat for row in rows])
    found = ((row, index.areas[at].id) for row, at in zip(rows, positions.tolist(), strict=True) if at >= 0)
    return [MovedTarget(row.id, row.mahalle_id, after) for row, after in found if row.mahalle_id != after]


def _tell(row: Any, after: UUID, days: dict[UUID, Any], feed: FeedChanges, at: datetime) -> Move:  # noqa: ANN401 - a row
    was = areas_of_target(row["mahalle_id"], row["created_by_team_id"], days, at).held_in
    now = areas_of_target(after, row["created_by_team_id"], days, at).held_in
    feed.put(sorted(now), TARGET, row["id"], target_body({**row, "mahalle_id": after}))
    feed.remove(sorted(was - now), TARGET, row["id"])
    return Move(row["id"], now - was, was - now)
