"""The tables of photos: one row per content, however many submissions show it, and the uploads on their way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class Photo(Base):
    """A photo, or another file, whose bytes are in the storage under `sha256`.

    `processed_at` is empty until its variants exist or `failure` says why there are none. Place and time are the
    camera's own claim (EXIF), degrees WGS 84; width and height are pixels after the orientation is applied.
    """

    __tablename__ = "photo"
    # The waiting ones are few among millions, so only they are in the index that looks for them.
    __table_args__ = (
        Index(
            "ix_photo_waiting",
            "stored_at",
            postgresql_where=text("processed_at IS NULL"),
            sqlite_where=text("processed_at IS NULL"),
        ),
    )

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    byte_size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(40))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    width: Mapped[int | None]
    height: Mapped[int | None]
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    captured_lon: Mapped[float | None]
    captured_lat: Mapped[float | None]
    failure: Mapped[str | None] = mapped_column(String(40))


class PhotoUpload(Base):
    """One resumable upload (tus 1.0): what was announced, how far it is, and where its pieces lie.

    `received` bytes are durable. `pieces` names the stretches that they lie in (`uploads.py`); other stretches in the
    storage are nobody's. `state`: open, complete (the bytes hash to `sha256` and are kept under it). One that has
    ended, by the tablet or the sweep, has no row. A complete one is the proof that its device's team holds this photo.
    """

    __tablename__ = "photo_upload"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(Uuid)
    team_id: Mapped[UUID] = mapped_column(Uuid)
    sha256: Mapped[str] = mapped_column(String(64))
    byte_size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    pieces: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_photo_upload_sha256_team_id", "sha256", "team_id"),
        Index(
            "ix_photo_upload_open",
            "expires_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        # What a tablet has under way: few, whatever it has uploaded in its life.
        Index(
            "ix_photo_upload_device_id_sha256",
            "device_id",
            "sha256",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )
