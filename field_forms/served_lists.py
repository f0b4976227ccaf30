"""The entity lists that the server itself gives out: a form may use them without bringing a file.

What is in them, and for whom, stands in `visits/entity_lists.py`.
"""

from collections.abc import Iterable

TARGET_LIST, ASSIGNMENT_LIST = "hedefler", "ziyaretler"
SERVED_LISTS = (TARGET_LIST, ASSIGNMENT_LIST)


def file_of_list(name: str) -> str:
    """Return the name of the file that forms and manifests know an entity list by."""
    return f"{name}.csv"


SERVED_FILES = frozenset(map(file_of_list, SERVED_LISTS))


def served_lists_in(xform: bytes, attached: Iterable[str] = ()) -> tuple[str, ...]:
    """Name the served lists that an XForm asks for; a file of that name published with the form goes before ours."""
    own = set(attached)
    return tuple(
        name
        for name in SERVED_LISTS
        if file_of_list(name) not in own and f'"jr://file-csv/{file_of_list(name)}"'.encode() in xform
    )
