"""A wish for a team in a campaign: met where there is room for it, and never at the price of anybody's place."""

from datetime import date
from uuid import UUID

from teams.days_off import DaysOff
from teams.work_times import Member, WorkTimes
from visits.campaign_rounds import Spot
from visits.campaign_visitors import Layout, Wishes, lay_out

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
FIRST, SECOND = UUID(int=1), UUID(int=2)
AKPINAR, FATIH = UUID(int=11), UUID(int=12)
AREAS = {FIRST: frozenset({AKPINAR}), SECOND: frozenset({FATIH})}


def spots(mahalle: UUID, *numbers: int) -> list[Spot]:
    return [Spot(UUID(int=number), mahalle, 29.2 + number / 10_000, 41.0) for number in numbers]


def laid_out(
    some: list[Spot],
    wanted: dict[int, UUID],
    room: dict[tuple[date, UUID], int],
    visitors: dict[int, str] | None = None,
) -> Layout:
    members = {team: [Member("kadin", []), Member("erkek", [])] for team in (FIRST, SECOND)}
    work = WorkTimes({}, {}, members, DaysOff(frozenset({5, 6})))
    asked = {UUID(int=number): visitor for number, visitor in (visitors or {}).items()}
    return lay_out(some, Wishes(asked, {UUID(int=number): team for number, team in wanted.items()}), room, AREAS, work)


def teams_of(layout: Layout) -> dict[int, UUID]:
    return {place.target_id.int: place.team_id for place in layout.places}


def test_a_wish_takes_nobodys_place_while_another_team_is_idle() -> None:
    both = [*spots(AKPINAR, 101), *spots(FATIH, 201)]
    found = laid_out(both, {101: SECOND}, {(FRIDAY, FIRST): 1, (FRIDAY, SECOND): 1})
    assert (teams_of(found), found.left_out) == ({101: FIRST, 201: SECOND}, [])


def test_as_many_wishes_are_met_as_there_is_room_for() -> None:
    some = [*spots(AKPINAR, 101, 102, 103), *spots(FATIH, 201, 202)]
    room = {(day, team): 2 for day in (FRIDAY, MONDAY) for team in (FIRST, SECOND)}
    teams = teams_of(laid_out(some, dict.fromkeys((101, 102, 103), SECOND), room))
    assert sorted(teams) == [101, 102, 103, 201, 202]
    assert [teams[number] for number in (101, 102, 103)].count(SECOND) == 2


def test_who_would_be_left_out_takes_no_place_by_a_wish_but_fills_what_is_empty() -> None:
    some = spots(AKPINAR, 101, 102, 103)
    # Of three for one place two are left out. The second team has one place: for one of those who want it.
    found = laid_out(some, {102: SECOND, 103: SECOND}, {(FRIDAY, FIRST): 1, (FRIDAY, SECOND): 1})
    assert set(teams_of(found)) in ({101, 102}, {101, 103})
    full = [*some, *spots(FATIH, 201)]
    found = laid_out(full, {102: SECOND, 103: SECOND}, {(FRIDAY, FIRST): 1, (FRIDAY, SECOND): 1})
    assert teams_of(found) == {101: FIRST, 201: SECOND}


def test_who_asks_for_a_woman_and_a_team_takes_nobodys_place_either() -> None:
    both = [*spots(AKPINAR, 101), *spots(FATIH, 201)]
    found = laid_out(both, {101: SECOND}, {(FRIDAY, FIRST): 1, (FRIDAY, SECOND): 1}, {101: "kadin"})
    assert (teams_of(found), found.left_out) == ({101: FIRST, 201: SECOND}, [])


def test_a_wish_that_cannot_be_met_hides_no_other_one() -> None:
    some = [*spots(AKPINAR, 101, 102), *spots(FATIH, 201, 202)]
    # Whoever of Fatih goes to the first team makes room for a neighbour, and none for whoever wants the second team.
    found = laid_out(some, {101: SECOND, 201: FIRST}, {(FRIDAY, FIRST): 3, (FRIDAY, SECOND): 1})
    assert (teams_of(found), found.left_out) == ({101: FIRST, 102: FIRST, 201: FIRST, 202: SECOND}, [])
