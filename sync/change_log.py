"""Writing the change feed. Knows no form and no visit: an area is a name, an entity a kind, an id and a body.

`take_numbers` is called last in a transaction, because its row stays locked until COMMIT. Until then what changed is
gathered in `FeedChanges`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from foundation.insertion import rows_to_replace
from foundation.statements import Found, send_together
from sync.tables import FeedBody, FeedEntry, SequenceCounter

_COUNT_ON = (
    "UPDATE sequence_counter SET feed_sequence = feed_sequence + %s, request_number = request_number + %s "
    "WHERE id = 1 RETURNING feed_sequence, request_number"
)


class Numbers(NamedTuple):
    """The first feed sequence and the first request number of the ranges that were taken."""

    first_sequence: int
    first_request: int


class FeedChanges:
    """What changes in a transaction, as the areas see it; of one entity in one area the last word counts."""

    def __init__(self) -> None:
        self._removed: dict[tuple[str, str, UUID], bool] = {}
        self._bodies: dict[tuple[str, UUID], bytes] = {}

    def __len__(self) -> int:
        """Tell how many sequence numbers are needed."""
        return len(self._removed)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written; a body that no area holds yet is, for the area that comes to it."""
        return not self._removed and not self._bodies

    def put(self, areas: Iterable[str], kind: str, entity_id: UUID, body: Mapping[str, Any]) -> None:
        """Note that tablets of these areas shall hold the entity as `body`, the fields of its `put` item."""
        item = {"op": "put", "kind": kind, "id": entity_id, **body}
        self._bodies[(kind, entity_id)] = msgspec.json.encode(item)
        self.show(areas, kind, entity_id)

    def show(self, areas: Iterable[str], kind: str, entity_id: UUID) -> None:
        """Note that tablets of these areas shall hold the entity, too, as it was put last."""
        for area in areas:
            # Last in order, too: the sequence is the order in which tablets are told.
            self._removed.pop((area, kind, entity_id), None)
            self._removed[(area, kind, entity_id)] = False

    def remove(self, areas: Iterable[str], kind: str, entity_id: UUID) -> None:
        """Note that tablets of these areas shall hold the entity no longer."""
        for area in areas:
            self._removed.pop((area, kind, entity_id), None)
            self._removed[(area, kind, entity_id)] = True

    def write(self, session: Session, first_sequence: int, at: datetime) -> dict[tuple[str, UUID], int]:
        """Move each entity to its new place in the feed; returns the highest sequence of each (kind, id)."""
        sequences = {key: first_sequence + position for position, key in enumerate(self._removed)}
        # In the order of the key: two writers then wait for each other instead of locking each other out.
        rows = [
            {
                "area": area,
                "kind": kind,
                "entity_id": entity_id,
                "sequence": sequences[(area, kind, entity_id)],
                "is_removed": self._removed[(area, kind, entity_id)],
                "removed_at": at if self._removed[(area, kind, entity_id)] else None,
            }
            for area, kind, entity_id in sorted(self._removed, key=str)
        ]
        bodies = [
            {"kind": kind, "entity_id": entity_id, "body": self._bodies[(kind, entity_id)].decode()}
            for kind, entity_id in sorted(self._bodies, key=str)
        ]
        send_together(session, *rows_to_replace(FeedEntry, rows), *rows_to_replace(FeedBody, bodies))
        highest: dict[tuple[str, UUID], int] = {}
        for (_, kind, entity_id), sequence in sequences.items():
            highest[(kind, entity_id)] = max(sequence, highest.get((kind, entity_id), 0))
        return highest


class _NumbersTaken(NamedTuple):
    """The `Statement` that counts on and gives the new ends of both ranges."""

    changes: int
    requests: int

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        return _COUNT_ON, self

    def on_sqlite(self, connection: Connection) -> Found:
        counter = SequenceCounter.__table__
        counting = update(SequenceCounter).where(counter.c.id == 1)
        values = {
            "feed_sequence": counter.c.feed_sequence + self.changes,
            "request_number": counter.c.request_number + self.requests,
        }
        return connection.execute(
            counting.values(values).returning(counter.c.feed_sequence, counter.c.request_number)
        ).all()


def take_numbers(session: Session, *, changes: int = 0, requests: int = 0) -> Numbers:
    """Take `changes` feed sequence numbers and `requests` request numbers, both gap-safe for readers."""
    [[row]] = send_together(session, _NumbersTaken(changes, requests))
    return Numbers(row.feed_sequence - changes + 1, row.request_number - requests + 1)


def write_feed(session: Session, feed: FeedChanges, at: datetime) -> dict[tuple[str, UUID], int]:
    """Take the numbers and write; nothing at all where nothing changed. Last before COMMIT."""
    if feed.is_empty:
        return {}
    first_sequence = take_numbers(session, changes=len(feed)).first_sequence if len(feed) else 0
    return feed.write(session, first_sequence, at)
