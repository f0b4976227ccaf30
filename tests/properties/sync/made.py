"""What people did in a walk of the machine, remembered by the test alone: the yardstick of every check."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec


class MadeEdit(NamedTuple):
    """One change of an entity: what was set, and what stood before the writer's eyes."""

    entity_id: str
    fields: dict[str, str]
    seen: dict[str, str]
    author: str


class MadeForm(NamedTuple):
    """One filled form: its version, its findings by id, and its photos' hashes by file name."""

    instance_id: str
    xml: bytes
    version: str
    findings: frozenset[UUID]
    photos: dict[str, str]


class Made(msgspec.Struct):
    """Everything that was made. Keys are operation ids; Collect's posts have their instance id."""

    edits: dict[str, MadeEdit] = {}
    forms: dict[str, MadeForm] = {}
    # Which tablet (its number) made the operation.
    on_tablet: dict[str, int] = {}
    # Instance ids that Collect was told 201 for.
    taken_from_collect: set[str] = set()
    # Versions of the form that are not published yet.
    unknown_versions: set[str] = set()
    # What each operation was answered when it was acknowledged first.
    answered: dict[str, dict[str, Any]] = {}
