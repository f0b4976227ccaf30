"""What a package says about its kind of entity, so that `entity_changes.py` can merge it without knowing it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from sync.change_log import FeedChanges
from sync.field_changes import FieldChange


class Entity(msgspec.Struct):
    """An entity in hand: locked, changed in memory, stored at the end.

    `changeable_in`: the areas whose teams may change it. `held_in`: the areas whose tablets hold it so far. `columns`
    are the other columns of its row, which only its kind reads.
    """

    id: UUID
    version: int
    fields: dict[str, str]
    changeable_in: frozenset[str]
    held_in: frozenset[str] = frozenset()
    columns: dict[str, Any] = {}


class Cleaned(NamedTuple):
    """Values as they are stored, and the names of fields whose value cannot be one, or without which there is none."""

    values: dict[str, str]
    bad: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Successor(NamedTuple):
    """What an entity that is gone has become: another one, at that one's `version`.

    `fields` and `version_gone` are of the one that is gone, as it stood last. `changeable_in`: the areas whose teams
    might have changed it, and may now change what it became.
    """

    id: UUID
    version: int
    fields: Mapping[str, str]
    version_gone: int
    changeable_in: frozenset[str]


class EntityKind(Protocol):
    """One kind of entity: which fields it has, who may write them, where it is stored, who holds it."""

    @property
    def name(self) -> str:
        """The kind in changes and in the feed."""

    @property
    def sensitive(self) -> frozenset[str]:
        """Fields whose change goes to a person when anybody else changed the entity meanwhile."""

    @property
    def created_in_the_field(self) -> bool:
        """Whether a tablet may create one; an update may then come before its creation."""

    def writable(self, change: FieldChange) -> Collection[str]:
        """Name the fields that this change may set; pure."""

    def clean(self, values: Mapping[str, str], *, creates: bool) -> Cleaned:
        """Check values and bring them into the form in which they are stored; pure."""

    def impossible(
        self, fields: Mapping[str, str], taken: Mapping[str, str], change: FieldChange
    ) -> Collection[str]:  # fmt: skip
        """Name those of the `taken` fields that cannot follow what stands: a person decides them; pure."""

    def load(self, session: Session, ids: Collection[UUID], at: datetime) -> dict[UUID, Entity]:
        """Load those that are there, FOR UPDATE in the order of their ids."""

    def successors(self, session: Session, ids: Collection[UUID], at: datetime) -> Mapping[UUID, Successor]:
        """Say which of these, none of which is there, have become another one."""

    def make(self, change: FieldChange) -> Entity:
        """Make one that is not there, without fields, at version 0; pure."""

    def store(self, session: Session, entities: Sequence[Entity], feed: FeedChanges, at: datetime) -> None:
        """Write changed and new ones, and tell the areas that hold them, or hold them no longer."""
