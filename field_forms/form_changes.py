"""What changed between two versions of a form, and which of it breaks with the answers that are there. Pure.

A question is known by its name, as lists, reports and exports know it. A change *breaks* where an answer of the older
version could not be given in the newer one: a question or choice is gone, a type is narrower, a question repeats now
or no longer does. Nothing that was sent is lost by it (a version reads its own answers for ever), but figures over both
versions no longer say the same; so it is shown before publishing.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import msgspec

from field_forms.definition import FormDefinition, FormNode, text_in

ChangeKind = Literal[
    "question_added", "question_removed", "type_changed", "repeat_changed", "label_changed", "choice_added",
    "choice_removed", "choice_label_changed", "required_changed", "rule_changed", "list_changed",
]  # fmt: skip
ChoiceLabels = Mapping[str, Mapping[str, str]]


class FormChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change: of which question (name and label), from what to what in words, and whether old answers break."""

    kind: ChangeKind
    question: str
    label: str
    before: str = ""
    after: str = ""
    breaks: bool = False


# What an answer is, in words; the body's control tells selects apart, the bind's type the rest.
_TYPE_NAMES = {
    "int": "tam sayı", "decimal": "ondalık sayı", "date": "tarih", "dateTime": "tarih ve saat", "time": "saat",
    "geopoint": "nokta", "geotrace": "çizgi", "geoshape": "alan", "binary": "dosya ya da fotoğraf", "barcode": "barkod",
    "select1": "tek seçim", "select": "çok seçim", "rank": "sıralama", "trigger": "onay", "string": "metin",
}  # fmt: skip
_CHOSEN = ("select1", "select", "rank", "trigger")
# What every answer of the first can also be in the second.
_WIDER = {
    ("int", "decimal"), ("int", "string"), ("decimal", "string"), ("date", "string"), ("dateTime", "string"),
    ("time", "string"), ("barcode", "string"), ("select1", "string"), ("select1", "select"), ("select", "string"),
    ("geopoint", "string"),
}  # fmt: skip


class Version(msgspec.Struct, frozen=True):
    """One version with the choices that it keeps in files, by file name: value -> label."""

    definition: FormDefinition
    choice_labels: ChoiceLabels = {}


def compare_versions(older: Version, newer: Version) -> list[FormChange]:
    """List the changes in the order of the newer form, what is gone first."""
    before, after = _questions(older.definition), _questions(newer.definition)
    changes = [
        FormChange(
            kind="question_removed", question=name, label=node.label(), before=_type_name(node), breaks=_is_asked(node)
        )
        for name, node in before.items()
        if name not in after
    ]
    for name, node in after.items():
        if name in before:
            changes += _compare(_Pair(older, before[name]), _Pair(newer, node))
        else:
            changes.append(FormChange(kind="question_added", question=name, label=node.label(), after=_type_name(node)))
    return changes


class _Pair(msgspec.Struct, frozen=True):
    """A question in its version."""

    version: Version
    node: FormNode


def _questions(definition: FormDefinition) -> dict[str, FormNode]:
    """Return what can be answered by name; of a name that stands more than once, by its path."""
    nodes = [node for node in definition.nodes.values() if node.kind == "question"]
    often = Counter(node.name for node in nodes)
    return {node.name if often[node.name] == 1 else node.path: node for node in nodes}


def _compare(old: _Pair, new: _Pair) -> list[FormChange]:
    found = [*_type_changes(old.node, new.node), *_choice_changes(old, new), *_rule_changes(old.node, new.node)]
    if _repeats(old) != _repeats(new):
        found.append(("repeat_changed", _repeat_word(old), _repeat_word(new), True))
    if old.node.label() != new.node.label() and _is_asked(new.node):
        found.append(("label_changed", old.node.label(), new.node.label(), False))
    return [
        FormChange(kind=kind, question=new.node.name, label=new.node.label(), before=before, after=after, breaks=breaks)
        for kind, before, after, breaks in found
    ]


_Found = tuple[ChangeKind, str, str, bool]


def _type_changes(old: FormNode, new: FormNode) -> list[_Found]:
    was, now = _type(old), _type(new)
    if was == now or not (_is_asked(old) or _is_asked(new)):
        return []
    return [("type_changed", _type_name(old), _type_name(new), _is_asked(old) and (was, now) not in _WIDER)]


def _choice_changes(old: _Pair, new: _Pair) -> list[_Found]:
    if old.node.choices is None or new.node.choices is None:
        return []
    before, after = _choices(old), _choices(new)
    if before is None or after is None:
        is_other = old.node.choices.file_name != new.node.choices.file_name
        names = (old.node.choices.file_name or "", new.node.choices.file_name or "")
        return [("list_changed", *names, True)] if is_other else []
    gone: list[_Found] = [("choice_removed", label, "", True) for value, label in before.items() if value not in after]
    come: list[_Found] = [("choice_added", "", label, False) for value, label in after.items() if value not in before]
    renamed: list[_Found] = [
        ("choice_label_changed", label, after[value], False)
        for value, label in before.items()
        if value in after and after[value] != label
    ]
    return [*gone, *come, *renamed]


def _choices(pair: _Pair) -> Mapping[str, str] | None:
    """Return value -> label; None for a list that is known on the tablet alone (an entity list)."""
    choices = pair.node.choices
    if choices is None:
        return None
    if choices.file_name:
        return pair.version.choice_labels.get(choices.file_name)
    return {choice.value: text_in(choice.labels, "tr") or choice.value for choice in choices.choices}


def _rule_changes(old: FormNode, new: FormNode) -> list[_Found]:
    found: list[_Found] = []
    if bool(old.required) != bool(new.required):
        words = {True: "zorunlu", False: "isteğe bağlı"}
        found.append(("required_changed", words[bool(old.required)], words[bool(new.required)], False))
    for was, now in ((old.relevant, new.relevant), (old.constraint, new.constraint), (old.calculate, new.calculate)):
        if was != now:
            found.append(("rule_changed", was or "", now or "", False))
    return found


def _is_asked(node: FormNode) -> bool:
    """Whether somebody answers it: not metadata, not a calculation, not a note."""
    return bool(node.control) and not node.readonly


def _type(node: FormNode) -> str:
    return node.control if node.control in _CHOSEN else node.data_type


def _type_name(node: FormNode) -> str:
    return _TYPE_NAMES.get(_type(node), _type(node)) if _is_asked(node) else "hesap ya da not"


def _repeats(pair: _Pair) -> tuple[str, ...]:
    """Name the repeats that a question stands in."""
    steps = pair.node.path.split("/")
    above = ("/".join(steps[:length]) for length in range(2, len(steps)))
    nodes = pair.version.definition.nodes
    return tuple(nodes[path].name for path in above if path in nodes and nodes[path].is_repeat)


def _repeat_word(pair: _Pair) -> str:
    return " › ".join(_repeats(pair)) or "bir kez"
