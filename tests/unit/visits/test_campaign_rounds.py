"""The rounds of a campaign, and how its visits are spread over days and teams."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from visits.campaign_rounds import MONTHLY, ONCE, WEEKLY, Round, Spot, next_start, round_of, spread

FIRST, LAST = date(2026, 1, 31), date(2026, 4, 15)
TEAMS = [UUID(int=1), UUID(int=2)]
MAHALLE = [UUID(int=11), UUID(int=12), UUID(int=13)]


def test_a_campaign_that_does_not_repeat_is_one_round() -> None:
    assert round_of(FIRST, LAST, ONCE, date(2026, 1, 1)) == Round(FIRST, LAST)
    assert round_of(FIRST, LAST, ONCE, LAST) == Round(FIRST, LAST)
    assert round_of(FIRST, LAST, ONCE, date(2026, 4, 16)) is None


def test_rounds_follow_each_other_without_gap_and_end_with_the_campaign() -> None:
    assert round_of(FIRST, LAST, WEEKLY, date(2026, 2, 7)) == Round(date(2026, 2, 7), date(2026, 2, 13))
    assert round_of(FIRST, LAST, MONTHLY, date(2026, 2, 27)) == Round(FIRST, date(2026, 2, 27))
    assert round_of(FIRST, LAST, MONTHLY, date(2026, 2, 28)) == Round(date(2026, 2, 28), date(2026, 3, 30))
    assert round_of(FIRST, LAST, MONTHLY, date(2026, 4, 1)) == Round(date(2026, 3, 31), LAST)
    assert next_start(date(2026, 12, 31), MONTHLY, date(2026, 12, 31)) == date(2027, 1, 31)


spots = st.lists(
    st.tuples(
        st.sampled_from([*MAHALLE, None]),
        st.one_of(st.none(), st.floats(29.1, 29.3)),
        st.floats(40.9, 41.1),
    ),
    max_size=60,
)


@given(spots, st.integers(1, 6), st.lists(st.integers(0, 8), min_size=12, max_size=12))
def test_nobody_is_visited_twice_and_no_team_has_more_than_there_is_room_for(
    drawn: list[tuple[UUID | None, float | None, float]], days: int, rooms: list[int]
) -> None:
    given_spots = [Spot(UUID(int=100 + no), *one) for no, one in enumerate(drawn)]
    room = {
        (FIRST + timedelta(days=day), team): rooms[day * 2 + at] for day in range(days) for at, team in enumerate(TEAMS)
    }
    areas = {TEAMS[0]: frozenset(MAHALLE[:1]), TEAMS[1]: frozenset(MAHALLE[:2])}
    places = spread(given_spots, room, areas)
    assert len({place.target_id for place in places}) == len(places)
    counts = Counter((place.day, place.team_id) for place in places)
    assert all(count <= room[key] for key, count in counts.items())
    owners = {MAHALLE[0]: set(TEAMS), MAHALLE[1]: {TEAMS[1]}}
    of = {spot.target_id: spot.mahalle_id for spot in given_spots}
    for place in places:
        mahalle = of[place.target_id]
        assert mahalle is None or place.team_id in owners.get(mahalle, set(TEAMS))
    if all(count >= len(given_spots) for count in room.values()):
        assert len(places) == len(given_spots)


def test_visits_are_spread_over_the_days_rather_than_made_on_the_first() -> None:
    many = [Spot(UUID(int=100 + no), None, 29.1 + no / 1000, 41.0) for no in range(40)]
    room = {(FIRST + timedelta(days=day), team): 20 for day in range(5) for team in TEAMS}
    counts = Counter((place.day, place.team_id) for place in spread(many, room, {}))
    assert set(counts.values()) == {4}
