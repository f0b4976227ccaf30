"""The categories of findings that every shipped form offers; the routing table refers to the same codes.

Kept as a CSV beside the forms, so that a coordinator can copy it into a form of their own.
"""

import csv
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).parent / "catalogue" / "talep_kategorileri.csv"


class FindingCategory(msgspec.Struct, frozen=True):
    """What a finding is about: a stable code with its Turkish and English names."""

    code: str
    label_tr: str
    label_en: str


@cache
def shipped_categories() -> tuple[FindingCategory, ...]:
    """Return the categories in the order the forms show them."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(FindingCategory(row["name"], row["label"], row["label_en"]) for row in csv.DictReader(file))
