"""Whether two targets may be the same, and why, in the words that the coordinator reads."""

from uuid import UUID

import pytest

from visits.duplicate_keys import keys_of, keys_to_ask
from visits.duplicate_scoring import PROPOSED_FROM, MatchedTarget, are_comparable, compare_targets
from visits.street_names import address_key, street_of

MAHALLE = UUID(int=9)


def target(
    number: int = 1, kind: str = "esnaf", place: tuple[float, float] | None = None, **fields: str
) -> MatchedTarget:
    lon, lat = place or (None, None)
    return MatchedTarget(UUID(int=number), kind, fields, MAHALLE, lon, lat)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"ad": "Işık Market", "telefon": "+905321112233"}, {"ad": "MARKETİ IŞIK", "telefon_2": "+905321112233"},
         ["aynı telefon", "ad %96 benzer"]),
        ({"ad": "Ali Öz", "adres": "Gül Sk. No:12/3"}, {"ad": "ÖZ ALİ", "adres": "Gül Sokak 12 D:3"},
         ["aynı ad", "aynı adres"]),
        ({"ad": "Ali Öz", "uavt": "123"}, {"ad": "Ali Ôz", "uavt": "123"}, ["aynı adres kodu (UAVT)", "aynı ad"]),
    ],
)  # fmt: skip
def test_what_two_share_is_weighed_and_told(one: dict[str, str], other: dict[str, str], reasons: list[str]) -> None:
    likeness = compare_targets(target(1, **one), target(2, **other))
    assert likeness.score >= PROPOSED_FROM
    assert likeness.reasons == reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ad": "Mehmet Yılmaz"}, {"ad": "Mehmet Yılmaz"}),  # a name that many have
        ({"ad": "Ali Öz", "telefon": "+905321112233"}, {"ad": "Zeynep Kaya", "telefon": "+905321112233"}),  # a family's
        ({"ad": "Ali Öz", "uavt": "1", "adres": "Gül Sk. 1"}, {"ad": "Ali Öz", "uavt": "2", "adres": "Gül Sk. 1"}),
    ],
)
def test_what_is_not_enough_is_not_proposed(one: dict[str, str], other: dict[str, str]) -> None:
    assert compare_targets(target(1, **one), target(2, **other)).score < PROPOSED_FROM


def test_next_door_and_a_like_name_are_enough_and_far_away_takes_off() -> None:
    here, near, far = (29.2, 41.0), (29.20015, 41.00005), (29.25, 41.0)
    one, other = target(1, place=here, ad="Işık Market"), target(2, place=near, ad="ISIK MARKET")
    assert compare_targets(one, other).reasons == ["aynı ad", "14 m"]
    assert compare_targets(one, other).score >= PROPOSED_FROM
    assert keys_of(one) & keys_to_ask(other)
    shared = {"ad": "Ali Öz", "telefon": "+905321112233"}
    apart = compare_targets(target(1, place=here, **shared), target(2, place=far, **shared))
    assert apart.score < compare_targets(target(1, **shared), target(2, **shared)).score


def test_only_things_of_a_kind_are_compared() -> None:
    assert are_comparable(target(1, "esnaf"), target(2, "isveren"))
    assert not are_comparable(target(1, "hane"), target(2, "taziye_ailesi"))


@pytest.mark.parametrize("address", ["Akpınar Mah. Gül Sk. No: 12/3", "GÜL SOKAK 12 D:3", "gül sok. no.12 daire 3"])
def test_the_same_door_is_the_same_text_however_it_is_written(address: str) -> None:
    assert address_key(address) == "gul sokak 12 3"
    assert street_of(address) == "gul sokak"
    assert address_key("Gül Sokak") == ""
