"""Pairs of targets that may be the same, for the coordinator who decides; best score first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from geo.tables import Mahalle
from service_requests.keyset_pages import BadCursor, PageView, PageWanted, count_rows, page_of
from service_requests.submission_lists import CodedView
from service_requests.target_merges import count_visits
from teams.accounts import NamedView
from teams.tables import User
from visits.approximate_places import PRECISIONS
from visits.duplicate_tables import DuplicatePair, TargetMerge
from visits.tables import VisitTarget
from visits.target_fields import KINDS, LABELS

_FIRST, _SECOND = aliased(VisitTarget), aliased(VisitTarget)


class DuplicateSide(msgspec.Struct, frozen=True, kw_only=True):
    """One of a pair; `fields` by their names in docs/sync-protocol.md."""

    id: UUID
    kind: CodedView
    name: str
    fields: dict[str, str]
    mahalle: NamedView | None
    precision: CodedView
    visits: int
    created_at: datetime
    is_from_field: bool


class DuplicateView(msgspec.Struct, frozen=True, kw_only=True):
    """A pair, why it is proposed, and what was decided. `differing`: the fields of which one has to be chosen."""

    id: UUID
    score: int
    reasons: list[str]
    state: str
    sides: list[DuplicateSide]
    differing: list[str]
    labels: dict[str, str]
    survivor_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None


def list_duplicates(session: Session, *, decided: bool, wanted: PageWanted) -> PageView[DuplicateView]:
    """List one page of pairs: open ones by their score, decided ones by when they were."""
    total = count_rows(session, _pairs(decided=decided).with_only_columns(DuplicatePair.id))
    order = (DuplicatePair.decided_at, DuplicatePair.id) if decided else (DuplicatePair.score, DuplicatePair.id)
    asked = _pairs(decided=decided)
    if wanted.after is not None:
        last = session.execute(select(*order).where(DuplicatePair.id == wanted.after)).one_or_none()
        if last is None:
            raise BadCursor
        asked = asked.where(or_(order[0] < last[0], and_(order[0] == last[0], order[1] < last[1])))
    rows = session.execute(asked.order_by(*(one.desc() for one in order)).limit(wanted.limit + 1)).all()
    views = _views(session, [(row[0], row[1], row[2]) for row in rows])
    return page_of(views, [view.id for view in views], wanted, total)


def view_duplicate(session: Session, pair_id: UUID) -> DuplicateView | None:
    """Show one pair, also of targets that are merged."""
    both = (
        select(DuplicatePair, _FIRST, _SECOND)
        .join(_FIRST, _FIRST.id == DuplicatePair.first_id)
        .join(_SECOND, _SECOND.id == DuplicatePair.second_id)
    )
    row = session.execute(both.where(DuplicatePair.id == pair_id)).one_or_none()
    return _views(session, [(row[0], row[1], row[2])])[0] if row else None


def _pairs(*, decided: bool) -> Select[DuplicatePair, VisitTarget, VisitTarget]:
    both = (
        select(DuplicatePair, _FIRST, _SECOND)
        .join(_FIRST, _FIRST.id == DuplicatePair.first_id)
        .join(_SECOND, _SECOND.id == DuplicatePair.second_id)
    )
    if decided:
        return both.where(DuplicatePair.state.in_(("merged", "not_same")))
    return both.where(DuplicatePair.state == "open", _FIRST.is_removed.is_(False), _SECOND.is_removed.is_(False))


def _views(session: Session, rows: Sequence[tuple[DuplicatePair, VisitTarget, VisitTarget]]) -> list[DuplicateView]:
    targets = [target for _, first, second in rows for target in (first, second)]
    visits = count_visits(session, (target.id for target in targets))
    mahalle_ids = {target.mahalle_id for target in targets if target.mahalle_id}
    named = session.execute(select(Mahalle.id, Mahalle.name).where(Mahalle.id.in_(mahalle_ids)))
    mahalle = {one: NamedView(one, name) for one, name in named}
    merges = _survivors(session, [pair.id for pair, _, _ in rows])
    people = _names(session, {pair.decided_by for pair, _, _ in rows if pair.decided_by})
    return [
        DuplicateView(
            id=pair.id, score=pair.score, reasons=pair.reasons, state=pair.state,
            sides=[_side(target, visits, mahalle) for target in (first, second)],
            differing=[name for name in LABELS if first.fields.get(name, "") != second.fields.get(name, "")],
            labels=LABELS, survivor_id=merges.get(pair.id), decided_at=pair.decided_at,
            decided_by=people.get(pair.decided_by) if pair.decided_by else None,
        )
        for pair, first, second in rows
    ]  # fmt: skip


def _side(target: VisitTarget, visits: dict[UUID, int], mahalle: dict[UUID, NamedView]) -> DuplicateSide:
    precision = target.konum_hassasiyeti
    return DuplicateSide(
        id=target.id, kind=CodedView(target.kind, KINDS.get(target.kind, target.kind)), name=target.name,
        fields=target.fields, mahalle=mahalle.get(target.mahalle_id) if target.mahalle_id else None,
        precision=CodedView(precision, PRECISIONS[precision]), visits=visits.get(target.id, 0),
        created_at=target.created_at, is_from_field=target.created_by_team_id is not None,
    )  # fmt: skip


def _survivors(session: Session, pair_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    standing = select(TargetMerge.pair_id, TargetMerge.survivor_id).where(
        TargetMerge.pair_id.in_(pair_ids), TargetMerge.undone_at.is_(None)
    )
    return {pair_id: survivor_id for pair_id, survivor_id in session.execute(standing) if pair_id is not None}


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    return {row.id: row.display_name for row in rows}
