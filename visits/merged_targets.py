"""Targets that a person has merged into others: their ids go on living, here it is said as what."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.areas import area_of_mahalle, area_of_team
from sync.entity_kinds import Successor
from sync.entity_records import chunks
from visits.duplicate_tables import TargetMerge
from visits.tables import VisitTarget

# More merges in a row than a person makes.
LONGEST_CHAIN = 20


def find_merged(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Find those of these targets that were merged, and what each has become at last."""
    ends = _next(session, ids)
    for _ in range(LONGEST_CHAIN):
        going_on = _next(session, set(ends.values()))
        if not going_on:
            return ends
        ends = {start: going_on.get(end, end) for start, end in ends.items()}
    raise RuntimeError("targets are merged in a ring")


def merged_into(session: Session, survivor_id: UUID) -> set[UUID]:
    """Find every target that has become this one, also by way of others, and itself."""
    found = {survivor_id}
    latest = {survivor_id}
    while latest:
        latest = set(session.scalars(select(VisitTarget.id).where(VisitTarget.merged_into_id.in_(latest)))) - found
        found |= latest
    return found


def read_successors(session: Session, ids: Collection[UUID], at: datetime) -> Mapping[UUID, Successor]:
    """Say what merged targets have become, for whoever still knows them by their own ids."""
    del at  # whoever might have changed it once, may
    ends = find_merged(session, ids)
    if not ends:
        return {}
    merges = {
        (merge.survivor_id): merge.version
        for merge in session.scalars(
            select(TargetMerge)
            .where(TargetMerge.survivor_id.in_(set(ends.values())), TargetMerge.undone_at.is_(None))
            .order_by(TargetMerge.id)
        )
    }
    rows = session.execute(
        select(
            VisitTarget.id, VisitTarget.version, VisitTarget.fields, VisitTarget.mahalle_id,
            VisitTarget.created_by_team_id,
        ).where(VisitTarget.id.in_(ends))
    )  # fmt: skip
    found: dict[UUID, Successor] = {}
    for one, version, fields, mahalle_id, team_id in rows:
        areas = {area_of_mahalle(mahalle_id)} if mahalle_id else set()
        areas |= {area_of_team(team_id)} if team_id else set()
        found[one] = Successor(ends[one], merges[ends[one]], fields, version, frozenset(areas))
    return found


def _next(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for some in chunks(ids):
        asked = select(VisitTarget.id, VisitTarget.merged_into_id).where(VisitTarget.id.in_(some))
        rows = session.execute(asked.where(VisitTarget.merged_into_id.is_not(None)))
        found |= {one: into for one, into in rows if into is not None}
    return found
