"""The imports of boundaries so far, with what each found in its file and what it moved."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.boundary_changes import AreaChange
from geo.boundary_report import BoundaryProblem
from geo.tables import BoundarySet
from reports.boundary_moves import BoundaryMoves, MoveCount


class _Kept(msgspec.Struct, frozen=True):
    """What a set's row keeps; the first boundaries moved nothing, and nothing was read for the sample's."""

    problems: list[BoundaryProblem] = []
    changes: list[AreaChange] = []
    moves: list[MoveCount] = []
    still_named: list[str] = []


class BoundarySetView(msgspec.Struct, frozen=True):
    """One import; `warnings` and `told` are Turkish sentences, as the command printed them."""

    id: UUID
    imported_at: datetime
    source_name: str
    is_sample: bool
    is_current: bool
    warnings: list[str]
    told: list[str]


def list_boundary_sets(session: Session) -> list[BoundarySetView]:
    """List the imports, newest first."""
    newest_first = select(BoundarySet).order_by(BoundarySet.imported_at.desc(), BoundarySet.id.desc())
    return [_view(one) for one in session.scalars(newest_first)]


def _view(one: BoundarySet) -> BoundarySetView:
    kept = msgspec.convert(one.report, _Kept)
    moves = BoundaryMoves(kept.changes, kept.moves, kept.still_named)
    return BoundarySetView(
        id=one.id, imported_at=one.imported_at, source_name=one.source_name, is_sample=one.is_sample,
        is_current=one.is_current, warnings=[problem.sentence for problem in kept.problems],
        told=list(moves.sentences()),
    )  # fmt: skip
