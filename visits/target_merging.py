"""Two targets that are one: a person says which stays and what of each is kept, and can take it back.

The other one's id goes on living: its row stays, points to the survivor and is given out no more (`merged_targets.py`).
What was planned for it is planned for the survivor. Submissions follow in `service_requests/target_merges.py`, which
is what callers use.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from sync.change_log import FeedChanges
from sync.entity_changes import apply_changes
from sync.entity_kinds import Entity, EntityKind
from sync.field_changes import FieldChange
from sync.tables import EntityConflict
from visits.duplicate_tables import DuplicatePair, TargetMerge
from visits.tables import VisitAssignment, VisitTarget
from visits.target_areas import ASSIGNMENT, TARGET, Move, move_targets
from visits.target_fields import LABELS

_KEPT_FROM_EITHER = "ziyaret_edilmesin"


class NotMergeable(SahaError):
    """These two cannot be merged now; the sentence says why."""

    code: ClassVar[str] = "duplicate.not_mergeable"


class StillDisputed(NotMergeable):
    """A person has to decide first which value of the one that is to go stands; `facts["entity_id"]` is that one."""

    code: ClassVar[str] = "duplicate.in_conflict"


class MergeNotStanding(SahaError):
    """The decision was changed by somebody meanwhile, or something later rests on it."""

    code: ClassVar[str] = "duplicate.not_undoable"


class MergeRun(NamedTuple):
    """What a merge or its undoing works with."""

    session: Session
    kinds: Mapping[str, EntityKind]
    feed: FeedChanges
    by: UUID
    at: datetime


def merge_targets(run: MergeRun, pair: DuplicatePair, survivor_id: UUID, taken_fields: Sequence[str]) -> TargetMerge:
    """Merge a pair into one of its two; of `taken_fields` the other's value is kept. Raises `NotMergeable`.

    What the survivor lacks it gets from the other. Whoever was not to be visited is not to be visited.
    """
    merged_id = pair.second_id if survivor_id == pair.first_id else pair.first_id
    if pair.state != "open" or survivor_id not in {pair.first_id, pair.second_id}:
        raise NotMergeable("Bu çift için az önce karar verilmiş. Listeyi yenileyin.")
    both = run.kinds[TARGET].load(run.session, {survivor_id, merged_id}, run.at)
    if len(both) < 2:  # noqa: PLR2004 - both of the pair
        raise NotMergeable("Kayıtlardan biri bu arada kaldırılmış ya da birleştirilmiş. Listeyi yenileyin.")
    _refuse_undecided(run.session, merged_id)
    survivor, merged = both[survivor_id], both[merged_id]
    taken = _taken(survivor.fields, merged.fields, taken_fields)
    before = {name: survivor.fields.get(name, "") for name in taken}
    merge_id = uuid7(run.at)
    _take_off(run, merged, survivor_id)
    version = _decide(run, TARGET, survivor_id, taken, merge_id)
    moved = _plan_for(run, merged_id, survivor_id, merge_id, None)
    merge = TargetMerge(
        id=merge_id, survivor_id=survivor_id, merged_id=merged_id, pair_id=pair.id, version=version,
        undo={"before": before, "taken": taken, "assignments": [str(one) for one in moved]}, merged_by=run.by,
        merged_at=run.at,
    )  # fmt: skip
    run.session.add(merge)
    pair.state, pair.decided_by, pair.decided_at = "merged", run.by, run.at
    run.session.flush()
    return merge


def undo_merge(run: MergeRun, merge: TargetMerge) -> None:
    """Make two of one again; what somebody changed since stays. Raises `MergeNotStanding`."""
    survivor_id, merged_id = merge.survivor_id, merge.merged_id
    if merge.undone_at is not None:
        raise MergeNotStanding("Bu birleştirme az önce geri alınmış. Listeyi yenileyin.")
    survivor = run.kinds[TARGET].load(run.session, {survivor_id}, run.at).get(survivor_id)
    if survivor is None:
        raise MergeNotStanding("Kalan kayıt da sonradan birleştirilmiş. Önce o birleştirmeyi geri alın.")
    merge.undone_by, merge.undone_at = run.by, run.at
    _set(run.session, merged_id, is_removed=False, merged_into_id=None, changed_at=run.at, match_due=True)
    # A version of its own, so that tablets take it up again.
    _decide(run, TARGET, merged_id, {}, merge.id)
    undo: dict[str, Any] = merge.undo
    still = {
        name: text for name, text in undo["before"].items() if survivor.fields.get(name, "") == undo["taken"][name]
    }
    _decide(run, TARGET, survivor_id, still, merge.id)
    _plan_for(run, survivor_id, merged_id, merge.id, {UUID(one) for one in undo["assignments"]})
    pair = run.session.get(DuplicatePair, merge.pair_id) if merge.pair_id else None
    if pair is not None:
        pair.state, pair.decided_by, pair.decided_at = "open", None, None
    run.session.flush()


def _taken(survivor: Mapping[str, str], merged: Mapping[str, str], chosen: Sequence[str]) -> dict[str, str]:
    taken = {}
    for name in LABELS:
        mine, others = survivor.get(name, ""), merged.get(name, "")
        if others and others != mine and (name in chosen or not mine or name == _KEPT_FROM_EITHER):
            taken[name] = others
    return taken


def _refuse_undecided(session: Session, merged_id: UUID) -> None:
    undecided = select(EntityConflict.id).where(EntityConflict.entity_id == merged_id, EntityConflict.state == "open")
    if session.scalar(undecided.limit(1)) is not None:
        raise StillDisputed(
            "Kaldırılacak kaydın karar bekleyen çakışması var: iki kişi aynı alanı ayrı ayrı değiştirmiş. Önce "
            "hangisinin kalacağına karar verin, sonra birleştirin.",
            entity_id=merged_id,
        )


def _take_off(run: MergeRun, merged: Entity, survivor_id: UUID) -> None:
    _set(run.session, merged.id, is_removed=True, merged_into_id=survivor_id, changed_at=run.at, match_due=True)
    move_targets(run.session, [Move(merged.id, (), merged.held_in)], run.feed, kinds=(TARGET,))


def _set(session: Session, target_id: UUID, **values: object) -> None:
    session.execute(
        update(VisitTarget)
        .where(VisitTarget.id == target_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _plan_for(
    run: MergeRun, target_id: UUID, now_id: UUID, merge_id: UUID, only: set[UUID] | None
) -> list[UUID]:  # fmt: skip
    """Let what is planned for a target be planned for another; of `only` these where given. Returns what it was."""
    planned = select(VisitAssignment.id).where(
        VisitAssignment.target_id == target_id, VisitAssignment.is_removed.is_(False)
    )
    ids = sorted(one for one in run.session.scalars(planned) if only is None or one in only)
    changes = [_decision(run, ASSIGNMENT, one, {"hedef": str(now_id)}, merge_id) for one in ids]
    apply_changes(run.session, run.kinds, changes, run.feed, run.at)
    return ids


def _decide(run: MergeRun, kind: str, entity_id: UUID, values: dict[str, str], merge_id: UUID) -> int:
    (outcome,) = apply_changes(
        run.session, run.kinds, [_decision(run, kind, entity_id, values, merge_id)], run.feed, run.at
    )
    if outcome.version is None:
        raise NotMergeable("Kayıt bu arada kaldırılmış. Listeyi yenileyin.")
    return outcome.version


def _decision(run: MergeRun, kind: str, entity_id: UUID, values: dict[str, str], merge_id: UUID) -> FieldChange:
    return FieldChange(
        kind=kind, entity_id=entity_id, values=values, user_id=run.by, team_id=None, device_id="", source="decision",
        source_id=merge_id, at=run.at,
    )  # fmt: skip
