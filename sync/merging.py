"""How a change of an entity meets what others did meanwhile. Pure; `entity_changes.py` feeds it.

What a writer had seen is the last version it took from the server (the trunk) and what its own branch did since;
versions on a device count on by themselves, so `branch_base` says which edit of a branch comes after which.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec


class Edit(msgspec.Struct, frozen=True):
    """A change that arrives: the fields it sets, who made it, the versions its device named, when it came first."""

    values: Mapping[str, str]
    creates: bool = False
    base: int | None = None
    trunk: int | None = None
    branch_id: str | None = None
    device_id: str = ""
    amends_id: UUID | None = None
    at: datetime | None = None


class PastChange(msgspec.Struct, frozen=True):
    """A version of the entity: what it changed from what, and what of it stayed in conflict.

    `trunk` is the server's version that its writer had; `branch_base` the version its device counted.
    """

    version: int
    values: Mapping[str, str]
    before: Mapping[str, str]
    in_conflict: Mapping[str, str] = {}
    trunk: int = 0
    branch_id: str | None = None
    branch_base: int | None = None
    device_id: str = ""
    source_id: UUID | None = None
    at: datetime | None = None

    def sent(self, field: str) -> str | None:
        """Return the value its writer set, taken or not; None where it left the field alone."""
        return self.values.get(field, self.in_conflict.get(field))


class Placed(NamedTuple):
    """What the writer had seen: the server's version `trunk`, and its own branch up to `base`."""

    trunk: int
    base: int


class Merged(NamedTuple):
    """What is taken of an edit and what is in conflict; `seen` is what the writer had before their eyes there.

    `others_changed`: somebody else changed the entity since, in whatever field. `agreed`: fields that the writer set to
    what stands, having seen something else there.
    """

    taken: dict[str, str]
    in_conflict: dict[str, str]
    seen: dict[str, str]
    others_changed: bool
    agreed: frozenset[str] = frozenset()


Misplaced = Literal["early", "unknown"]


def place_edit(edit: Edit, version: int, past: Sequence[PastChange]) -> Placed | Misplaced:
    """Say what the writer had seen of an entity that stands at `version`.

    "early": the branch's previous edit has not come. "unknown": it names a version that is not there.
    """
    if edit.creates and edit.base is None:
        return Placed(0, 0)
    if edit.branch_id is None:
        known = edit.base is not None and 1 <= edit.base <= version
        return Placed(edit.base, edit.base) if edit.base is not None and known else "unknown"
    # A branch without a trunk began with the creation.
    trunk = 1 if edit.trunk is None else edit.trunk
    if edit.base is None or not 1 <= trunk <= min(edit.base, version):
        return "unknown"
    if edit.base == trunk or _follows(edit.branch_id, edit.base, past):
        return Placed(trunk, edit.base)
    return "early"


def place_overdue(edit: Edit, version: int) -> Placed:
    """Say what the writer of an edit had seen whose predecessors never came: its trunk, and nothing of its branch."""
    trunk = 1 if edit.trunk is None else edit.trunk
    return Placed(min(trunk, version), edit.base or trunk)


def next_base(branch_id: str, past: Sequence[PastChange]) -> int:
    """Return the base of the next edit of a branch that has no device to count for it (an import)."""
    bases = [change.branch_base for change in past if change.branch_id == branch_id and change.branch_base is not None]
    return max(bases, default=0) + 1


