"""Writing the feed as the packages above do: several changes in one transaction, the numbers taken last."""

from collections.abc import Callable, Sequence
from uuid import UUID

from foundation.database import Database
from sync.change_log import FeedChanges, write_feed
from tests.fixtures.municipality import NOON

Change = Callable[[FeedChanges], None]


def put(areas: Sequence[str], entity_id: UUID, version: int = 1, kind: str = "target") -> Change:
    """Make a change: these areas shall hold the entity."""
    return lambda feed: feed.put(areas, kind, entity_id, {"version": version, "fields": {"ad": "Şükrü"}})


def remove(areas: Sequence[str], entity_id: UUID, kind: str = "target") -> Change:
    """Make a change: these areas shall hold the entity no longer."""
    return lambda feed: feed.remove(areas, kind, entity_id)


def commit(database: Database, *changes: Change) -> None:
    """Make changes in one transaction."""
    feed = FeedChanges()
    for change in changes:
        change(feed)
    with database.writing() as session:
        write_feed(session, feed, NOON)
