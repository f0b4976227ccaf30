"""The table of photos: one row per content, however many submissions show it."""

from datetime import datetime

from sqlalchemy import Index, String, text
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
