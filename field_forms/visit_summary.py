"""The few facts a list shows of a submission, found by the question names that every form of ours uses.

A form that has none of these names still works: its rows in the lists are only barer. The names are written down for
form authors in `docs/forms.md`.
"""

from functools import lru_cache

import msgspec

from field_forms.definition import KEPT_PLANS, ChoiceList, FormDefinition, text_in
from field_forms.submission_xml import SubmissionXml
from geo.turkish import search_key

# The last ones are of the target that was chosen from the list: nobody types again what is known.
PERSON_NAMES = ("ad_soyad", "isletme_adi", "kurum_adi", "hedef_adi")
ADDRESS_NAMES = ("sokak", "kapi_no", "daire_no")
TARGET_ADDRESS_NAME = "hedef_adresi"
RESULT_NAME = "sonuc"

_LONGEST = 200


class VisitSummary(msgspec.Struct, frozen=True):
    """Who, where in words, and with what result."""

    person_name: str | None
    address: str | None
    result: str | None
    search_key: str


class _SummaryPaths(msgspec.Struct, frozen=True):
    person: tuple[str, ...]
    address: tuple[str, ...]
    target_address: str | None
    result: str | None
    # What is shown of each choice of the result.
    result_labels: dict[str, str]


def summarise(submission: SubmissionXml, definition: FormDefinition) -> VisitSummary:
    """Read the summary of one submission."""
    paths = _find_paths(definition)
    person = next((text[:_LONGEST] for path in paths.person if (text := submission.text_at(path))), None)
    typed = " ".join(text for path in paths.address if (text := submission.text_at(path)))
    known = submission.text_at(paths.target_address) if paths.target_address else None
    address = (typed or known or "")[: 2 * _LONGEST] or None
    return VisitSummary(
        person_name=person,
        address=address,
        result=_result(submission, paths),
        search_key=search_key(f"{person or ''} {address or ''}")[:700],
    )


@lru_cache(maxsize=KEPT_PLANS)
def _find_paths(definition: FormDefinition) -> _SummaryPaths:
    by_name = {node.name: node for node in reversed(list(definition.nodes.values())) if node.kind == "question"}
    result, target_address = by_name.get(RESULT_NAME), by_name.get(TARGET_ADDRESS_NAME)
    return _SummaryPaths(
        target_address=target_address.path if target_address else None,
        person=tuple(by_name[name].path for name in PERSON_NAMES if name in by_name),
        address=tuple(by_name[name].path for name in ADDRESS_NAMES if name in by_name),
        result=result.path if result else None,
        result_labels=_labels(result.choices) if result and result.choices else {},
    )


def _labels(choices: ChoiceList) -> dict[str, str]:
    """Return the label of each value; where a value stands twice, the first one's."""
    labels: dict[str, str] = {}
    for choice in choices.choices:
        labels.setdefault(choice.value, (text_in(choice.labels, "tr") or choice.value)[:_LONGEST])
    return labels


def _result(submission: SubmissionXml, paths: _SummaryPaths) -> str | None:
    value = submission.text_at(paths.result) if paths.result else None
    # Also shown to those who see no persons, so nothing that somebody typed.
    return paths.result_labels.get(value) or None if value else None
