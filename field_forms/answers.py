"""A filled form in its own words, for whoever reads it in the office: labels, readable answers, photos, repeats.

Shows what is there, also what the form does not know; leaves out book-keeping, notes and calculations without a label.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from field_forms.answer_types import parse_day, parse_moment, parse_time
from field_forms.definition import FormDefinition, FormNode, text_in
from field_forms.points import parse_point
from field_forms.served_lists import SERVED_FILES
from field_forms.submission_xml import SubmissionXml
from field_forms.xml_tree import XmlElement
from foundation.clock import ISTANBUL

AnswerKind = Literal["group", "repeat", "text", "choice", "number", "moment", "point", "file", "unknown"]

_TRUE_WORDS = {"tr": "Evet", "en": "Yes"}
_FALSE_WORDS = {"tr": "Hayır", "en": "No"}
_CHOSEN_WORDS = {"tr": "Listeden seçildi", "en": "Chosen from the list"}
_DONE_WORDS = {"tr": "Onaylandı", "en": "Acknowledged"}


class AnswerView(msgspec.Struct, frozen=True):
    """One line of the page: a question with its readable answer, or a group or repeat with its lines.

    `raw` is the answer as sent; for kind `file` it is the file name, for `point` the coordinates. `number` counts the
    instances of a repeat from 1. `path` is the place in the XML, the same that remarks name.
    """

    path: str
    label: str
    kind: AnswerKind
    text: str = ""
    raw: str = ""
    number: int | None = None
    children: tuple["AnswerView", ...] = ()


ChoiceLabels = Mapping[str, Mapping[str, str]]


def label_answers(
    submission: SubmissionXml,
    definition: FormDefinition | None,
    language: str = "tr",
    *,
    choice_labels: ChoiceLabels | None = None,
) -> list[AnswerView]:
    """Return the answers in the order of the form.

    Without a definition (a version not known here yet) everything is shown raw. `choice_labels` gives, for choice
    lists kept in files, value → label by file name.
    """
    if definition is None or submission.root.name != definition.root:
        return list(_unknown_children(submission.root, f"/{submission.root.name}", frozenset()))
    top = [path for path in definition.nodes if path.count("/") == 2]  # noqa: PLR2004 "/root/child"
    page = _Page(definition, language, choice_labels or {})
    return list(page.children(submission.root, definition.root_path, definition.root_path, top))


class _Page(msgspec.Struct, frozen=True):
    """What every line needs to know."""

    definition: FormDefinition
    language: str
    choice_labels: ChoiceLabels

    def children(self, element: XmlElement, path: str, place: str, nodes: list[str]) -> tuple[AnswerView, ...]:
        views: list[AnswerView] = []
        for child_path in nodes:
            node = self.definition.nodes[child_path]
            found = element.all(node.name)
            for number, child in enumerate(found, start=1):
                numbered = node.is_repeat or len(found) > 1
                own_place = f"{place}/{node.name}[{number}]" if numbered else f"{place}/{node.name}"
                view = self._view(node, child, own_place, number if node.is_repeat else None)
                if view is not None:
                    views.append(view)
        known = frozenset(child_path.removeprefix(f"{path}/") for child_path in nodes)
        return (*views, *_unknown_children(element, place, known))

    def _view(self, node: FormNode, element: XmlElement, place: str, number: int | None) -> AnswerView | None:
        label = text_in(node.labels, self.language)
        if node.kind != "question":
            children = self.children(element, node.path, place, list(node.children))
            if not children:
                return None
            kind: AnswerKind = "repeat" if node.is_repeat else "group"
            return AnswerView(place, label or node.name, kind, number=number, children=children)
        raw = element.text.strip()
        # Notes have no answer; metadata and calculations are shown only when the form gives them a label.
        if not raw or not label:
            return None
        kind, text = self._readable(node, raw)
        return AnswerView(place, label, kind, text=text, raw=raw)

    def _readable(self, node: FormNode, raw: str) -> tuple[AnswerKind, str]:
        if node.choices is not None:
            return "choice", self._choice_text(node, raw)
        if node.control == "trigger":
            return "choice", self._word(_DONE_WORDS)
        kind: AnswerKind = "text"
        text = raw
        match node.data_type:
            case "binary":
                kind = "file"
            case "int" | "integer" | "decimal":
                kind, text = "number", raw.replace(".", ",") if self.language == "tr" else raw
            case "date" | "dateTime" | "time":
                kind, text = "moment", _moment_text(node.data_type, raw)
            case "geopoint":
                kind, text = "point", _point_text(raw)
            case "boolean":
                kind, text = "choice", self._word(_TRUE_WORDS if raw in {"true", "1"} else _FALSE_WORDS)
        return kind, text

    def _choice_text(self, node: FormNode, raw: str) -> str:
        labels = self._labels_of(node)
        if node.choices is not None and node.choices.file_name in SERVED_FILES:
            # An id of ours; whom it stands for is the person of the visit.
            return self._word(_CHOSEN_WORDS)
        values = raw.split() if node.control in {"select", "rank"} else [raw]
        return ", ".join(labels.get(value) or value for value in values)

    def _labels_of(self, node: FormNode) -> Mapping[str, str]:
        choices = node.choices
        if choices is None:
            return {}
        if choices.file_name:
            return self.choice_labels.get(choices.file_name, {})
        return {choice.value: text_in(choice.labels, self.language) for choice in choices.choices}

    def _word(self, words: Mapping[str, str]) -> str:
        return words.get(self.language, words["tr"])


def _unknown_children(element: XmlElement, place: str, known: frozenset[str]) -> tuple[AnswerView, ...]:
    """Show answers the form does not know, raw; `meta` is book-keeping."""
    views: list[AnswerView] = []
    for child in element.children:
        if child.name in known or child.name == "meta":
            continue
        own_place = f"{place}/{child.name}"
        raw = child.text.strip()
        below = _unknown_children(child, own_place, frozenset())
        if raw or below:
            views.append(AnswerView(own_place, child.name, "unknown", text=raw, raw=raw, children=below))
    return tuple(views)


def _moment_text(data_type: str, raw: str) -> str:
    if data_type == "date":
        day: date | None = parse_day(raw)
        return f"{day:%d.%m.%Y}" if day else raw
    if data_type == "time":
        moment_of_day = parse_time(raw)
        return f"{moment_of_day:%H:%M}" if moment_of_day else raw
    moment: datetime | None = parse_moment(raw)
    if moment is None:
        return raw
    return f"{moment.astimezone(ISTANBUL) if moment.tzinfo else moment:%d.%m.%Y %H:%M}"


def _point_text(raw: str) -> str:
    point = parse_point(raw)
    if point is None:
        return raw
    accuracy = f" (±{point.accuracy_m:.0f} m)" if point.accuracy_m else ""
    return f"{point.lat:.6f}, {point.lon:.6f}{accuracy}"
