import random
from datetime import date
from uuid import UUID

import pytest

from service_requests.routing import NoDefaultRoute, RoutingTable, Rule

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
