"""Targets and assignments as the two entity lists that forms use: what ODK Collect downloads for a team.

The rows are those of the feed in the team's areas, so the scope is the very one of the tablets of our own. Collect
stops reading a list silently at a row with an empty name, an empty label or a version that is no integer.
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from field_forms.served_lists import ASSIGNMENT_LIST, TARGET_LIST
from sync.areas import areas_of_team
from sync.tables import FeedBody, FeedEntry, SequenceCounter
from visits.tables import VisitTarget
from visits.target_areas import ASSIGNMENT, STAYS_FOR, TARGET
from visits.target_fields import NAMELESS

# Properties in the order of the columns behind name, label and __version.
TARGET_PROPERTIES = (
    "tur", "ad", "yetkili", "telefon", "telefon_2", "adres", "uavt", "geometry", "not", "ziyaret_edilmesin"
)  # fmt: skip
ASSIGNMENT_PROPERTIES = ("hedef", "tur", "gun", "sira", "durum", "neden", "tekrar_tarihi")
# Assignments that nobody has to choose any more.
SETTLED = frozenset({"yapildi", "iptal"})

_KIND_OF = {TARGET_LIST: TARGET, ASSIGNMENT_LIST: ASSIGNMENT}
# Asked for with the ids as parameters, of which SQLite takes some thousands.
_ASKED_AT_ONCE = 500


class ListedEntity(msgspec.Struct, frozen=True):
    """An entity as the feed holds it."""

    id: str
    version: int
    fields: dict[str, str]


class ListScope(NamedTuple):
    """Whose lists, and on which day: a team's areas."""

    areas: Sequence[str]
    today: date


def scope_of_lists(session: Session, team_id: UUID, today: date) -> ListScope:
    """Find what the lists of a team are made of today."""
    return ListScope(areas_of_team(session, team_id), today)


def tag_lists(session: Session, scope: ListScope) -> dict[str, str]:
    """Return the change tag of each list, `md5:` and 32 digits: another tag where anything in it may have changed.

    Labels of assignments hold names of targets, so these count there, too. Three look-ups in indexes, no row is read.
    """
    epoch = session.scalar(select(SequenceCounter.epoch))
    highest = _highest_sequences(session, scope.areas)
    targets = (epoch, *scope.areas, highest[TARGET])
    return {
        TARGET_LIST: _tag(TARGET_LIST, *targets),
        ASSIGNMENT_LIST: _tag(ASSIGNMENT_LIST, *targets, highest[ASSIGNMENT], scope.today),
    }


def write_list(session: Session, name: str, scope: ListScope) -> bytes:
    """Write one of the lists as CSV: `name,label,__version` and the properties."""
    if name == TARGET_LIST:
        return write_targets(_held_targets(session, scope.areas))
    assignments = [entity for entity in _held(session, ASSIGNMENT, scope.areas) if is_offered(entity, scope.today)]
    targets = _by_ids(session, {entity.fields.get("hedef", "") for entity in assignments})
    return write_assignments(assignments, targets)


def find_gone(session: Session, name: str, scope: ListScope, ids: Collection[UUID]) -> set[UUID]:
    """Return those of `ids` that a tablet shall hold no longer: removed, or another team's, which looks the same.

    An id that never arrived is not among them: a tablet asks about what it made itself and may not have sent yet.
    """
    gone: set[UUID] = set()
    asked = sorted(ids)
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[start : start + _ASKED_AT_ONCE]
        told = select(FeedEntry.entity_id).where(FeedEntry.kind == _KIND_OF[name], FeedEntry.entity_id.in_(some))
        held = told.where(FeedEntry.area.in_(scope.areas), FeedEntry.is_removed.is_(False))
        gone |= set(session.scalars(told)) - set(session.scalars(held))
    return gone


def write_targets(targets: Iterable[ListedEntity]) -> bytes:
    """Write the list of targets in the order given. Pure."""
    return _write(TARGET_PROPERTIES, ((target, label_target(target.fields)) for target in targets))


