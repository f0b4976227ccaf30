"""What a tablet sends: the XML of one filled form, read with distrust into a light tree.

Refuses only what cannot be read or attributed; whether the answers make sense is `validation.py`'s business.
Every refusal carries a sentence the field worker sees on the tablet.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

import msgspec

from field_forms.xml_tree import MAX_BYTES, BadXml, XmlElement, read_xml
from foundation.errors import SahaError

_MAX_IDENTIFIER_LENGTH = 200


class UnreadableSubmission(SahaError):
    """The bytes are not a submission we can read or attribute."""

    code: ClassVar[str] = "submission.unreadable"


class EmptySubmission(UnreadableSubmission):
    """Nothing arrived."""

    code = "submission.empty"


class SubmissionTooLarge(UnreadableSubmission):
    """The XML is larger than any form of ours can be."""

    code = "submission.too_large"


class NotUtf8(UnreadableSubmission):
    """The XML is not in UTF-8, which OpenRosa prescribes."""

    code = "submission.not_utf8"


class NotXml(UnreadableSubmission):
    """The bytes are not well-formed XML."""

    code = "submission.not_xml"


class HasDoctype(UnreadableSubmission):
    """The XML brings a document type or entities, which no form client writes."""

    code = "submission.has_doctype"


class TooDeep(UnreadableSubmission):
    """Elements are nested deeper than any form nests."""

    code = "submission.too_deep"


class TooManyElements(UnreadableSubmission):
    """There are more elements than any filled form has."""

    code = "submission.too_many_elements"


class NoFormId(UnreadableSubmission):
    """The root element does not say which form was filled."""

    code = "submission.no_form_id"


class NoInstanceId(UnreadableSubmission):
    """There is no `meta/instanceID`, so a resend could not be told from a second visit."""

    code = "submission.no_instance_id"


_KEEP = "Kaydı tabletten silmeyin ve koordinatörünüze haber verin."
_REFUSALS: dict[str, tuple[type[UnreadableSubmission], str]] = {
    "empty": (EmptySubmission, f"Gönderilen form boş geldi. Yeniden gönderin; yine olursa: {_KEEP}"),
    "too_large": (SubmissionTooLarge, f"Form yanıtları 5 MB sınırını aşıyor. {_KEEP}"),
    "not_utf8": (NotUtf8, f"Form UTF-8 dışında bir kodlamayla geldi, okunamadı. {_KEEP}"),
    "not_xml": (NotXml, f"Form yarım ya da bozuk geldi. Yeniden gönderin; yine olursa: {_KEEP}"),
    "has_doctype": (HasDoctype, f"Formda izin verilmeyen bir XML bildirimi (DOCTYPE) var. {_KEEP}"),
    "too_deep": (TooDeep, f"Formun iç içe yapısı okunamayacak kadar derin. {_KEEP}"),
    "too_many_elements": (TooManyElements, f"Formda okunabilecekten çok kayıt var. {_KEEP}"),
}


class SubmissionXml(msgspec.Struct, frozen=True):
    """One filled form: which form and version, which instance, and the tree of answers."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str | None
    root: XmlElement

    def text_at(self, path: str) -> str | None:
        """Return the trimmed text at an absolute path such as `/data/yer/konum`, first of each; None when absent."""
        root, below = _names(path)
        return self.root.text_below(below) if root == self.root.name else None

    def walk(self) -> Iterator[tuple[str, XmlElement]]:
        """Yield (plain path, element) of every leaf in document order."""
        pending = [(f"/{self.root.name}", self.root)]
        while pending:
            path, element = pending.pop()
            if element.children:
                pending.extend((f"{path}/{child.name}", child) for child in reversed(element.children))
            else:
                yield path, element


@lru_cache(maxsize=4_096)
def _names(path: str) -> tuple[str, list[str]]:
    """Split a path into the root's name and those below; the paths come from our own forms."""
    root, *below = path.strip("/").split("/")
    return root, below


def read_submission(xml: bytes) -> SubmissionXml:
    """Read one submission of at most 5 MiB.

    Raises a subclass of `UnreadableSubmission` for whatever cannot be read or attributed; never anything else.
    """
    try:
        root = read_xml(xml, max_bytes=MAX_BYTES)
    except BadXml as bad:
        kind, sentence = _REFUSALS[bad.reason]
        raise kind(sentence, line=bad.line) from bad
    form_id = root.attributes.get("id", "").strip()
    if not 0 < len(form_id) <= _MAX_IDENTIFIER_LENGTH:
        raise NoFormId(f"Gönderilen kayıtta hangi formun doldurulduğu yazmıyor. {_KEEP}")
    meta = root.first("meta")
    instance_id = _text_of(meta, "instanceID") or root.attributes.get("instanceID", "").strip()
    if not 0 < len(instance_id) <= _MAX_IDENTIFIER_LENGTH:
        raise NoInstanceId(f"Gönderilen kaydın kimliği (instanceID) yok. {_KEEP}", form_id=form_id)
    return SubmissionXml(
        form_id=form_id,
        version=root.attributes.get("version", "").strip()[:_MAX_IDENTIFIER_LENGTH],
        instance_id=instance_id,
        deprecated_id=_text_of(meta, "deprecatedID")[:_MAX_IDENTIFIER_LENGTH] or None,
        root=root,
    )


def _text_of(meta: XmlElement | None, name: str) -> str:
    element = meta.first(name) if meta is not None else None
    return "" if element is None else element.text.strip()
