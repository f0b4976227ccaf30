"""The body of an XForm: which control shows which node, and with what choices."""

import re

import msgspec

from field_forms.xform_choices import Choice, ChoiceList
from field_forms.xform_texts import FormTexts
from field_forms.xml_tree import XmlElement

_CONTROLS = frozenset(
    {"input", "select", "select1", "upload", "range", "trigger", "rank", "secret", "group", "repeat"}
)  # fmt: skip
_INSTANCE = re.compile(r"^\s*(?:randomize\(\s*)?instance\(\s*['\"](.+?)['\"]\s*\)")


class Control(msgspec.Struct, frozen=True):
    """One control of the body; `element` is its XForms name."""

    element: str
    appearance: str = ""
    media_type: str = ""
    label: XmlElement | None = None
    hint: XmlElement | None = None
    itemset: XmlElement | None = None
    items: tuple[XmlElement, ...] = ()
    query: str = ""


def read_controls(body: XmlElement) -> dict[str, Control]:
    """Return the controls by the path of the node they show.

    A repeat stands inside a group of the same path that carries its label; the repeat wins and takes the label over.
    """
    controls: dict[str, Control] = {}
    pending = list(reversed(body.children))
    while pending:
        element = pending.pop()
        if element.name not in _CONTROLS:
            continue
        path = element.attributes.get("ref") or element.attributes.get("nodeset") or ""
        if path:
            controls[path.strip()] = _control(element, controls.get(path.strip()))
        pending.extend(reversed(element.children))
    return controls


def _control(element: XmlElement, outer: Control | None) -> Control:
    label, hint = element.first("label"), element.first("hint")
    return Control(
        element=element.name,
        appearance=element.attributes.get("appearance", ""),
        media_type=element.attributes.get("mediatype", ""),
        label=label or (outer.label if outer else None),
        hint=hint or (outer.hint if outer else None),
        itemset=element.first("itemset"),
        items=tuple(element.all("item")),
        query=element.attributes.get("query", ""),
    )


def choices_of(control: Control, lists: dict[str, ChoiceList], texts: FormTexts) -> ChoiceList | None:
    """Find the choices of a select, None for any other control."""
    if control.query or "search(" in control.appearance:
        # select_one_external and search(): the choices stand in a file that the client alone searches.
        return ChoiceList(is_open=True)
    if control.element not in {"select", "select1", "rank"}:
        return None
    if control.itemset is None:
        return ChoiceList(choices=tuple(_item_choice(item, texts) for item in control.items))
    match = _INSTANCE.match(control.itemset.attributes.get("nodeset", ""))
    named = lists.get(match[1]) if match else None
    if named is None:
        # Choices taken from a repeat of the same form, or a list we do not know: only the client can tell.
        return ChoiceList(is_open=True)
    if not named.file_name:
        return named
    return msgspec.structs.replace(
        named,
        value_column=_column(control.itemset.first("value"), "name"),
        label_column=_column(control.itemset.first("label"), "label"),
    )


def _item_choice(item: XmlElement, texts: FormTexts) -> Choice:
    value = item.first("value")
    return Choice(value.text.strip() if value else "", texts.of_element(item.first("label")))


def _column(element: XmlElement | None, otherwise: str) -> str:
    written = element.attributes.get("ref", "") if element else ""
    return written if written.isidentifier() else otherwise
