"""What changed, in an order no reader can miss, and what devices sent that is not yet settled.

The feed has one row per (area, entity), moved to a new sequence number whenever the entity changes, so a first download
is the same question as an update, from zero. `SequenceCounter` is one row, locked until COMMIT: a number that is
visible can have no smaller one still under way, so a reader never skips a row. What an entity *is* stands in the
package that owns it; here it is a kind, an id, and fields that are text.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class SequenceCounter(Base):
    """The one row that hands out feed sequence numbers and the running number of requests.

    `epoch` names this database's history: a restored backup gets a new one, so that cursors of the lost part of the
    history are not believed. Below `horizon` tombstones may be gone.
    """

    __tablename__ = "sequence_counter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    feed_sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    request_number: Mapped[int] = mapped_column(BigInteger, default=0)
    epoch: Mapped[UUID] = mapped_column(Uuid, default=uuid4)
    horizon: Mapped[int] = mapped_column(BigInteger, default=0)


class FeedEntry(Base):
    """The latest change of one entity as one area sees it."""

    __tablename__ = "feed"

    area: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    is_removed: Mapped[bool] = mapped_column(default=False)
    # When it was taken out of the area; tombstones are swept by it.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_feed_area_sequence", "area", "sequence"),
        Index("ix_feed_area_kind_sequence", "area", "kind", "sequence"),
        Index("ix_feed_kind_entity_id", "kind", "entity_id"),
        Index(
            "ix_feed_removed_at",
            "removed_at",
            postgresql_where=text("removed_at IS NOT NULL"),
            sqlite_where=text("removed_at IS NOT NULL"),
        ),
    )


class FeedBody(Base):
    """What a tablet holds of an entity: the JSON of its `put`, written once per change and sent as it is."""

    __tablename__ = "feed_body"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class PackageVersion(Base):
    """The one row that says which version of the package was published last, and the hash of its content."""

    __tablename__ = "package_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    content_sha256: Mapped[str] = mapped_column(String(64), default="")


class Operation(Base):
    """One operation that a device pushed, with the answer it got, so that a repeat gets the same."""

    __tablename__ = "operation"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(Uuid)
    device_seq: Mapped[int] = mapped_column(BigInteger)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The JSON of the result as it was sent.
    result: Mapped[str] = mapped_column(Text)


class EntityChange(Base):
    """One accepted version of an entity: which fields it changed, from what, by whom, on what knowledge.

    `base_version` is the server's version that the writer had seen; `branch_base` the version the device counted
    itself (ODK Entities: baseVersion within the branch). `values` were taken, `before` is what they replaced, and
    `in_conflict` is what else its writer had set, where another value stands. `source` and `source_id` say what brought
    it: a submission, an operation, an import, a decision.
    """

    __tablename__ = "entity_change"

    entity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    base_version: Mapped[int | None]
    trunk_version: Mapped[int | None]
    branch_id: Mapped[str | None] = mapped_column(String(64))
    branch_base: Mapped[int | None]
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    before: Mapped[dict[str, str]] = mapped_column(JSON)
    in_conflict: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    user_id: Mapped[UUID | None] = mapped_column(Uuid)
    device_id: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_time: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EntityConflict(Base):
    """One field that two writers changed without knowing of each other; the first one's value stands.

    `state`: open, kept (the standing value was confirmed), taken (the other was chosen). A decision can be undone,
    which opens it again. Settled by themselves are conceded and followed ones (`agreements.py`); `decided_by` and
    `decided_at` are then whose change settled it, and when. `decision_version` is the version that a taken value was
    written as.
    """

    __tablename__ = "entity_conflict"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    entity_id: Mapped[UUID] = mapped_column(Uuid)
    field: Mapped[str] = mapped_column(String(40))
    base_value: Mapped[str] = mapped_column(Text)
    standing_value: Mapped[str] = mapped_column(Text)
    # The version that set the standing value: who, when and where are in its EntityChange.
    standing_version: Mapped[int]
    other_value: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(Uuid)
    device_id: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_version: Mapped[int | None]

    __table_args__ = (
        Index("ix_entity_conflict_state_id", "state", "id"),
        Index("ix_entity_conflict_entity_id", "entity_id"),
    )


class HeldChange(Base):
    """An update whose predecessor has not arrived: applied when it does, at the latest after five days."""

    __tablename__ = "held_change"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    entity_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    base_version: Mapped[int]
    trunk_version: Mapped[int | None]
    branch_id: Mapped[str | None] = mapped_column(String(64))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    user_id: Mapped[UUID | None] = mapped_column(Uuid)
    team_id: Mapped[UUID | None] = mapped_column(Uuid)
    device_id: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[UUID | None] = mapped_column(Uuid)
    # The source of the change that it corrects.
    amends_id: Mapped[UUID | None] = mapped_column(Uuid)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    device_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
