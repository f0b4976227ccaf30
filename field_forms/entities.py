"""Entity declarations of a submission (ODK Entities 2024.1 and 2025.1): what it creates or updates, where it stands.

Only reads; what becomes of a declaration (a finding a request, a household updated) is decided by who asked. A
malformed declaration still yields an entity with a derived id, because a finding must not be lost to a broken client.
"""

import re
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from field_forms.definition import KEPT_PLANS, DeclaredEntity, FormDefinition, FormNode
from field_forms.points import Point, parse_point
from field_forms.remarks import Remark
from field_forms.submission_xml import SubmissionXml
from field_forms.xml_tree import XmlElement

_GEOMETRY = "geometry"
_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRUE = frozenset({"1", "true"})
_MAX_DIGITS = 9
_Names = tuple[str, ...]


class EntityDeclaration(msgspec.Struct, frozen=True):
    """One `meta/entity` of a submission with the answers saved to it.

    `container` is its place with the repeat's position (`/data/talepler[2]`; `/data` for the form itself). `point` is
    the property `geometry`, else the first geopoint of the container. `photo_names` are the files named in it.
    """

    dataset: str
    entity_id: str
    creates: bool
    updates: bool
    label: str
    properties: dict[str, str]
    base_version: int | None
    trunk_version: int | None
    branch_id: str | None
    container: str
    point: Point | None
    photo_names: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()
    # False where the client left the id out: an update of a choice that was not made.
    is_named: bool = True


class _Placed(msgspec.Struct, frozen=True):
    """An entity element, the container it stands in, and that container's place."""

    place: str
    container: XmlElement
    entity: XmlElement


class _ContainerPlan(msgspec.Struct, frozen=True, eq=False):
    """Where a container stands and which answers below it belong to its entity, by the names that lead to them.

    Of each name that leads from the root to the container: whether it is a repeat.
    """

    declared: DeclaredEntity
    way: tuple[tuple[str, bool], ...]
    properties: tuple[tuple[str, _Names], ...]
    points: tuple[_Names, ...]
    files: tuple[_Names, ...]


def read_entities(submission: SubmissionXml, definition: FormDefinition) -> list[EntityDeclaration]:
    """Return the declarations of a submission in the order of the form, then of its repeats. Never raises."""
    if submission.root.name != definition.root:
        return []
    seen: set[str] = set()
    return [
        _declaration(submission, plan, _Placed(place, container, entity), seen)
        for plan in _plans_of(definition)
        for place, container in _containers(submission.root, plan)
        for entity in _declared_in(container, plan.declared.dataset)
    ]


def _declared_in(container: XmlElement, dataset: str) -> list[XmlElement]:
    meta = container.first("meta")
    found = meta.all("entity") if meta else []
    return [entity for entity in found if entity.attributes.get("dataset", "").strip() == dataset]


@lru_cache(maxsize=KEPT_PLANS)
def _plans_of(definition: FormDefinition) -> tuple[_ContainerPlan, ...]:
    return tuple(_plan(definition, declared) for declared in definition.entities)


def _plan(definition: FormDefinition, declared: DeclaredEntity) -> _ContainerPlan:
    owners = {entity.container for entity in definition.entities}
    below = [
        node
        for path, node in definition.nodes.items()
        if node.kind == "question" and _owner(definition, path, owners) == declared.container
    ]

    def names(node: FormNode) -> _Names:
        return tuple(node.path[len(declared.container) + 1 :].split("/"))

    return _ContainerPlan(
        declared=declared,
        way=_way_to(definition, declared.container),
        properties=tuple((node.save_to, names(node)) for node in below if node.save_to),
        points=tuple(names(node) for node in _geometry_first(below)),
        files=tuple(names(node) for node in below if node.is_binary),
    )


