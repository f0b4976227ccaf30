"""Choice lists of an XForm: written in the form, or named as a file that travels with it."""

import msgspec

from field_forms.xform_texts import FormTexts, Texts, plain_text
from field_forms.xml_tree import XmlElement

_FILE_SCHEMES = ("jr://file-csv/", "jr://file/")


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be chosen."""

    value: str
    labels: Texts


class ChoiceList(msgspec.Struct, frozen=True):
    """The choices of a select. With `file_name` they stand in that file and `choices` is empty.

    `is_open` marks lists nobody can know here: files made on the device, other instances, entity lists.
    """

    choices: tuple[Choice, ...] = ()
    file_name: str = ""
    value_column: str = "name"
    label_column: str = "label"
    is_open: bool = False


def read_choice_lists(model: XmlElement, texts: FormTexts) -> dict[str, ChoiceList]:
    """Read the secondary instances of the model by id."""
    lists: dict[str, ChoiceList] = {}
    for instance in model.all("instance")[1:]:
        source = instance.attributes.get("src", "")
        scheme = next((scheme for scheme in _FILE_SCHEMES if source.startswith(scheme)), None)
        if scheme:
            lists[instance.attributes.get("id", "")] = ChoiceList(file_name=source.removeprefix(scheme))
        elif source:
            lists[instance.attributes.get("id", "")] = ChoiceList(is_open=True)
        else:
            lists[instance.attributes.get("id", "")] = ChoiceList(choices=_inline_choices(instance, texts))
    return lists


def _inline_choices(instance: XmlElement, texts: FormTexts) -> tuple[Choice, ...]:
    root = instance.first("root")
    items = root.all("item") if root else []
    return tuple(_choice(item, texts) for item in items)


def _choice(item: XmlElement, texts: FormTexts) -> Choice:
    name, text_id, label = item.first("name"), item.first("itextId"), item.first("label")
    value = name.text.strip() if name else ""
    if text_id is not None:
        return Choice(value, texts.by_id.get(text_id.text.strip(), {}))
    return Choice(value, {texts.default_language: plain_text(label)} if label else {})
