"""Forgetting what left an area long ago, and beginning a new history after a backup was restored."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, select, tuple_, update
from sqlalchemy.orm import Session

from foundation.identifiers import moment_of, uuid7
from sync.tables import FeedBody, FeedEntry, SequenceCounter

# A tablet that was silent for longer begins anew.
TOMBSTONES_LAST = timedelta(days=180)
_AT_ONCE = 5_000


def sweep_tombstones(session: Session, at: datetime) -> int:
    """Delete tombstones older than 180 days and move the horizon with them; returns how many.

    The counter's row is locked first, as whoever writes the feed does, or the two would lock each other out.
    """
    old = and_(FeedEntry.is_removed, FeedEntry.removed_at < at - TOMBSTONES_LAST)
    if session.scalar(select(FeedEntry.sequence).where(old).limit(1)) is None:
        return 0
    counter = session.scalars(select(SequenceCounter).where(SequenceCounter.id == 1).with_for_update()).one()
    found = select(FeedEntry.area, FeedEntry.kind, FeedEntry.entity_id, FeedEntry.sequence).where(old)
    rows = session.execute(found.order_by(FeedEntry.removed_at).limit(_AT_ONCE)).all()
    if not rows:
        return 0
    keys = tuple_(FeedEntry.area, FeedEntry.kind, FeedEntry.entity_id)
    for start in range(0, len(rows), 200):
        piece = rows[start : start + 200]
        session.execute(delete(FeedEntry).where(keys.in_([tuple(row[:3]) for row in piece])))
        _forget_bodies(session, [(row.kind, row.entity_id) for row in piece])
    counter.horizon = max(counter.horizon, *(row.sequence for row in rows))
    session.flush()
    return len(rows)


def begin_new_epoch(session: Session, at: datetime) -> None:
    """Name this database's history anew: tablets then begin at zero, and the package gets a new version."""
    session.execute(update(SequenceCounter).where(SequenceCounter.id == 1).values(epoch=uuid7(at)))


def restored_at(session: Session) -> datetime | None:
    """Tell when a backup was put back last: a history's name says when it began. None where that never was."""
    return moment_of(session.scalars(select(SequenceCounter.epoch).where(SequenceCounter.id == 1)).one())


def _forget_bodies(session: Session, entities: list[tuple[str, object]]) -> None:
    """Delete what was shown of entities that are in no area any more: names of persons among it."""
    still_there = exists().where(FeedEntry.kind == FeedBody.kind, FeedEntry.entity_id == FeedBody.entity_id)
    session.execute(
        delete(FeedBody)
        .where(tuple_(FeedBody.kind, FeedBody.entity_id).in_(entities), ~still_there)
        .execution_options(synchronize_session=False)
    )
