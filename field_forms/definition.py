"""A form as the server understands it, read from the XForm that pyxform wrote.

Says what is asked; what was answered stands in `submission_xml.py`. A definition never changes: one is read per
published version and shared by every request.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec

from field_forms.xform_body import Control, choices_of, read_controls
from field_forms.xform_choices import Choice, ChoiceList, read_choice_lists
from field_forms.xform_texts import FormTexts, Texts, read_texts
from field_forms.xml_tree import BadXml, XmlElement, read_xml
from foundation.errors import SahaError

__all__ = ["Choice", "ChoiceList", "DeclaredEntity", "FormDefinition", "FormNode", "UnreadableForm", "read_definition"]

# What is worked out of a version is remembered for as many as are in use at a time.
KEPT_PLANS = 256
_MAX_XFORM_BYTES = 20 * 1024 * 1024
_MAX_XFORM_ELEMENTS = 500_000

NodeKind = Literal["question", "group", "repeat"]


class UnreadableForm(SahaError):
    """The bytes are not an XForm we understand."""

    code: ClassVar[str] = "form.unreadable"


class FormNode(msgspec.Struct, frozen=True):
    """One question, group or repeat.

    `data_type` is the bind's type (`string` when it states none), `control` the body element (`input`, `select`,
    `select1`, `upload`, …; empty: never shown). `required`, `relevant`, `constraint` and `calculate` are XPath as
    written; `choices` is None for anything but a select.
    """

    path: str
    name: str
    kind: NodeKind
    data_type: str = "string"
    control: str = ""
    appearance: str = ""
    media_type: str = ""
    labels: Texts = msgspec.field(default_factory=dict)
    hints: Texts = msgspec.field(default_factory=dict)
    required: str | None = None
    relevant: str | None = None
    constraint: str | None = None
    constraint_messages: Texts = msgspec.field(default_factory=dict)
    calculate: str | None = None
    readonly: bool = False
    choices: ChoiceList | None = None
    save_to: str | None = None
    children: tuple[str, ...] = ()

    @property
    def is_repeat(self) -> bool:
        """Whether it can be answered any number of times."""
        return self.kind == "repeat"

    @property
    def is_group(self) -> bool:
        """Whether it only holds others (a repeat is no group)."""
        return self.kind == "group"

    @property
    def is_binary(self) -> bool:
        """Whether the answer is the name of a file that travels beside the XML."""
        return self.data_type == "binary"

    def label(self, language: str = "tr") -> str:
        """Return the label in `language` (`tr`), else in any other, else the name."""
        return text_in(self.labels, language) or self.name


class DeclaredEntity(msgspec.Struct, frozen=True):
    """An entity declaration: its list and the path of the container (root, group or repeat) it stands in.

    `create_if` and `update_if` are XPath as written; "" when the form does so always, None when it never does.
    """

    dataset: str
    container: str
    create_if: str | None = None
    update_if: str | None = None


class FormDefinition(msgspec.Struct, frozen=True, eq=False):
    """One version of a form. `nodes` holds every node below the root by path, in the order of the form."""

    form_id: str
    version: str
    title: str
    root: str
    languages: tuple[str, ...]
    default_language: str
    nodes: Mapping[str, FormNode]
    entities: tuple[DeclaredEntity, ...]
    # File names the form asks for: `jr://file-csv/x.csv` and media of labels.
    files: tuple[str, ...]

    @property
    def root_path(self) -> str:
        """The path of the root element."""
        return f"/{self.root}"


def text_in(texts: Texts, language: str) -> str:
    """Choose the text for `language`: `tr` matches `Türkçe (tr)` and `tr`; otherwise the first there is."""
    for name, text in texts.items():
        if text and (name == language or name.endswith(f"({language})")):
            return text
    return next((text for text in texts.values() if text), "")


def read_definition(xform: bytes) -> FormDefinition:
    """Read an XForm. Raises `UnreadableForm` where it is not one."""
    try:
        html = read_xml(
            xform, max_bytes=_MAX_XFORM_BYTES, max_elements=_MAX_XFORM_ELEMENTS, keep_mixed_text=True
        )  # fmt: skip
    except BadXml as bad:
        raise UnreadableForm(f"Form tanımı okunamadı ({bad.reason}, satır {bad.line}).") from bad
    model, instance, body = html.at("head/model"), _main_instance(html), html.first("body")
    if model is None or instance is None or body is None:
        raise UnreadableForm("Form tanımında model, ana kayıt ya da soru bölümü yok.")
    return _FormReader(html, model, instance, body).read()


def _main_instance(html: XmlElement) -> XmlElement | None:
    instance = html.at("head/model/instance")
    elements = [child for child in instance.children if child.name != "#text"] if instance else []
    return elements[0] if elements and elements[0].attributes.get("id") else None


class _FormReader:
    """Brings together what the XForm spreads over instance, binds, body and texts."""

    def __init__(self, html: XmlElement, model: XmlElement, instance: XmlElement, body: XmlElement) -> None:
        self._html = html
        self._instance = instance
        self._texts: FormTexts = read_texts(model)
        self._binds = {bind.attributes.get("nodeset", "").strip(): bind.attributes for bind in model.all("bind")}
        self._lists = read_choice_lists(model, self._texts)
        self._controls = read_controls(body)
        self._nodes: dict[str, FormNode] = {}
        self._entities: list[DeclaredEntity] = []

    def read(self) -> FormDefinition:
        root = self._instance
        self._read_children(root, f"/{root.name}")
        title = self._html.at("head/title")
        files = {choices.file_name for choices in self._lists.values() if choices.file_name}
        return FormDefinition(
            form_id=root.attributes["id"].strip(),
            version=root.attributes.get("version", "").strip(),
            title=title.text.strip() if title else "",
            root=root.name,
            languages=self._texts.languages,
            default_language=self._texts.default_language,
            nodes=self._nodes,
            entities=tuple(self._entities),
            files=tuple(sorted(files | self._texts.media_files)),
        )

    def _read_children(self, element: XmlElement, path: str) -> tuple[str, ...]:
        """Read the children of a container; a repeat stands there twice (template and first), once is enough."""
        paths: dict[str, None] = {}
        for child in element.children:
            child_path = f"{path}/{child.name}"
            if child.name == "#text" or child_path in paths:
                continue
            if child.name == "meta":
                self._read_meta(child, path)
                continue
            paths[child_path] = None
            self._read_node(child, child_path)
        return tuple(paths)

    def _read_meta(self, meta: XmlElement, container: str) -> None:
        bind_path = f"{container}/meta/entity"
        self._entities += [
            DeclaredEntity(
                dataset=entity.attributes["dataset"].strip(),
                container=container,
                create_if=self._condition(entity, f"{bind_path}/@create", "create"),
                update_if=self._condition(entity, f"{bind_path}/@update", "update"),
            )
            for entity in meta.all("entity")
            if entity.attributes.get("dataset", "").strip()
        ]

    def _condition(self, entity: XmlElement, bind_path: str, attribute: str) -> str | None:
        if attribute not in entity.attributes:
            return None
        return self._binds.get(bind_path, {}).get("calculate", "")

    def _read_node(self, element: XmlElement, path: str) -> None:
        # The place in the dictionary is taken before the children's, so that nodes keep the order of the form.
        control = self._controls.get(path)
        has_children = any(child.name != "#text" for child in element.children)
        kind: NodeKind = "question"
        if control is not None and control.element == "repeat":
            kind = "repeat"
        elif has_children or (control is not None and control.element == "group"):
            kind = "group"
        self._nodes[path] = node = self._node(element, path, kind, control)
        if kind != "question":
            children = self._read_children(element, path)
            self._nodes[path] = msgspec.structs.replace(node, children=children)

    def _node(self, element: XmlElement, path: str, kind: NodeKind, control: Control | None) -> FormNode:
        bind = self._binds.get(path, {})
        required = bind.get("required")
        shown = control or Control("")
        return FormNode(
            path=path,
            name=element.name,
            kind=kind,
            data_type=bind.get("type", "string").rpartition(":")[2],
            control=shown.element if kind == "question" else "",
            appearance=shown.appearance,
            media_type=shown.media_type,
            labels=self._texts.of_element(shown.label),
            hints=self._texts.of_element(shown.hint),
            required=None if required in {None, "", "false()"} else required,
            relevant=bind.get("relevant"),
            constraint=bind.get("constraint"),
            constraint_messages=self._texts.of_reference(bind.get("constraintMsg", "")),
            calculate=bind.get("calculate"),
            readonly=bind.get("readonly") == "true()",
            choices=choices_of(shown, self._lists, self._texts),
            save_to=bind.get("saveto"),
        )
