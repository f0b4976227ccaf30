"""Changes of entities that submissions declare and that operations ask for, applied as one list in one order."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from sync.change_log import FeedChanges
from sync.entity_changes import apply_changes
from sync.entity_kinds import EntityKind
from sync.field_changes import ChangeOutcome, FieldChange, ReleasedChange


class PlacedChange(NamedTuple):
    """A change and the place of a submission: of the one that declares it, or of the one that it goes before."""

    place: int
    change: FieldChange


class Changed(NamedTuple):
    """What became of the changes: of declared ones by the submission's place, of the others in order.

    `released`: what became of changes that had been held.
    """

    by_place: Mapping[int, Sequence[ChangeOutcome]]
    others: Sequence[ChangeOutcome]
    released: Sequence[ReleasedChange] = ()


def change_entities(
    session: Session, kinds: Mapping[str, EntityKind], declared: Sequence[PlacedChange],
    others: Sequence[PlacedChange], feed: FeedChanges, *, at: datetime,
) -> Changed:  # fmt: skip
    """Apply both in the order in which the tablet did them; set-based, so entities are locked once and in one order."""
    if not declared and not others:
        return Changed({}, ())
    together = [(one, False) for one in others] + [(one, True) for one in declared]
    # Stable, and others stand first: they go before the submission of their place.
    together.sort(key=lambda pair: pair[0].place)
    released: list[ReleasedChange] = []
    outcomes = apply_changes(session, kinds, [one.change for one, _ in together], feed, at, released=released)
    # What was held and released within this very list was never answered "held".
    mine = {_key(one.change) for one, _ in together}
    at_once = {_key(one.change): one.outcome for one in released if _key(one.change) in mine}
    released = [one for one in released if _key(one.change) not in mine]
    by_place: dict[int, list[ChangeOutcome]] = defaultdict(list)
    in_order: list[ChangeOutcome] = []
    for (one, is_declared), given in zip(together, outcomes, strict=True):
        outcome = at_once.get(_key(one.change), given)
        if is_declared:
            by_place[one.place].append(outcome)
        else:
            in_order.append(outcome)
    return Changed(by_place, in_order, released)


def _key(change: FieldChange) -> tuple[UUID | None, UUID]:
    """Name a change by what brought it and what it is of: a form may change several entities."""
    return change.source_id, change.entity_id
