"""The change feed: one row per (area, entity), moved to a new sequence number whenever the entity changes.

A first download is therefore the same question as an update, from zero. `SequenceCounter` is one row, locked until
COMMIT: a number that is visible can have no smaller one still under way, so a reader never skips a row.
"""

from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base


class SequenceCounter(Base):
    """The one row that hands out feed sequence numbers and the running number of requests."""

    __tablename__ = "sequence_counter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    feed_sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    request_number: Mapped[int] = mapped_column(BigInteger, default=0)


class FeedEntry(Base):
    """The latest change of one entity as one area sees it."""

    __tablename__ = "feed"

    area: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    is_removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_feed_area_sequence", "area", "sequence"),)
