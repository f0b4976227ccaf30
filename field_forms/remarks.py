"""What is odd about a submission, in words a coordinator understands. A remark flags; it never refuses."""

import msgspec


class Remark(msgspec.Struct, frozen=True):
    """One odd thing: a stable code, the place in the XML (`/data/talepler[2]/foto`), and a Turkish sentence."""

    code: str
    path: str
    sentence: str


def shorten(text: str, length: int = 60) -> str:
    """Quote an answer in a sentence without letting it fill the page."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
