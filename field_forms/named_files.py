"""Which files a submission says it comes with: photos, signatures, recordings, and the client's own audit log."""

from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from field_forms.definition import KEPT_PLANS, FormDefinition
from field_forms.submission_xml import SubmissionXml

# The names that lead from the root to a container, and of questions next to each other in it, whether they take a
# picture (photo, drawing, signature).
_Questions = tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]

_AUDIT: _Questions = (("meta",), (("audit", False),))


def named_files(submission: SubmissionXml, definition: FormDefinition) -> dict[str, bool]:
    """Return the file names that the answers give, in the order of the form, and whether each must be a picture."""
    questions = _questions_of(definition) if submission.root.name == definition.root else (_AUDIT,)
    named: dict[str, bool] = {}
    for container, those in questions:
        found = [submission.root]
        for name in container:
            found = [child for element in found for child in element.all(name)]
        for name, is_picture in those if found else ():
            # Of every instance of a repeat.
            for text in [answer.text.strip() for element in found for answer in element.all(name)]:
                if text:
                    named[text] = is_picture or named.get(text, False)
    return named


@lru_cache(maxsize=KEPT_PLANS)
def _questions_of(definition: FormDefinition) -> tuple[_Questions, ...]:
    questions = [
        (tuple(node.path.split("/")[2:-1]), node.name, node.media_type.startswith("image/"))
        for node in definition.nodes.values()
        if node.is_binary
    ]
    together = groupby(questions, itemgetter(0))
    return (*((container, tuple(one[1:] for one in those)) for container, those in together), _AUDIT)
