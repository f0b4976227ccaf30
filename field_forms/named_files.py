"""Which files a submission says it comes with: photos, signatures, recordings, and the client's own audit log."""

from field_forms.definition import FormDefinition
from field_forms.submission_xml import SubmissionXml

_AUDIT = "audit"


def named_files(submission: SubmissionXml, definition: FormDefinition) -> tuple[str, ...]:
    """Return the file names that the answers give, each once, in the order of the form."""
    paths = [node.path for node in definition.nodes.values() if node.is_binary]
    paths.append(f"/{submission.root.name}/meta/{_AUDIT}")
    found = (element.text.strip() for path in paths for _, element in submission.elements_at(path))
    return tuple(dict.fromkeys(name for name in found if name))


def named_pictures(submission: SubmissionXml, definition: FormDefinition) -> frozenset[str]:
    """Return those of the file names that stand in questions which take a picture (photo, drawing, signature)."""
    paths = [node.path for node in definition.nodes.values() if node.is_binary and node.media_type.startswith("image/")]
    found = (element.text.strip() for path in paths for _, element in submission.elements_at(path))
    return frozenset(name for name in found if name)
