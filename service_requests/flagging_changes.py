"""Writing onto submissions what became of the changes they declare: flags, and whom the visit went to.

The sentences are `declared_changes.py`'s. What was held becomes known later, when its predecessor arrives.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from field_forms.remarks import Remark
from service_requests.declared_changes import HELD, DeclaredChange, remark_outcome
from service_requests.interpretation import remark_columns
from service_requests.tables import Submission
from sync.field_changes import UNKNOWN, ChangeOutcome, ReleasedChange
from visits.tables import VisitAssignment
from visits.target_areas import ASSIGNMENT, TARGET

_COLUMN_OF_KIND = {TARGET: "target_id", ASSIGNMENT: "assignment_id"}


class Declared(NamedTuple):
    """A recorded submission's row, what it declares, and what became of each."""

    row: dict[str, Any]
    changes: Sequence[DeclaredChange]
    outcomes: Sequence[ChangeOutcome]


def flag_changes(session: Session, declared: Iterable[Declared]) -> None:
    """Flag submissions for what their declarations could not do, and complete whom they went to; rows change along."""
    written = [one for one in declared if one.changes]
    found = _targets_of_assignments(session, written)
    for one in written:
        row, changes, outcomes = one
        values = _visited(row, changes, outcomes, found)
        remarks = [
            remark
            for change, outcome in zip(changes, outcomes, strict=True)
            for remark in remark_outcome(change.kind, change.place, outcome)
        ]
        if remarks:
            values |= remark_columns([*(Remark(**known) for known in row["remarks"]), *remarks], row["review"])
        if values:
            session.execute(update(Submission).where(Submission.id == row["id"]).values(**values))
            row.update(values)


def _visited(
    row: dict[str, Any], changes: Sequence[DeclaredChange], outcomes: Sequence[ChangeOutcome], found: dict[UUID, UUID]
) -> dict[str, Any]:  # fmt: skip
    """Forget what the sender may not know of; a planned visit goes to the target it was planned for."""
    foreign: dict[str, Any] = {
        _COLUMN_OF_KIND[change.kind]: None
        for change, outcome in zip(changes, outcomes, strict=True)
        if outcome.code == UNKNOWN and row[_COLUMN_OF_KIND[change.kind]] == change.entity_id
    }
    known = {**row, **foreign}
    if known["target_id"] is None and known["assignment_id"] in found:
        foreign["target_id"] = found[known["assignment_id"]]
    return {name: value for name, value in foreign.items() if row[name] != value}


def _targets_of_assignments(session: Session, declared: Sequence[Declared]) -> dict[UUID, UUID]:
    wanted = {one.row["assignment_id"] for one in declared if not one.row["target_id"]} - {None}
    if not wanted:
        return {}
    rows = session.execute(
        select(VisitAssignment.id, VisitAssignment.target_id).where(VisitAssignment.id.in_(wanted))
    )  # fmt: skip
    return {assignment_id: target_id for assignment_id, target_id in rows}  # noqa: C416 - rows are no pairs to mypy


def flag_released(session: Session, released: Collection[ReleasedChange]) -> None:
    """Write onto earlier submissions what became of changes that had been held."""
    of_forms = {one.change.source_id: one for one in released if one.change.source == "submission"}
    if not of_forms:
        return
    # Submissions are locked before entities everywhere else; whoever holds one now may be waiting for our entities.
    rows = session.scalars(
        select(Submission).where(Submission.id.in_(of_forms)).with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    for row in rows:
        one = of_forms[row.id]
        before = [Remark(**remark) for remark in row.remarks]
        held = next((remark for remark in before if remark.code == HELD), None)
        after = [remark for remark in before if remark is not held]
        after += remark_outcome(one.change.kind, held.path if held else "", one.outcome, was_made=one.was_made)
        values = remark_columns(after, row.review)
        session.execute(update(Submission).where(Submission.id == row.id).values(**values))
