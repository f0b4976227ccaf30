"""What came from the field follows its target: when two are merged, and when that is undone.

A form that comes late is seen to by `visited_targets.py`. Requests follow their submissions. A submission remembers in
`named_target_id` which target its form names, where that one has become another; so undoing gives each of two its own
back, also what came for the merged one afterwards.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service_requests.tables import Submission
from service_requests.target_history import tell_histories
from sync.change_log import take_numbers
from visits.duplicate_tables import DuplicatePair, TargetMerge
from visits.merged_targets import merged_into
from visits.target_merging import MergeRun, merge_targets, undo_merge


def merge_with_past(run: MergeRun, pair: DuplicatePair, survivor_id: UUID, taken_fields: Sequence[str]) -> TargetMerge:
    """Merge a pair; its past is the survivor's from now on. Writes no feed. Raises `NotMergeable`."""
    merge = merge_targets(run, pair, survivor_id, taken_fields)
    run.session.execute(
        update(Submission)
        .where(Submission.target_id == merge.merged_id)
        .values(target_id=survivor_id, named_target_id=func.coalesce(Submission.named_target_id, Submission.target_id))
        .execution_options(synchronize_session=False)
    )
    take_numbers(run.session)  # in hand before the past is read
    tell_histories(run.session, run.feed, {survivor_id}, run.at)
    return merge


def undo_with_past(run: MergeRun, merge: TargetMerge) -> None:
    """Undo a merge; each gets back what forms said of it. Writes no feed. Raises `MergeNotStanding`."""
    undo_merge(run, merge)
    own = merged_into(run.session, merge.merged_id)
    run.session.execute(
        update(Submission)
        .where(Submission.target_id == merge.survivor_id, Submission.named_target_id.in_(own))
        .values(
            target_id=merge.merged_id,
            # Whoever is named by its own id again needs no note of it.
            named_target_id=func.nullif(Submission.named_target_id, merge.merged_id),
        )
        .execution_options(synchronize_session=False)
    )
    take_numbers(run.session)
    tell_histories(run.session, run.feed, {merge.survivor_id, merge.merged_id}, run.at)


def count_visits(session: Session, target_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Count the submissions of targets, corrections as one."""
    counted = select(Submission.target_id, func.count()).where(
        Submission.target_id.in_(set(target_ids)), Submission.superseded_by_id.is_(None)
    )
    return {one: count for one, count in session.execute(counted.group_by(Submission.target_id)) if one is not None}
