"""Which files a submission says it comes with: photos, signatures, recordings, and the client's own audit log."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import msgspec

from field_forms.definition import FormDefinition
from field_forms.submission_xml import SubmissionXml
from field_forms.xml_tree import XmlElement

_AUDIT = ("meta", "audit")


class _FilePaths(msgspec.Struct, frozen=True):
    """Where answers name files, by names from below the root."""

    root: str
    files: tuple[tuple[str, ...], ...]
    pictures: tuple[tuple[str, ...], ...]


_paths: WeakKeyDictionary[FormDefinition, _FilePaths] = WeakKeyDictionary()


def named_files(submission: SubmissionXml, definition: FormDefinition) -> tuple[str, ...]:
    """Return the file names that the answers give, each once, in the order of the form."""
    paths = _paths_of(definition)
    files = paths.files if submission.root.name == paths.root else ()
    return tuple(dict.fromkeys(_texts(submission.root, (*files, _AUDIT))))


def named_pictures(submission: SubmissionXml, definition: FormDefinition) -> frozenset[str]:
    """Return those of the file names that stand in questions which take a picture (photo, drawing, signature)."""
    paths = _paths_of(definition)
    return frozenset(_texts(submission.root, paths.pictures) if submission.root.name == paths.root else ())


def _paths_of(definition: FormDefinition) -> _FilePaths:
    paths = _paths.get(definition)
    if paths is None:
        nodes = [node for node in definition.nodes.values() if node.is_binary]
        below_root = {node.path: tuple(node.path.split("/")[2:]) for node in nodes}
        paths = _paths[definition] = _FilePaths(
            root=definition.root,
            files=tuple(below_root.values()),
            pictures=tuple(below_root[node.path] for node in nodes if node.media_type.startswith("image/")),
        )
    return paths


def _texts(root: XmlElement, paths: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the answers at these paths that are not empty, of every instance of a repeat."""
    texts = []
    for names in paths:
        found = [root]
        for name in names:
            found = [child for element in found for child in element.all(name)]
            if not found:
                break
        texts += [text for element in found if (text := element.text.strip())]
    return texts
