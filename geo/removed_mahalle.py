"""Mahalle that an import of boundaries left behind: their rows and what was counted in them stay."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.tables import BoundarySet, Mahalle


class RemovedMahalle(msgspec.Struct, frozen=True):
    """A mahalle of an older set, and when the set that has it no longer was imported."""

    id: UUID
    name: str
    code: str
    removed_at: datetime


def read_removed(session: Session) -> list[RemovedMahalle]:
    """List them in Turkish order of names."""
    own, later = BoundarySet.__table__.alias(), BoundarySet.__table__.alias()
    removed_at = (
        select(func.min(later.c.imported_at)).where(later.c.imported_at > own.c.imported_at).scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        select(Mahalle.id, Mahalle.name, Mahalle.code, removed_at.label("removed_at"))
        .join(own, own.c.id == Mahalle.boundary_set_id)
        .where(own.c.is_current.is_(False))
        .order_by(Mahalle.sort_key, Mahalle.code)
    )
    return [RemovedMahalle(*row) for row in rows]
