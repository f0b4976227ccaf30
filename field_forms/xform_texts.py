"""The words of an XForm: translations (`itext`), inline labels, and the media files they name."""

import re

import msgspec

from field_forms.xml_tree import XmlElement

# Language name as the form writes it ("Türkçe (tr)"; "" when the form has one nameless language) -> text.
Texts = dict[str, str]

_ITEXT_REFERENCE = re.compile(r"jr:itext\(\s*['\"](.+?)['\"]\s*\)")
_MEDIA = re.compile(r"jr://(?:images|image|audio|video|file|file-csv)/(\S+)")


class FormTexts(msgspec.Struct, frozen=True):
    """All translations of a form by text id."""

    languages: tuple[str, ...]
    default_language: str
    by_id: dict[str, Texts]
    media_files: set[str]

    def of_reference(self, written: str) -> Texts:
        """Resolve what an attribute says: `jr:itext('…')` or the text itself."""
        match = _ITEXT_REFERENCE.search(written)
        if match:
            return self.by_id.get(match[1], {})
        return {self.default_language: written} if written else {}

    def of_element(self, element: XmlElement | None) -> Texts:
        """Resolve a `label` or `hint` element."""
        if element is None:
            return {}
        if "ref" in element.attributes:
            return self.of_reference(element.attributes["ref"])
        text = plain_text(element)
        return {self.default_language: text} if text else {}


def read_texts(model: XmlElement) -> FormTexts:
    """Read `itext` of the model."""
    itext = model.first("itext")
    translations = itext.all("translation") if itext else []
    by_id: dict[str, Texts] = {}
    media: set[str] = set()
    default = ""
    for translation in translations:
        language = translation.attributes.get("lang", "")
        if not default or "default" in translation.attributes:
            default = language
        for text in translation.all("text"):
            by_id.setdefault(text.attributes.get("id", ""), {})[language] = _read_values(text, media)
    languages = tuple(translation.attributes.get("lang", "") for translation in translations)
    return FormTexts(languages, default, by_id, media)


def plain_text(element: XmlElement) -> str:
    """Return the text of an element; answers inserted into it (`<output>`) become an ellipsis."""
    if not element.children:
        return element.text.strip()
    return "".join(child.text if child.name == "#text" else "…" for child in element.children).strip()


def _read_values(text: XmlElement, media: set[str]) -> str:
    """Return the plain value of a text; values with a form (`image`, `audio`, …) name files instead."""
    plain = ""
    for value in text.all("value"):
        written = plain_text(value)
        named = _MEDIA.match(written)
        if named:
            media.add(named[1])
        elif "form" not in value.attributes or not plain:
            plain = written
    return "" if plain == "-" else plain
