"""XML from strangers, read into a light tree by expat itself.

No document type, no entities, no network, bounded depth, size and number of elements. Prefixes are dropped
(`orx:meta` is `meta`), because clients choose them freely. Only UTF-8 is read, whatever the document declares.
The submission reader next door turns each `BadXml` into a sentence for the worker.
"""

from typing import Literal
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
    return _TreeReader(max_elements, keep_mixed_text=keep_mixed_text).read(data)


def _refuse_unreadable_bytes(data: bytes, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise BadXml("too_large")
    if not data.strip():
        raise BadXml("empty")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadXml("not_utf8") from error


class _TreeReader:
    """The expat handlers; one reader reads one document."""

    def __init__(self, max_elements: int, *, keep_mixed_text: bool) -> None:
        self._document = XmlElement("#document", {}, [])
        self._stack = [self._document]
        self._pieces: list[str] = []
        self._left = max_elements
        self._keep_mixed_text = keep_mixed_text
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.ExternalEntityRefHandler = self._refuse_doctype
        self._parser = parser

    def read(self, data: bytes) -> XmlElement:
        # A long text arrives in few pieces. No larger than needed: a buffer of 1 MiB is mapped and cleared each time.
        self._parser.buffer_size = min(len(data), _TEXT_BUFFER_BYTES)
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 expat takes it by position only
        except expat.ExpatError as error:
            raise BadXml("not_xml", error.lineno) from error
        finally:
            # The parser and its handlers refer to each other; left alone, each document waits for the collector.
            self._parser.StartElementHandler = None
            self._parser.EndElementHandler = None
            self._parser.CharacterDataHandler = None
            self._parser.StartDoctypeDeclHandler = None
            self._parser.EntityDeclHandler = None
            self._parser.ExternalEntityRefHandler = None
        return self._document.children[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        self._left -= 1
        if self._left < 0:
            raise BadXml("too_many_elements", self._parser.CurrentLineNumber)
        if len(stack) > MAX_DEPTH:
            raise BadXml("too_deep", self._parser.CurrentLineNumber)
        if self._pieces:
            self._set_mixed_text_aside()
        if ":" in name:
            name = name.rpartition(":")[2]
        if attributes:
            attributes = _without_prefixes(attributes)
        element = XmlElement(name, attributes, [])
        stack[-1].children.append(element)
        stack.append(element)

    def _end(self, _: str) -> None:
        element = self._stack.pop()
        if self._pieces:
            if element.children:
                self._set_mixed_text_aside(element)
            else:
                element.text = "".join(self._pieces)
                self._pieces.clear()

    def _set_mixed_text_aside(self, into: XmlElement | None = None) -> None:
        if self._keep_mixed_text:
            parent = into or self._stack[-1]
            parent.children.append(XmlElement("#text", {}, [], "".join(self._pieces)))
        self._pieces.clear()

    def _refuse_doctype(self, *_: object) -> int:
        raise BadXml("has_doctype", self._parser.CurrentLineNumber)


def _without_prefixes(attributes: dict[str, str]) -> dict[str, str]:
    return {
        name.rpartition(":")[2]: value
        for name, value in attributes.items()
        if name != "xmlns" and not name.startswith("xmlns:")
    }