def _way_to(definition: FormDefinition, container: str) -> tuple[tuple[str, bool], ...]:
    way = []
    path = definition.root_path
    for name in container.split("/")[2:]:
        path = f"{path}/{name}"
        node = definition.nodes.get(path)
        way.append((name, node is not None and node.is_repeat))
    return tuple(way)


def _geometry_first(nodes: list[FormNode]) -> list[FormNode]:
    points = [node for node in nodes if node.data_type == "geopoint"]
    return sorted(points, key=lambda node: node.save_to != _GEOMETRY)


def _owner(definition: FormDefinition, path: str, owners: set[str]) -> str | None:
    """Find the container whose entity a question belongs to: the nearest above, not beyond a repeat."""
    while "/" in path[1:]:
        path = path.rpartition("/")[0]
        if path in owners:
            return path
        node = definition.nodes.get(path)
        if node is not None and node.is_repeat:
            return None
    return None


def _containers(root: XmlElement, plan: _ContainerPlan) -> list[tuple[str, XmlElement]]:
    """Find the instances of a container; a position is written for every repeat on the way, also for a single one."""
    found = [(f"/{root.name}", root)]
    for name, repeats in plan.way:
        found = [
            (f"{place}/{name}[{number}]" if repeats else f"{place}/{name}", child)
            for place, element in found
            for number, child in enumerate(element.all(name), start=1)
        ]
    return found


def _declaration(submission: SubmissionXml, plan: _ContainerPlan, placed: _Placed, seen: set[str]) -> EntityDeclaration:
    place, container, entity = placed.place, placed.container, placed.entity
    attributes = entity.attributes
    label = entity.first("label")
    entity_id, remarks = _entity_id(submission, plan.declared.dataset, place, attributes.get("id", "").strip(), seen)
    return EntityDeclaration(
        dataset=plan.declared.dataset,
        entity_id=entity_id,
        creates=attributes.get("create", "").strip() in _TRUE,
        updates=attributes.get("update", "").strip() in _TRUE,
        label=label.text.strip() if label else "",
        properties={name: text for name, names in plan.properties if (text := container.text_below(names)) is not None},
        base_version=_version(attributes.get("baseVersion", "")),
        trunk_version=_version(attributes.get("trunkVersion", "")),
        branch_id=attributes.get("branchId", "").strip() or None,
        container=place,
        point=_first_point(container, plan.points),
        photo_names=tuple(dict.fromkeys(text for names in plan.files if (text := container.text_below(names)))),
        remarks=remarks,
        is_named=attributes.get("id", "").strip() != "",
    )


def _entity_id(
    submission: SubmissionXml, dataset: str, place: str, written: str, seen: set[str]
) -> tuple[str, tuple[Remark, ...]]:
    """Return the id as canonical UUID text; a missing, malformed or repeated one is derived, always the same way.

    A missing one earns no remark: xforms-engine leaves it out of a first repeat that was closed when the form opened.
    """
    entity_id = _canonical(written)
    if entity_id and f"{dataset} {entity_id}" not in seen:
        seen.add(f"{dataset} {entity_id}")
        return entity_id, ()
    derived = str(uuid5(NAMESPACE_URL, f"{submission.instance_id} {dataset} {place}"))
    seen.add(f"{dataset} {derived}")
    if not written:
        return derived, ()
    code = "entity.repeated_id" if entity_id else "entity.malformed_id"
    return derived, (Remark(code, place, "Kaydın kimliği eksik ya da hatalı geldi; yerine yenisi verildi."),)


def _canonical(written: str) -> str:
    """Return a UUID as canonical text, which is how every client of ours writes it; empty where it is none."""
    if _CANONICAL.fullmatch(written):
        return written
    try:
        return str(UUID(written.removeprefix("uuid:")))
    except ValueError:
        return ""


def _version(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


def _first_point(container: XmlElement, questions: tuple[_Names, ...]) -> Point | None:
    for names in questions:
        point = parse_point(container.text_below(names) or "")
        if point is not None:
            return point
    return None
