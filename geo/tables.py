"""Tables of the mahalle boundaries: what was imported when, and the mahalle themselves.

A mahalle is its code. A new import with the same code updates the row and keeps its id, because visits and requests
point at it; a code that the new set lacks keeps its row and stays behind in its older set. So the mahalle of today are
those of the current set, and history never points at nothing. How the older set drew a mahalle is kept beside it.
"""

from datetime import datetime
from uuid import UUID

from shapely.geometry import MultiPolygon
from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base
from geo.columns import GeometryColumn


class BoundarySet(Base):
    """One import of boundaries. At most one set is current."""

    __tablename__ = "boundary_set"
    __table_args__ = (
        Index(
            "uq_boundary_set_is_current", "is_current", unique=True,
            postgresql_where=text("is_current"), sqlite_where=text("is_current"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source_name: Mapped[str] = mapped_column(String(255))
    # Our own sample boundaries, not a municipality's: shown as such wherever they are shown.
    is_sample: Mapped[bool]
    is_current: Mapped[bool]
    # `problems` found in the file (`geo.boundary_report`); `changes` and `moves` against the set before, where there
    # was one (`reports.boundary_moves`).
    report: Mapped[dict[str, object]] = mapped_column(JSON)


class Mahalle(Base):
    """A mahalle, as the last set that has its code drew it."""

    __tablename__ = "mahalle"
    __table_args__ = (
        # PostGIS only; on SQLite the box columns narrow a question.
        Index("ix_mahalle_geometry", "geometry", postgresql_using="gist").ddl_if(dialect="postgresql"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    boundary_set_id: Mapped[UUID] = mapped_column(ForeignKey(BoundarySet.id), index=True)
    # The address registry's (UAVT) code where the municipality has it.
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    # `geo.turkish.search_key` and `sort_key` of the name.
    name_key: Mapped[str] = mapped_column(index=True)
    sort_key: Mapped[str]
    geometry: Mapped[MultiPolygon] = mapped_column(GeometryColumn("MULTIPOLYGON"))
    minx: Mapped[float]
    miny: Mapped[float]
    maxx: Mapped[float]
    maxy: Mapped[float]
    # Where the name is written on a map: surely inside, unlike the centroid.
    label_lon: Mapped[float]
    label_lat: Mapped[float]


class PastBoundary(Base):
    """A mahalle as an older set drew it; written when a newer set replaces it. No question asks for it often."""

    __tablename__ = "past_boundary"

    boundary_set_id: Mapped[UUID] = mapped_column(ForeignKey(BoundarySet.id), primary_key=True)
    mahalle_id: Mapped[UUID] = mapped_column(ForeignKey(Mahalle.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    geometry: Mapped[MultiPolygon] = mapped_column(GeometryColumn("MULTIPOLYGON"))
