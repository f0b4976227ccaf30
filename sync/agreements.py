"""Conflicts that settle by themselves: both sides hold the same value now, so nobody has anything to decide. Pure.

*Conceded*: whoever sent the other value set the standing one later. *Followed*: the other value stands now, because
somebody who might write it did. What is written of it is `entity_records.py`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sync.field_changes import FieldChange
from sync.merging import Edit, Merged, PastChange, Placed, is_later, is_own, last_setter

CONCEDED, FOLLOWED = "conceded", "followed"


class Agreement(NamedTuple):
    """A field of an entity whose conflicts from these sources are settled, where they are of `other_value`.

    `other_value` is None for whatever the writer had sent. `closing` are the columns of the conflict's row.
    """

    entity_id: UUID
    field: str
    sources: frozenset[UUID]
    other_value: str | None
    closing: dict[str, Any]


def find_agreements(
    change: FieldChange, edit: Edit, merged: Merged, past: Sequence[PastChange], placed: Placed, *,
    standing: dict[str, str],
) -> list[Agreement]:  # fmt: skip
    """Find what a change settles; `past` without the change itself, `standing` as it stood before it."""
    own = [one for one in past if one.source_id and is_own(one, edit) and not is_later(one, edit, placed)]
    conceded = {field: (None, [one for one in own if field in one.in_conflict]) for field in merged.agreed}
    followed = {
        field: (value, [one for one in past if one.in_conflict.get(field) == value])
        for field, value in merged.taken.items()
    }
    return [
        Agreement(change.entity_id, field, sources, other, _closing(state, change, field, past, standing))
        for state, settled in ((CONCEDED, conceded), (FOLLOWED, followed))
        for field, (other, theirs) in settled.items()
        if (sources := frozenset(one.source_id for one in theirs if one.source_id))
    ]


def _closing(
    state: str, change: FieldChange, field: str, past: Sequence[PastChange], standing: dict[str, str]
) -> dict[str, Any]:
    setter = last_setter(field, past)
    closing = {"state": state, "decided_by": change.user_id, "decided_at": change.at}
    return closing | {"standing_value": standing.get(field, ""), "standing_version": setter.version if setter else 1}