def write_assignments(assignments: Iterable[ListedEntity], targets: dict[str, ListedEntity]) -> bytes:
    """Write the list of assignments in the order in which they are to be made. Pure."""
    in_order = sorted(assignments, key=lambda one: (one.fields.get("gun", ""), _position(one), one.id))
    labelled = [(one, label_assignment(one, targets.get(one.fields.get("hedef", "")))) for one in in_order]
    return _write(ASSIGNMENT_PROPERTIES, labelled)


def label_target(fields: dict[str, str]) -> str:
    """Name a target in a list: who and where, never nothing."""
    named = (fields.get("ad") or fields.get("yetkili") or "", fields.get("adres") or "")
    return " – ".join(part for text in named if (part := _one_line(text))) or NAMELESS


def label_assignment(assignment: ListedEntity, target: ListedEntity | None) -> str:
    """Name an assignment by its place in the day and its target: `3. Ayşe Yılmaz – Gül Sk. 12/3`."""
    position = _position(assignment)
    who = label_target(target.fields if target else {})
    return f"{position}. {who}" if position else who


def is_offered(assignment: ListedEntity, today: date) -> bool:
    """Say whether a worker may still choose an assignment: not settled, and its day no longer past than a week."""
    day = assignment.fields.get("gun", "")
    return assignment.fields.get("durum") not in SETTLED and day >= (today - STAYS_FOR).isoformat()


def _position(assignment: ListedEntity) -> int:
    written = assignment.fields.get("sira", "")
    return int(written) if written.isascii() and written.isdigit() else 0


def _write(properties: Sequence[str], labelled: Iterable[tuple[ListedEntity, str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("name", "label", "__version", *properties))
    writer.writerows(
        (entity.id, label, entity.version, *(_one_line(entity.fields.get(name, "")) for name in properties))
        for entity, label in labelled
    )
    return stream.getvalue().encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _held(session: Session, kind: str, areas: Sequence[str]) -> list[ListedEntity]:
    bodies = session.scalars(_bodies(kind, areas, FeedBody.body))
    return [_entity(body) for body in bodies]


def _held_targets(session: Session, areas: Sequence[str]) -> list[ListedEntity]:
    """Read targets in the order of the Turkish alphabet, by the key that is kept beside them."""
    keyed = _bodies(TARGET, areas, FeedBody.body, VisitTarget.sort_key)
    rows = session.execute(keyed.join(VisitTarget, VisitTarget.id == FeedBody.entity_id)).all()
    return [_entity(body) for body, _ in sorted(rows, key=lambda row: (row.sort_key, row.body))]


def _bodies(kind: str, areas: Sequence[str], *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns of any type
    held = select(FeedEntry.entity_id).where(
        FeedEntry.area.in_(areas), FeedEntry.kind == kind, FeedEntry.is_removed.is_(False)
    )
    return select(*columns).where(FeedBody.kind == kind, FeedBody.entity_id.in_(held))


def _by_ids(session: Session, ids: Collection[str]) -> dict[str, ListedEntity]:
    asked = sorted(UUID(written) for written in ids if written)
    found: dict[str, ListedEntity] = {}
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[start : start + _ASKED_AT_ONCE]
        bodies = select(FeedBody.body).where(FeedBody.kind == TARGET, FeedBody.entity_id.in_(some))
        found.update({entity.id: entity for entity in map(_entity, session.scalars(bodies))})
    return found


_DECODER = msgspec.json.Decoder(ListedEntity)


def _entity(body: str) -> ListedEntity:
    return _DECODER.decode(body)


def _highest_sequences(session: Session, areas: Sequence[str]) -> dict[str, int]:
    """Return the highest sequence of each kind in these areas; one look-up at the end of an index for each area."""
    questions = [
        select(
            literal(kind).label("kind"),
            select(func.max(FeedEntry.sequence))
            .where(FeedEntry.area == area, FeedEntry.kind == kind)
            .scalar_subquery()
            .label("highest"),
        )
        for kind in _KIND_OF.values()
        for area in areas
    ]
    highest = dict.fromkeys(_KIND_OF.values(), 0)
    for kind, sequence in session.execute(union_all(*questions)):
        highest[kind] = max(highest[kind], sequence or 0)
    return highest


def _tag(*parts: object) -> str:
    content = "\n".join(map(str, parts)).encode()
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
