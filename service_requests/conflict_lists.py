"""Conflicts of targets and assignments for the coordinator who decides: both values, who wrote them, and when.

Of an open conflict the standing value is the one that stands now, of a decided one that of the decision. Deciding is
`sync/conflict_decisions.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from service_requests.conflict_values import Values, ValueView, read_values
from service_requests.declared_changes import LABELS
from service_requests.keyset_pages import PageView, PageWanted, count_rows, one_page, page_of
from sync.agreements import CONCEDED, FOLLOWED
from sync.conflict_decisions import KEPT, OPEN, TAKEN
from sync.tables import EntityConflict

State = Literal["open", "decided", "all"]
_CHOICES: Mapping[str, Literal["standing", "other"]] = {
    KEPT: "standing", TAKEN: "other", CONCEDED: "standing", FOLLOWED: "other",
}  # fmt: skip
_STATES: Mapping[str, tuple[str, ...]] = {"open": (OPEN,), "decided": tuple(_CHOICES), "all": (OPEN, *_CHOICES)}


class EntityView(msgspec.Struct, frozen=True):
    """Which target or assignment it is about; an assignment goes by its target's name and mahalle."""

    kind: str
    id: UUID
    name: str
    mahalle: str


class FieldView(msgspec.Struct, frozen=True):
    """The field, and what it is called in Turkish."""

    name: str
    label: str
    is_sensitive: bool


class DecisionView(msgspec.Struct, frozen=True):
    """What was decided, by whom and when; `by_itself`: by a change with which both sides came to the same value."""

    choice: Literal["standing", "other"]
    by: str | None
    at: datetime
    by_itself: bool


class ConflictView(msgspec.Struct, frozen=True, kw_only=True):
    """One conflict. `base_value` is what the second writer had seen in the field."""

    id: UUID
    at: datetime
    state: Literal["open", "decided"]
    entity: EntityView
    field: FieldView
    base_value: str
    standing: ValueView
    other: ValueView
    decision: DecisionView | None


def list_conflicts(
    session: Session, state: State, wanted: PageWanted, entity_id: UUID | None = None
) -> PageView[ConflictView]:
    """List one page of conflicts, newest first; of one entity alone where it is named."""
    asked: list[ColumnElement[bool]] = [EntityConflict.state.in_(_STATES[state])]
    if entity_id is not None:
        asked.append(EntityConflict.entity_id == entity_id)
    total = count_rows(session, select(EntityConflict.id).where(*asked))
    rows = session.scalars(one_page(select(EntityConflict).where(*asked), EntityConflict.id, wanted)).all()
    return page_of(_views(session, rows), [row.id for row in rows], wanted, total)


def next_conflicts(session: Session, state: State, wanted: PageWanted) -> list[ConflictView]:
    """Read the next piece of an export, uncounted; the last row's id is where the next piece continues."""
    statement = one_page(_in_state(state), EntityConflict.id, wanted).limit(wanted.limit)
    return _views(session, session.scalars(statement).all())


def view_conflict(session: Session, conflict_id: UUID) -> ConflictView | None:
    """Read one conflict; None when there is none."""
    row = session.get(EntityConflict, conflict_id)
    return _views(session, [row])[0] if row else None


def _in_state(state: State) -> Select[EntityConflict]:
    return select(EntityConflict).where(EntityConflict.state.in_(_STATES[state]))


def _views(session: Session, rows: Sequence[EntityConflict]) -> list[ConflictView]:
    values = read_values(session, rows)
    return [_view(row, values) for row in rows]


def _view(row: EntityConflict, values: Values) -> ConflictView:
    label = LABELS[row.kind].get(row.field, row.field)
    choice = _CHOICES.get(row.state)
    is_decided = choice is not None and row.decided_at is not None
    return ConflictView(
        id=row.id,
        at=row.at,
        state="decided" if is_decided else "open",
        entity=EntityView(row.kind, row.entity_id, values.name_of(row), values.mahalle.get(row.entity_id, "")),
        field=FieldView(row.field, label, row.is_sensitive),
        base_value=row.base_value,
        standing=values.standing(row),
        other=values.other(row),
        decision=DecisionView(
            choice, values.people.get(row.decided_by), row.decided_at, by_itself=row.state in {CONCEDED, FOLLOWED}
        )
        if choice and row.decided_at
        else None,
    )
