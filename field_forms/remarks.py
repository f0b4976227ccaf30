"""What is odd about a submission, in words a coordinator understands. A remark flags; it never refuses."""

import re

import msgspec


class Remark(msgspec.Struct, frozen=True):
    """One odd thing: a stable code, the place in the XML (`/data/talepler[2]/foto`), and a Turkish sentence."""

    code: str
    path: str
    sentence: str


_HARMLESS = re.compile(r"[a-z_][a-z\d_.\-]{0,39}|[+-]?[\d.]{1,6}|\d{4}-\d\d-\d\d(?:T[\d:.+\-Z]{1,24})?", re.ASCII)


def quote(text: str) -> str:
    """Quote an answer as ` (…)` when it is a choice code, a short number or a date; nothing otherwise.

    Remarks stand in lists that people see who may not see names and phones, and those turn up in the oddest answers.
    """
    return f" ({text})" if _HARMLESS.fullmatch(text) else ""


def shorten(text: str, length: int = 60) -> str:
    """Quote an answer in a sentence without letting it fill the page."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
