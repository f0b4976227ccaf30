"""Addresses as people write them, folded so that the same street and the same door are the same text. Pure."""

import re
from functools import lru_cache

from geo.turkish import search_key

_STREET_WORDS = {
    "sk": "sokak", "sok": "sokak", "sokak": "sokak", "sokagi": "sokak", "cd": "cadde", "cad": "cadde", "cadde": "cadde",
    "caddesi": "cadde", "blv": "bulvar", "bul": "bulvar", "bulv": "bulvar", "bulvar": "bulvar", "bulvari": "bulvar",
    "yolu": "yolu", "meydani": "meydan", "meydan": "meydan",
}  # fmt: skip
_MAHALLE_WORDS = frozenset({"mah", "mh", "mahalle", "mahallesi"})
# What says that a number follows, and is left out by half of those who write.
_FILLERS = frozenset({"no", "kapi", "dis", "ic", "daire", "d", "kat", "k", "apt", "apartmani", "site", "sitesi"})
_LONGEST_KEY = 120


@lru_cache(maxsize=16_384)
def street_of(address: str) -> str:
    """Return the street that an address names: `Akpınar Mah. Gül Sk. No: 5` is `gul sokak`; empty without one."""
    words = _after_mahalle(search_key(address).split())
    for place, word in enumerate(words):
        if word in _STREET_WORDS and place:
            return " ".join([*words[:place], _STREET_WORDS[word]])[:_LONGEST_KEY]
    return ""


@lru_cache(maxsize=16_384)
def address_key(address: str) -> str:
    """Fold a whole address: the street, then its numbers; empty where nothing names a door."""
    words = _after_mahalle(search_key(re.sub(r"(?<=\d)(?=[^\W\d])", " ", address)).split())
    kept = [_STREET_WORDS.get(word, word) for word in words if word not in _FILLERS]
    has_door = any(word.isdigit() for word in kept)
    return " ".join(kept)[:_LONGEST_KEY] if has_door and len(kept) > 1 else ""


def _after_mahalle(words: list[str]) -> list[str]:
    ends = [place for place, word in enumerate(words) if word in _MAHALLE_WORDS]
    return words[ends[0] + 1 :] if ends else words
