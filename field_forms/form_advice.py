"""What a form's author should know before publishing: mistakes that stop it, habits that will cost somebody later.

The advice on entities comes from how clients behave: a repeat starts with one instance that writes `create="1"` and an
id, so findings that are not asked for still open an empty request unless a condition says otherwise.
"""

from collections.abc import Sequence
from typing import Any

from field_forms.compile_problems import FormProblem
from field_forms.definition import DeclaredEntity, FormDefinition, FormNode
from field_forms.xpath_syntax import find_mistake

FINDINGS_LIST = "talepler"
_FINDING_PROPERTIES = ("kategori", "aciklama", "geometry", "foto")


def find_mistyped_expressions(definition: FormDefinition, survey_rows: Sequence[dict[str, Any]]) -> list[FormProblem]:
    """Return the expressions that no client can read; a form with one does not open on any tablet."""
    rows = {str(row.get("name", "")).strip(): number for number, row in enumerate(survey_rows, start=2)}
    return [
        FormProblem("survey", rows.get(node.name), column, f"«{node.name}»: {mistake}")
        for node in definition.nodes.values()
        for column, written in _expressions(node)
        if (mistake := find_mistake(written))
    ]


def advise(definition: FormDefinition) -> list[str]:
    """Return advice that does not stop publishing, as Turkish sentences."""
    return [sentence for declared in definition.entities for sentence in _on_entity(definition, declared)]


def _expressions(node: FormNode) -> list[tuple[str, str]]:
    stated = [
        ("relevant", node.relevant),
        ("constraint", node.constraint),
        ("required", node.required),
        ("calculation", node.calculate),
    ]
    return [(column, written) for column, written in stated if written]


def _on_entity(definition: FormDefinition, declared: DeclaredEntity) -> list[str]:
    sentences: list[str] = []
    container = definition.nodes.get(declared.container)
    if container is not None and container.is_repeat and declared.create_if == "":
        sentences.append(
            f"«{declared.dataset}» kaydında create_if yok: hiç doldurulmamış bir tekrar da boş kayıt açar. "
            "entities sayfasında create_if yazın."
        )
    if declared.update_if == "":
        sentences.append(
            f"«{declared.dataset}» kaydında update_if yok: kimliği boş bir güncelleme gönderilir. update_if yazın."
        )
    if declared.dataset == FINDINGS_LIST:
        prefix = f"{declared.container}/"
        saved = {node.save_to for path, node in definition.nodes.items() if path.startswith(prefix)}
        missing = [name for name in _FINDING_PROPERTIES if name not in saved]
        if missing:
            names = ", ".join(missing)
            sentences.append(f"Talep açan kayıtta save_to ile yazılmayanlar var: {names}. Talep bunlarsız açılır.")
    return sentences
