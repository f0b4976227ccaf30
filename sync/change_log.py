"""Writing the change feed. Knows no form and no visit: an area is a name, an entity a kind and an id.

`take_numbers` is called last in a transaction, because its row stays locked until COMMIT.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from foundation.insertion import insert_or_replace
from sync.tables import FeedEntry, SequenceCounter


class Change(NamedTuple):
    """One entity that changed, as one area sees it."""

    area: str
    kind: str
    entity_id: UUID
    is_removed: bool = False


class Numbers(NamedTuple):
    """The first feed sequence and the first request number of the ranges that were taken."""

    first_sequence: int
    first_request: int


def take_numbers(session: Session, *, changes: int, requests: int = 0) -> Numbers:
    """Take `changes` feed sequence numbers and `requests` request numbers, both gap-safe for readers."""
    row = session.execute(
        update(SequenceCounter)
        .where(SequenceCounter.id == 1)
        .values(
            feed_sequence=SequenceCounter.feed_sequence + changes,
            request_number=SequenceCounter.request_number + requests,
        )
        .returning(SequenceCounter.feed_sequence, SequenceCounter.request_number)
        .execution_options(synchronize_session=False)
    ).one()
    return Numbers(row.feed_sequence - changes + 1, row.request_number - requests + 1)


def record_changes(session: Session, changes: list[Change], first_sequence: int) -> None:
    """Move each changed entity to its new place in the feed."""
    rows = [
        {**change._asdict(), "sequence": first_sequence + position}
        for position, change in enumerate(dict.fromkeys(changes))
    ]
    insert_or_replace(session, FeedEntry, rows)
