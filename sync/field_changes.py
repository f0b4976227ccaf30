"""What a door hands in to change an entity, and what it is told; `entity_changes.py` applies it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

ChangeStatus = Literal["applied", "merged", "conflict", "held", "refused"]
ChangeSource = Literal["submission", "operation", "import", "decision"]

UNKNOWN, BASE_UNKNOWN, BAD_FIELD = "entity.unknown", "entity.base_unknown", "entity.bad_field"
_TELL = "Kaydı tabletten silmeyin ve koordinatörünüze haber verin."
SENTENCES = {
    UNKNOWN: f"Değiştirilen kayıt sunucuda yok ya da ekibinizin alanında değil. {_TELL}",
    BASE_UNKNOWN: f"Değişikliğin dayandığı sürüm sunucuda yok. {_TELL}",
    BAD_FIELD: f"Bu alan sahadan değiştirilemez ya da değeri geçersiz: {{fields}}. {_TELL}",
}


class FieldChange(msgspec.Struct, frozen=True):
    """One change of an entity: `values` holds only the fields it sets, as text; empty means none.

    `base_version`, `trunk_version` and `branch_id` are the device's words (ODK Entities 2024.1). Without a
    `base_version`, an office writer goes on with its own branch (an import with the last import). A change with a
    `team_id` comes from the field and may only touch what that team holds. `amends_id`: the `source_id` of the change
    that this one corrects.
    """

    kind: str
    entity_id: UUID
    values: dict[str, str]
    user_id: UUID | None
    team_id: UUID | None
    device_id: str
    source: ChangeSource
    source_id: UUID | None
    at: datetime
    device_time: datetime | None = None
    creates: bool = False
    base_version: int | None = None
    trunk_version: int | None = None
    branch_id: str | None = None
    amends_id: UUID | None = None

    @property
    def from_field(self) -> bool:
        """Whether a tablet made it, rather than somebody in the office."""
        return self.source in {"submission", "operation"}


class FieldConflict(msgspec.Struct, frozen=True):
    """A field whose value was not taken, and the value that stands."""

    field: str
    standing: str


class ChangeOutcome(msgspec.Struct, frozen=True):
    """What became of one change; true only once the caller has committed.

    `version` is the entity's version that the change became; it stood before and says the same where not `is_version`.
    `code` and `sentence` say why it is refused. A form's change is taken without its `bad_fields`; an operation
    with one is refused.
    """

    status: ChangeStatus
    version: int | None = None
    conflicts: tuple[FieldConflict, ...] = ()
    code: str | None = None
    sentence: str | None = None
    bad_fields: tuple[str, ...] = ()
    is_version: bool = True


class ReleasedChange(msgspec.Struct, frozen=True):
    """A change that had been held, and what became of it. `was_made`: the entity had to be made from this update."""

    change: FieldChange
    outcome: ChangeOutcome
    was_made: bool = False


def refuse_change(code: str, fields: tuple[str, ...] = ()) -> ChangeOutcome:
    """Refuse a change with the sentence of its code."""
    return ChangeOutcome(
        "refused", code=code, sentence=SENTENCES[code].format(fields=", ".join(fields)), bad_fields=fields
    )
