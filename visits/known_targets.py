"""What is known already of the targets and visits of a list, by the numbers of its rows; asked once per piece.

A target that a person merged into another is that other: its row in a list is held against what the merged one said
last, so that the same list again says nothing new.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.looking_up import find_rows
from geo.mahalle_index import MahalleIndex
from geo.tables import BoundarySet, Mahalle
from geo.turkish import search_key
from teams.tables import Team
from visits.merged_targets import find_merged
from visits.tables import VisitAssignment, VisitTarget, VisitType
from visits.visit_list_rows import KnownNames
from visits.written_values import MahalleNames

_AT_ONCE = 500


class KnownTarget(msgspec.Struct, frozen=True):
    """A target that a row names: which it is now, and the fields that the row is held against."""

    id: UUID
    fields: Mapping[str, str]
    do_not_visit: bool = False
    is_removed: bool = False
    is_merged: bool = False


class KnownVisit(msgspec.Struct, frozen=True):
    """A planned visit that a row names."""

    id: UUID
    fields: Mapping[str, str]


def read_names(session: Session, index: MahalleIndex) -> KnownNames:
    """Read what the names of a list may refer to."""
    current = select(Mahalle.name, Mahalle.id).join(BoundarySet, BoundarySet.id == Mahalle.boundary_set_id)
    mahalle = [(name, one) for name, one in session.execute(current.where(BoundarySet.is_current))]
    teams = session.execute(select(Team.name, Team.code, Team.id).where(Team.is_active)).all()
    types = session.execute(select(VisitType.name, VisitType.code)).all()
    return KnownNames(
        mahalle=MahalleNames.of(mahalle),
        teams={search_key(word): team_id for name, code, team_id in teams for word in (name, code)},
        visit_types={search_key(word): code for name, code in types for word in (name, code)},
        index=index,
    )


def read_known_targets(session: Session, numbers: set[str]) -> dict[str, KnownTarget]:
    """Find the targets with these numbers."""
    known: dict[str, KnownTarget] = {}
    merged: dict[str, tuple[UUID, Mapping[str, str]]] = {}
    columns = ("external_no", "id", "fields", "is_removed", "merged_into_id")
    for number, one, fields, is_removed, into in _numbered(session, VisitTarget, columns, numbers):
        if into is not None:
            merged[number] = (one, fields)
        else:
            known[number] = KnownTarget(one, fields, bool(fields.get("ziyaret_edilmesin")), is_removed)
    ends = find_merged(session, {one for one, _ in merged.values()})
    keeping_away = _not_to_be_visited(session, set(ends.values()))
    for number, (one, fields) in merged.items():
        known[number] = KnownTarget(ends[one], fields, ends[one] in keeping_away, is_merged=True)
    return known


def _not_to_be_visited(session: Session, ids: set[UUID]) -> set[UUID]:
    rows = session.execute(select(VisitTarget.id, VisitTarget.fields).where(VisitTarget.id.in_(ids))) if ids else ()
    return {one for one, fields in rows if fields.get("ziyaret_edilmesin")}


def read_known_visits(session: Session, numbers: set[str]) -> dict[str, KnownVisit]:
    """Find the planned visits with these numbers."""
    rows = _numbered(session, VisitAssignment, ("external_no", "id", "fields"), numbers)
    return {number: KnownVisit(one, fields) for number, one, fields in rows}


class Touched(NamedTuple):
    """The targets and visits that a list will change, or plan for."""

    targets: set[UUID]
    visits: set[UUID]


def lock_touched(session: Session, touched: Touched) -> None:
    """Lock them as every door does, targets first and in the order of their ids, whatever the order of the list.

    Nothing to do on SQLite with its one writer.
    """
    if session.get_bind().dialect.name == "postgresql":
        for table, ids in ((VisitTarget, touched.targets), (VisitAssignment, touched.visits)):
            find_rows(session, table, ("id",), key="id", values=sorted(ids), lock=True)


def _numbered(
    session: Session, table: type[VisitTarget | VisitAssignment], columns: tuple[str, ...], numbers: set[str]
) -> Iterable[Any]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        yield from find_rows(session, table, columns, key="external_no", values=ordered[start : start + _AT_ONCE])
