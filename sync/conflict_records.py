"""Writing the conflicts of a merge in their order: new ones, those with a later value, those that settle."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.insertion import insert_all
from sync.agreements import Agreement
from sync.entity_records import NewConflict
from sync.tables import EntityConflict

# By entity, field and source.
_Key = tuple[UUID, str, UUID | None]


def write_conflicts(session: Session, conflicts: Sequence[NewConflict | Agreement]) -> None:
    """Store conflicts; where the same hand set another value before, and nobody decided yet, that one's row goes on."""
    touched = {one.entity_id for one in conflicts if isinstance(one, Agreement)}
    touched |= {one.row["entity_id"] for one in conflicts if isinstance(one, NewConflict) and one.replaces}
    rows = _Rows(session, touched)
    for one in conflicts:
        if isinstance(one, Agreement):
            rows.close(one)
        else:
            rows.store(one)
    rows.write()


class _Rows:
    """The open conflicts of the entities in hand: those that stand in the database, and those still to be written."""

    def __init__(self, session: Session, ids: Collection[UUID]) -> None:
        self._session = session
        self._open: dict[_Key, tuple[UUID, str]] = {}
        self._fresh: dict[_Key, dict[str, Any]] = {}
        self._closed: list[dict[str, Any]] = []
        if ids:
            table = EntityConflict
            wanted = select(table.entity_id, table.field, table.source_id, table.id, table.other_value)
            for row in session.execute(wanted.where(table.entity_id.in_(ids), table.state == "open")):
                self._open[(row.entity_id, row.field, row.source_id)] = (row.id, row.other_value)

    def store(self, conflict: NewConflict) -> None:
        """Take up a conflict, in the row of the same hand's earlier value where there is one."""
        row = conflict.row
        earlier: list[_Key] = [(row["entity_id"], row["field"], one) for one in conflict.replaces]
        key: _Key = (row["entity_id"], row["field"], row["source_id"] or row["id"])
        known = next((self._open.pop(one) for one in earlier if one in self._open), None)
        if known is not None:
            self._change(known[0], _renewed(row))
            self._open[key] = (known[0], row["other_value"])
        else:
            mine = next((self._fresh.pop(one) for one in earlier if one in self._fresh), None)
            self._fresh[key] = row if mine is None else mine | _renewed(row)

    def close(self, agreement: Agreement) -> None:
        """Close what both sides agree on now."""
        for source in agreement.sources:
            key: _Key = (agreement.entity_id, agreement.field, source)
            if key in self._open and agreement.other_value in {None, self._open[key][1]}:
                self._change(self._open.pop(key)[0], agreement.closing)
            elif key in self._fresh and agreement.other_value in {None, self._fresh[key]["other_value"]}:
                self._closed.append(self._fresh.pop(key) | agreement.closing)

    def write(self) -> None:
        """Insert what is new."""
        insert_all(self._session, EntityConflict, [*self._closed, *self._fresh.values()])

    def _change(self, conflict_id: UUID, values: dict[str, Any]) -> None:
        self._session.execute(update(EntityConflict).where(EntityConflict.id == conflict_id).values(**values))


def _renewed(row: dict[str, Any]) -> dict[str, Any]:
    """Take the later value and its origin; what the writer had seen at first stays."""
    kept = {"id", "kind", "entity_id", "field", "base_value", "state"}
    return {name: value for name, value in row.items() if name not in kept}
