"""XML from strangers, read into a light tree by expat itself.

No document type, no entities, no network, bounded depth, size and number of elements. Prefixes are dropped
(`orx:meta` is `meta`), because clients choose them freely. Only UTF-8 is read, whatever the document declares.
The submission reader next door turns each `BadXml` into a sentence for the worker.
"""

from collections.abc import Iterable
from typing import Literal
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import msgspec

MAX_DEPTH = 64
MAX_BYTES = 5 * 1024 * 1024
MAX_ELEMENTS = 20_000

# Every attribute has its equals sign. Counted before parsing, because expat hands over an element only when it has all
# of its attributes: 400,000 of them in 4 MB took it two seconds.
_ATTRIBUTES_PER_ELEMENT = 5

_TEXT_BUFFER_BYTES = 1024 * 1024

Reason = Literal["empty", "too_large", "not_utf8", "not_xml", "has_doctype", "too_deep", "too_many_elements"]


class BadXml(Exception):
    """The bytes are not XML that we read; `reason` says why, `line` where when known."""

    def __init__(self, reason: Reason, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.line = line


class XmlElement(msgspec.Struct):
    """One element: local name, attributes by local name, children in order, and the text of a leaf."""

    name: str
    attributes: dict[str, str]
    children: "list[XmlElement]"
    text: str = ""
    # `by_name` as of so many children; a tree is asked many times for its children by name.
    _named: "dict[str, list[XmlElement]] | None" = None
    _named_children: int = 0

    def by_name(self) -> "dict[str, list[XmlElement]]":
        """Return the children by name, in their order; not to be changed. Sees children added since, not renamed."""
        if self._named is not None and self._named_children == len(self.children):
            return self._named
        named: dict[str, list[XmlElement]] = {}
        for child in self.children:
            sisters = named.get(child.name)
            if sisters is None:
                named[child.name] = [child]
            else:
                sisters.append(child)
        self._named, self._named_children = named, len(self.children)
        return named

    def first(self, name: str) -> "XmlElement | None":
        """Return the first child called `name`."""
        found = self.by_name().get(name)
        return found[0] if found else None

    def all(self, name: str) -> "list[XmlElement]":
        """Return every child called `name`; not to be changed."""
        return self.by_name().get(name, _NOTHING)

    def text_below(self, names: Iterable[str]) -> str | None:
        """Return the trimmed text of what these names lead to, taking the first of each; None when absent."""
        found = self
        for name in names:
            sisters = found.by_name().get(name)
            if sisters is None:
                return None
            found = sisters[0]
        return found.text.strip()

    def at(self, path: str) -> "XmlElement | None":
        """Follow a relative path of names (`meta/instanceID`), taking the first of each."""
        found: XmlElement | None = self
        for name in path.split("/"):
            if found is None:
                return None
            found = found.first(name)
        return found


_NOTHING: list[XmlElement] = []


def read_xml(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS, keep_mixed_text: bool = False
) -> XmlElement:
    """Read `data` and return its root element.

    With `keep_mixed_text`, text between child elements is kept as children named `#text` (labels with inserted
    answers need it); otherwise only leaves have text. Raises `BadXml`.
    """
    _refuse_unreadable_bytes(data, max_bytes)
    if data.count(b"=") > max_elements * _ATTRIBUTES_PER_ELEMENT:
        raise BadXml("too_many_elements")
    if data.count(b"<") > max_elements:
        _refuse(data, max_elements)
    document = XmlElement("#document", {}, [])
    try:
        _add_children(document, (_parse(data),), MAX_DEPTH, keep_mixed_text=keep_mixed_text)
    except (BadXml, expat.ExpatError):
        _refuse(data, max_elements)
        raise
    return document.children[0]


def _refuse_unreadable_bytes(data: bytes, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise BadXml("too_large")
    if not data.strip():
        raise BadXml("empty")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadXml("not_utf8") from error


def _parse(data: bytes) -> Element:
    """Let C build the tree: the builder of the standard library behind a parser that leaves prefixes as written."""
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8")
    # A long text arrives in few pieces. No larger than needed: a buffer of 1 MiB is mapped and cleared each time.
    parser.buffer_text = True
    parser.buffer_size = min(len(data), _TEXT_BUFFER_BYTES)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(data, True)  # noqa: FBT003 expat takes it by position only
    return builder.close()


def _refuse_doctype(*_: object) -> None:
    raise BadXml("has_doctype")


def _add_children(element: XmlElement, sources: Iterable[Element], levels: int, *, keep_mixed_text: bool) -> None:
    if not levels:
        raise BadXml("too_deep")
    children = element.children
    for source in sources:
        name, attributes = source.tag, source.attrib
        if ":" in name:
            name = name.rpartition(":")[2]
        if attributes:
            attributes = _without_prefixes(attributes)
        if len(source):
            child = XmlElement(name, attributes, [])
            if keep_mixed_text and source.text:
                child.children.append(XmlElement("#text", {}, [], source.text))
            _add_children(child, source, levels - 1, keep_mixed_text=keep_mixed_text)
        else:
            child = XmlElement(name, attributes, [], source.text or "")
        children.append(child)
        if keep_mixed_text and source.tail:
            children.append(XmlElement("#text", {}, [], source.tail))


def _without_prefixes(attributes: dict[str, str]) -> dict[str, str]:
    return {
        name.rpartition(":")[2]: value
        for name, value in attributes.items()
        if name != "xmlns" and not name.startswith("xmlns:")
    }


def _refuse(data: bytes, max_elements: int) -> None:
    """Raise the first reason not to read this, with its line; return where there is none.

    Looks at each element as it comes, which takes longer than to read a sound document.
    """
    parser = expat.ParserCreate("utf-8")
    count = depth = 0

    def start(*_: object) -> None:
        nonlocal count, depth
        count, depth = count + 1, depth + 1
        if count > max_elements:
            raise BadXml("too_many_elements", parser.CurrentLineNumber)
        if depth > MAX_DEPTH:
            raise BadXml("too_deep", parser.CurrentLineNumber)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse_doctype(*_: object) -> None:
        raise BadXml("has_doctype", parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003 expat takes it by position only
    except expat.ExpatError as error:
        raise BadXml("not_xml", error.lineno) from error
    finally:
        # The parser and its handlers refer to each other; left alone, each document waits for the collector.
        parser.StartElementHandler = parser.EndElementHandler = parser.StartDoctypeDeclHandler = None
