import random
from datetime import date
from uuid import UUID

import pytest

from service_requests.routing import NoDefaultRoute, RoutingTable, Rule, explain_route

FEN, TEMIZLIK, PARK, MERKEZ = (UUID(int=n) for n in range(1, 5))
AKPINAR, FATIH = UUID(int=100), UUID(int=101)
TODAY = date(2026, 11, 21)


def rule(number: int, to: UUID, category: str | None = None, mahalle: UUID | None = None, **dates: date) -> Rule:
    return Rule(UUID(int=number), category, mahalle, dates.get("since"), dates.get("until"), to)


DEFAULT = rule(900, MERKEZ)


def test_the_most_specific_rule_wins() -> None:
    table = RoutingTable(
        [DEFAULT, rule(1, FEN, "yol"), rule(2, PARK, "yol", AKPINAR), rule(3, TEMIZLIK, None, AKPINAR)]
    )
    assert table.route("yol", AKPINAR, TODAY).directorate_id == PARK
    assert table.route("yol", FATIH, TODAY).directorate_id == FEN
    assert table.route("cop", AKPINAR, TODAY).directorate_id == TEMIZLIK
    assert table.route("cop", FATIH, TODAY).directorate_id == MERKEZ
    assert table.route("cop", None, TODAY).reason == "varsayılan kural"


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    table = RoutingTable([DEFAULT, rule(1, FEN, "yol", since=date(2026, 1, 1), until=TODAY)])
    assert table.route("yol", None, date(2026, 1, 1)).directorate_id == FEN
    assert table.route("yol", None, TODAY).directorate_id == FEN
    assert table.route("yol", None, date(2025, 12, 31)).directorate_id == MERKEZ
    assert table.route("yol", None, date(2026, 11, 22)).directorate_id == MERKEZ


def test_among_equals_the_later_start_wins_whatever_the_order_of_rows() -> None:
    rules = [
        DEFAULT,
        rule(1, FEN, "yol"),
        rule(3, PARK, "yol", since=date(2026, 6, 1)),
        rule(2, TEMIZLIK, "yol", since=date(2026, 6, 1)),
    ]
    for seed in range(10):
        random.Random(seed).shuffle(rules)
        assert RoutingTable(rules).route("yol", AKPINAR, TODAY).directorate_id == TEMIZLIK


def test_a_table_without_a_default_that_always_holds_is_refused() -> None:
    with pytest.raises(NoDefaultRoute):
        RoutingTable([rule(1, FEN, "yol")])
    with pytest.raises(NoDefaultRoute):
        RoutingTable([rule(1, FEN, until=TODAY)])


def test_every_kind_of_rule_explains_itself_with_the_names_it_was_chosen_by() -> None:
    rules = [DEFAULT, rule(1, FEN, "yol", AKPINAR), rule(2, PARK, "cop"), rule(3, TEMIZLIK, None, FATIH)]
    table = RoutingTable(rules)
    asked = [("yol", AKPINAR, "Akpınar"), ("cop", AKPINAR, "Akpınar"), ("su", FATIH, "Fatih"), ("su", None, None)]
    sentences = [explain_route(table.route(code, place, TODAY).reason, "Kategori", name) for code, place, name in asked]
    assert len(set(sentences)) == len(asked)
    assert all("“Kategori”" in sentence for sentence in sentences)
    assert "Akpınar mahallesi" in sentences[0]
    assert "Fatih mahallesi" in sentences[2]
    assert "varsayılan kural" in sentences[3]


def test_words_of_other_origin_are_left_as_they_are() -> None:
    assert explain_route("elle havale edildi", "Kategori", None) == "elle havale edildi"