def merge_edit(
    fields: Mapping[str, str], past: Sequence[PastChange], edit: Edit, placed: Placed, sensitive: Collection[str]
) -> Merged:
    """Merge field by field; `past` are all versions in their order, `fields` what stands now."""
    if not past and not fields:
        # What is new has nobody to meet; a list of 100,000 households is made of nothing else.
        return Merged({field: sent for field, sent in edit.values.items() if sent}, {}, {}, others_changed=False)
    since = [change for change in past if change.version > placed.trunk]
    others = any(change.values and not is_own(change, edit) for change in since)
    taken: dict[str, str] = {}
    in_conflict: dict[str, str] = {}
    seen_by_field: dict[str, str] = {}
    agreed: set[str] = set()
    for field, sent in edit.values.items():
        current, seen = fields.get(field, ""), _seen(field, fields, past, edit, placed)
        # What the writer left as it was is no change, however often a form sends it.
        if sent in {current, seen}:
            agreed |= {field} if sent != seen else set()
            continue
        setter = last_setter(field, since)
        own = setter is None or is_own(setter, edit)
        if setter is not None and own and is_later(setter, edit, placed):
            continue
        if (field in sensitive and others) or not (own or current == seen):
            in_conflict[field], seen_by_field[field] = sent, seen
        else:
            taken[field] = sent
    return Merged(taken, in_conflict, seen_by_field, others, frozenset(agreed))


def dispute(fields: Mapping[str, str], edit: Edit) -> Merged:
    """Leave every field of an edit to a person, because its writer may not change the entity."""
    differing = {field: sent for field, sent in edit.values.items() if sent != fields.get(field, "")}
    return Merged({}, differing, dict.fromkeys(differing, ""), others_changed=True)


def withhold(merged: Merged, fields: Collection[str], standing: Mapping[str, str]) -> Merged:
    """Leave those of the taken fields to a person whose new value cannot follow what stands."""
    if not fields:
        return merged
    held_back = {field: merged.taken[field] for field in fields}
    return merged._replace(
        taken={field: sent for field, sent in merged.taken.items() if field not in held_back},
        in_conflict=merged.in_conflict | held_back,
        seen=merged.seen | {field: standing.get(field, "") for field in held_back},
    )


def last_setter(field: str, past: Sequence[PastChange]) -> PastChange | None:
    """Find the version that set what a field holds."""
    return next((change for change in reversed(past) if field in change.values), None)


def is_own(change: PastChange, edit: Edit) -> bool:
    """Say whether the same branch or the same device made both."""
    same_branch = edit.branch_id is not None and change.branch_id == edit.branch_id
    return same_branch or (edit.device_id != "" and change.device_id == edit.device_id)


def is_later(setter: PastChange, edit: Edit, placed: Placed) -> bool:
    """Say whether that change was written by the same hand after this edit, which then only came late."""
    if edit.amends_id is not None:
        return False
    if edit.creates and placed.trunk == 0:
        # Whatever else the hand that created it wrote, it wrote afterwards.
        return True
    if edit.branch_id is not None and setter.branch_id == edit.branch_id:
        return setter.branch_base is not None and setter.branch_base > placed.base
    if setter.trunk != placed.trunk:
        return setter.trunk > placed.trunk
    # A device takes the entity from the server anew only when it has handed in its edits: what came first was made
    # first, though it may have waited raw for its form's version.
    return setter.at is not None and edit.at is not None and setter.at > edit.at


def _follows(branch_id: str, base: int, past: Sequence[PastChange]) -> bool:
    return any(change.branch_id == branch_id and change.branch_base == base - 1 for change in past)


def _seen(field: str, fields: Mapping[str, str], past: Sequence[PastChange], edit: Edit, placed: Placed) -> str:
    """Return what stood in the field before the writer's eyes."""
    if edit.amends_id is not None:
        for change in past:
            corrected = change.sent(field) if change.source_id == edit.amends_id else None
            if corrected is not None:
                return corrected
    for change in reversed(past):
        mine = change.sent(field) if _is_earlier_in_branch(change, edit, placed) else None
        if mine is not None:
            return mine
    first = next((change for change in past if change.version > placed.trunk and field in change.values), None)
    return first.before.get(field, "") if first else fields.get(field, "")


def _is_earlier_in_branch(change: PastChange, edit: Edit, placed: Placed) -> bool:
    same_branch = edit.branch_id is not None and change.branch_id == edit.branch_id
    return same_branch and change.branch_base is not None and change.branch_base < placed.base
