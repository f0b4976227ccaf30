"""Whether two targets may be the same, how likely, and why, in words for the person who decides. Pure."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from uuid import UUID

import msgspec

from geo.distance import distance_m
from geo.turkish import search_key
from visits.street_names import address_key

# From here on a person is asked.
PROPOSED_FROM = 60
# Kinds that may be one and the same: a shop is an employer, too; a household is nobody's shop.
_GROUPS = {"esnaf": "shop", "isveren": "shop", "stk_muhtarlik": "shop"}
_ALIKE, _SIMILAR, _OTHER = 0.95, 0.8, 0.55
_NEXT_DOOR_M, _SAME_STREET_M, _FAR_M = 30, 100, 500


class MatchedTarget(msgspec.Struct, frozen=True):
    """What is compared of a target; `lon` and `lat` only where it has a point of its own."""

    id: UUID
    kind: str
    fields: Mapping[str, str]
    mahalle_id: UUID | None = None
    lon: float | None = None
    lat: float | None = None


class Likeness(msgspec.Struct, frozen=True):
    """How alike two targets are: 0 to 100, and the reasons, strongest first."""

    score: int
    reasons: list[str]


def are_comparable(one: MatchedTarget, other: MatchedTarget) -> bool:
    """Say whether targets of these kinds can be the same thing at all."""
    return _GROUPS.get(one.kind, one.kind) == _GROUPS.get(other.kind, other.kind)


def compare_targets(one: MatchedTarget, other: MatchedTarget) -> Likeness:
    """Weigh what two comparable targets share and in what they differ."""
    found = [weight for weigh in (_phone, _address, _name, _distance) for weight in weigh(one, other)]
    score = sum(weight for weight, _ in found)
    told = sorted((one for one in found if one[1]), key=lambda one: -one[0])
    return Likeness(max(0, min(100, score)), [reason for _, reason in told])


@lru_cache(maxsize=16_384)
def name_words(name: str) -> str:
    """Fold a name so that the order of its words does not matter: `YILMAZ Ayşe` is `Ayşe Yılmaz`."""
    return " ".join(sorted(search_key(name).split()))


def similarity(one: str, other: str) -> float:
    """Say how alike two names are, 0 to 1."""
    matcher = SequenceMatcher(None, name_words(one), name_words(other), autojunk=False)
    # The bound costs a tenth of the ratio, and most pairs are below what matters.
    return matcher.ratio() if matcher.quick_ratio() >= _OTHER else 0.0


def _phone(one: MatchedTarget, other: MatchedTarget) -> Sequence[tuple[int, str]]:
    return [(45, "aynı telefon")] if _phones(one) & _phones(other) else []


def _phones(target: MatchedTarget) -> set[str]:
    return {phone for name in ("telefon", "telefon_2") if (phone := target.fields.get(name))}


def _address(one: MatchedTarget, other: MatchedTarget) -> Sequence[tuple[int, str]]:
    codes = [target.fields.get("uavt", "") for target in (one, other)]
    if all(codes):
        return [(40, "aynı adres kodu (UAVT)")] if codes[0] == codes[1] else [(-30, "")]
    keys = [address_key(target.fields.get("adres", "")) for target in (one, other)]
    same = bool(keys[0]) and keys[0] == keys[1] and _may_share_mahalle(one, other)
    return [(30, "aynı adres")] if same else []


def _may_share_mahalle(one: MatchedTarget, other: MatchedTarget) -> bool:
    return one.mahalle_id is None or other.mahalle_id is None or one.mahalle_id == other.mahalle_id


def _name(one: MatchedTarget, other: MatchedTarget) -> Sequence[tuple[int, str]]:
    names = [target.fields.get("ad") or target.fields.get("yetkili") or "" for target in (one, other)]
    if not all(names):
        return [(15, "")]
    alike = similarity(*names)
    if alike >= _ALIKE:
        return [(40, "aynı ad" if name_words(names[0]) == name_words(names[1]) else f"ad %{alike * 100:.0f} benzer")]
    if alike >= _SIMILAR:
        return [(30, f"ad %{alike * 100:.0f} benzer")]
    return [(5, "")] if alike >= _OTHER else [(-40, "")]


def _distance(one: MatchedTarget, other: MatchedTarget) -> Sequence[tuple[int, str]]:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return []
    metres = distance_m(one.lon, one.lat, other.lon, other.lat)
    told = f"{metres:.0f} m"
    if metres <= _NEXT_DOOR_M:
        return [(20, told)]
    if metres <= _SAME_STREET_M:
        return [(8, told)]
    return [(-20, "")] if metres > _FAR_M else [(0, "")]
