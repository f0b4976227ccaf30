"""By what a target is found when others are looked for that may be the same: keys to write, keys to ask for. Pure.

A key is short text that two of the same thing are likely to share. Nobody is ever compared with everybody: only those
who share a key are, and of one key only so many targets are kept.
"""

import math

from visits.duplicate_scoring import MatchedTarget, name_words
from visits.street_names import address_key, street_of

# What more targets than this share (the municipality's own telephone, a mass of one name) tells nobody apart.
MOST_OF_ONE_KEY = 30
# A square of a good hundred metres: whoever is next door is in it or in one of the eight around.
_CELL_DEGREES = 0.001
_FIRST_LETTERS = 4


def keys_of(target: MatchedTarget) -> set[str]:
    """Return the keys under which a target is kept."""
    keys = _shared_keys(target)
    if target.lon is not None and target.lat is not None:
        row, column = _cell(target.lon, target.lat)
        keys.add(f"k:{row}:{column}:{_start(target)}")
    street = street_key(target)
    return keys | ({street} if street else set())


def keys_to_ask(target: MatchedTarget) -> set[str]:
    """Return the keys under which others may be kept that are the same."""
    keys = _shared_keys(target)
    if target.lon is not None and target.lat is not None:
        row, column = _cell(target.lon, target.lat)
        around = [(row + north, column + east) for north in (-1, 0, 1) for east in (-1, 0, 1)]
        keys |= {f"k:{north}:{east}:{_start(target)}" for north, east in around}
    return keys


def street_key(target: MatchedTarget) -> str:
    """Name the street that a target lies in; empty where mahalle or street is not known."""
    street = street_of(target.fields.get("adres", ""))
    return f"s:{target.mahalle_id}:{street}" if street and target.mahalle_id else ""


def _shared_keys(target: MatchedTarget) -> set[str]:
    fields = target.fields
    keys = {f"t:{phone}" for name in ("telefon", "telefon_2") if (phone := fields.get(name))}
    if fields.get("uavt"):
        keys.add(f"u:{fields['uavt']}")
    address = address_key(fields.get("adres", ""))
    if address:
        keys.add(f"a:{address}")
    name = name_words(fields.get("ad", ""))
    if name and target.mahalle_id:
        keys.add(f"n:{target.mahalle_id}:{name[:100]}")
    return keys


def _start(target: MatchedTarget) -> str:
    """Return how the folded name begins: next door to each other, only those are compared that begin alike."""
    return name_words(target.fields.get("ad") or target.fields.get("yetkili") or "")[:_FIRST_LETTERS]


def _cell(lon: float, lat: float) -> tuple[int, int]:
    return math.floor(lat / _CELL_DEGREES), math.floor(lon / _CELL_DEGREES)
