"""Which files a submission says it comes with: photos, signatures, recordings, and the client's own audit log."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import msgspec

from field_forms.definition import KEPT_PLANS, FormDefinition, FormNode
from field_forms.submission_xml import SubmissionXml
from field_forms.xml_tree import XmlElement

# The names that lead from the root to a container, and those of questions next to each other in it.
_Questions = tuple[tuple[str, ...], tuple[str, ...]]

_AUDIT: _Questions = (("meta",), ("audit",))


class _FileQuestions(msgspec.Struct, frozen=True):
    """Where answers name files."""

    files: tuple[_Questions, ...]
    pictures: tuple[_Questions, ...]


def named_files(submission: SubmissionXml, definition: FormDefinition) -> tuple[str, ...]:
    """Return the file names that the answers give, each once, in the order of the form."""
    files = _questions_of(definition).files if submission.root.name == definition.root else ()
    return tuple(dict.fromkeys(_texts(submission.root, (*files, _AUDIT))))


def named_pictures(submission: SubmissionXml, definition: FormDefinition) -> frozenset[str]:
    """Return those of the file names that stand in questions which take a picture (photo, drawing, signature)."""
    pictures = _questions_of(definition).pictures if submission.root.name == definition.root else ()
    return frozenset(_texts(submission.root, pictures))


@lru_cache(maxsize=KEPT_PLANS)
def _questions_of(definition: FormDefinition) -> _FileQuestions:
    nodes = [node for node in definition.nodes.values() if node.is_binary]
    return _FileQuestions(
        files=_by_container(nodes),
        pictures=_by_container(node for node in nodes if node.media_type.startswith("image/")),
    )


def _by_container(nodes: Iterable[FormNode]) -> tuple[_Questions, ...]:
    places = [(tuple(node.path.split("/")[2:-1]), node.name) for node in nodes]
    return tuple(
        (container, tuple(name for _, name in together)) for container, together in groupby(places, itemgetter(0))
    )


def _texts(root: XmlElement, questions: Iterable[_Questions]) -> list[str]:
    """Return the answers to these that are not empty, of every instance of a repeat."""
    texts = []
    for container, names in questions:
        found = [root]
        for name in container:
            found = [child for element in found for child in element.all(name)]
        if found:
            texts += [
                text for name in names for element in found for one in element.all(name) if (text := one.text.strip())
            ]
    return texts
