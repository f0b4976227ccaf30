"""What a tablet is answered for each operation; stored as it was sent, so that a repeat gets the same. Pure."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from foundation.errors import SahaError
from service_requests.incoming import Outcome, Refused
from service_requests.submission_feed import KIND as SUBMISSION_KIND
from sync.field_changes import ChangeOutcome, FieldConflict

APPLIED, MERGED, CONFLICT, HELD, DUPLICATE, REJECTED = (
    "applied", "merged", "conflict", "held", "duplicate", "rejected",
)  # fmt: skip


class OperationResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of one operation (docs/sync-protocol.md); what a status does not tell is left out."""

    id: str | None
    status: str
    replayed: bool
    version: int | None = None
    submission_id: UUID | None = None
    tracking_numbers: tuple[str, ...] | None = None
    sequence: int | None = None
    conflicts: tuple[FieldConflict, ...] = ()
    code: str | None = None
    sentence: str | None = None
    kept_as: UUID | None = None


_results = msgspec.json.Decoder(OperationResult)


def write_result(result: OperationResult) -> str:
    """Write a result for storage."""
    return msgspec.json.encode(result).decode()


def read_result(stored: str) -> OperationResult:
    """Read a stored result."""
    return _results.decode(stored)


def rejected(given_id: str | None, refusal: SahaError, kept_as: UUID) -> OperationResult:
    """Say that an operation is not taken, why, and where it is kept."""
    return OperationResult(
        id=given_id, status=REJECTED, replayed=False, code=refusal.code, sentence=refusal.sentence, kept_as=kept_as
    )


def submission_result(
    operation_id: UUID, outcome: Outcome, changes: Sequence[ChangeOutcome], sequences: Mapping[tuple[str, UUID], int]
) -> OperationResult:
    """Say what became of a submission; `changes` is what became of the entities that its form changes."""
    given_id = str(operation_id)
    if isinstance(outcome, Refused):
        return OperationResult(
            id=given_id, status=REJECTED, replayed=False, code=outcome.code, sentence=outcome.sentence,
            kept_as=outcome.quarantine_id,
        )  # fmt: skip
    gravest = gravest_status({change.status for change in changes})
    return OperationResult(
        id=given_id,
        status=gravest if outcome.is_new else DUPLICATE,
        replayed=False,
        submission_id=outcome.submission_id,
        tracking_numbers=outcome.tracking_numbers if outcome.is_new else None,
        sequence=sequences.get((SUBMISSION_KIND, outcome.submission_id)),
        conflicts=tuple(conflict for change in changes for conflict in change.conflicts),
    )


def gravest_status(statuses: Collection[str]) -> str:
    """Choose what a form is answered whose changes of entities became all that; a refused one is a flag on it."""
    return next((status for status in (CONFLICT, HELD, MERGED) if status in statuses), APPLIED)


def change_result(operation_id: UUID, outcome: ChangeOutcome, sequence: int | None) -> OperationResult:
    """Say what became of a change of an entity that was taken or is held."""
    return OperationResult(
        id=str(operation_id),
        status=outcome.status,
        replayed=False,
        version=outcome.version,
        sequence=sequence,
        conflicts=outcome.conflicts,
    )


def later_result(
    result: OperationResult, state: str, submission_id: UUID | None, replayed_as: str | None
) -> OperationResult:
    """Say what a refused operation became where a coordinator has replayed it; otherwise it stays as it is."""
    if state != "replayed":
        return result
    if replayed_as:
        return msgspec.structs.replace(read_result(replayed_as), id=result.id, replayed=True)
    return OperationResult(id=result.id, status=APPLIED, replayed=True, submission_id=submission_id)
