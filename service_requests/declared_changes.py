"""Changes of targets and assignments that a form declares (ODK Entities), and what is remarked of their outcomes. Pure.

The submission itself is always accepted; what its declaration could not do is a flag on it. How changes are merged is
`sync/entity_changes.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from field_forms.entities import EntityDeclaration
from field_forms.remarks import Remark
from field_forms.served_lists import ASSIGNMENT_LIST, TARGET_LIST
from sync.field_changes import BAD_FIELD, BASE_UNKNOWN, UNKNOWN, ChangeOutcome, FieldChange
from visits import assignment_fields, target_fields
from visits.target_areas import ASSIGNMENT, TARGET

KIND_OF_LIST = {TARGET_LIST: TARGET, ASSIGNMENT_LIST: ASSIGNMENT}
LABELS = {TARGET: target_fields.LABELS, ASSIGNMENT: assignment_fields.LABELS}
HELD, CONFLICT, MADE = "entity.held", "entity.conflict", "entity.made_from_update"
_LONGEST_BRANCH = 64

_SENTENCES = {
    UNKNOWN: "Değiştirilen kayıt sunucuda yok ya da bu ekibin alanında değil; değişiklik uygulanmadı.",
    BASE_UNKNOWN: "Değişikliğin dayandığı sürüm sunucuda yok; değişiklik uygulanmadı.",
    HELD: "Bu değişiklikten önceki henüz gelmedi; gelince, en geç beş gün sonra uygulanacak.",
    MADE: "Kaydın ilk gönderimi beş günde gelmedi; kayıt bu değişiklikten oluşturuldu.",
}


class DeclaredChange(msgspec.Struct, frozen=True):
    """What a form creates or changes; `place` is the container in the XML, for remarks."""

    kind: str
    entity_id: UUID
    values: dict[str, str]
    creates: bool
    base_version: int | None
    trunk_version: int | None
    branch_id: str | None
    place: str


def read_declared(declared: Iterable[EntityDeclaration]) -> list[DeclaredChange]:
    """Read what is declared of the lists that are served; an update of nothing chosen declares nothing."""
    return [
        DeclaredChange(
            kind=KIND_OF_LIST[entity.dataset],
            entity_id=UUID(entity.entity_id),
            values=_values(entity),
            creates=entity.creates,
            base_version=entity.base_version,
            trunk_version=entity.trunk_version,
            branch_id=entity.branch_id[:_LONGEST_BRANCH] if entity.branch_id else None,
            place=entity.container,
        )
        for entity in declared
        if entity.dataset in KIND_OF_LIST and (entity.creates or (entity.updates and entity.is_named))
    ]


def _values(entity: EntityDeclaration) -> dict[str, str]:
    if not entity.creates:
        return entity.properties
    # Who is made without a name of its own goes by its label, which is how the list on the tablet shows it.
    labelled = {"ad": entity.label} if entity.label and entity.dataset == TARGET_LIST else {}
    return labelled | {name: text for name, text in entity.properties.items() if text}


def visited_columns(changes: Sequence[DeclaredChange]) -> dict[str, Any]:
    """Say whom the visit went to, and as what it was planned: the columns of `submission`."""
    named = {change.kind: change.entity_id for change in reversed(changes)}
    return {"target_id": named.get(TARGET), "named_target_id": None, "assignment_id": named.get(ASSIGNMENT)}


def change_of_row(declared: DeclaredChange, row: Mapping[str, Any], device_time: Any) -> FieldChange:  # noqa: ANN401 - a moment or None, of a row
    """Make the change that the submission of this row asks for."""
    return FieldChange(
        kind=declared.kind,
        entity_id=declared.entity_id,
        values=declared.values,
        user_id=row["user_id"],
        team_id=row["team_id"],
        device_id=row["device_id"],
        source="submission",
        source_id=row["id"],
        at=row["received_at"],
        device_time=device_time,
        creates=declared.creates,
        base_version=declared.base_version,
        trunk_version=declared.trunk_version,
        branch_id=declared.branch_id,
        amends_id=row["amends_id"],
    )


def remark_outcome(kind: str, place: str, outcome: ChangeOutcome, *, was_made: bool = False) -> list[Remark]:
    """Say in words what a declaration could not do; fields by their labels, never by what was in them."""
    remarks: list[Remark] = []
    if outcome.code in _SENTENCES:
        remarks.append(Remark(outcome.code, place, _SENTENCES[outcome.code]))
    if outcome.bad_fields:
        sentence = f"Uygulanmayan alanlar (değiştirilemez ya da geçersiz): {_named(kind, outcome.bad_fields)}."
        remarks.append(Remark(BAD_FIELD, place, sentence))
    if outcome.conflicts:
        fields = _named(kind, [conflict.field for conflict in outcome.conflicts])
        sentence = f"Başkası da değiştirmiş: {fields}. İlk değer duruyor; çelişki koordinatörün kararını bekliyor."
        remarks.append(Remark(CONFLICT, place, sentence))
    if outcome.status == "held":
        remarks.append(Remark(HELD, place, _SENTENCES[HELD]))
    if was_made:
        remarks.append(Remark(MADE, place, _SENTENCES[MADE]))
    return remarks


def _named(kind: str, fields: Iterable[str]) -> str:
    # What the list does not know may hold anything, a name too.
    labels = LABELS[kind]
    return ", ".join(dict.fromkeys(labels.get(field, "listede olmayan bir alan") for field in fields))
