import pytest

from planning.lunch_clock import LunchClock, lunch_clocks
from planning.problem import Ride
from planning.timetable import DoesNotFit, time_route
from tests.unit.planning.days import LUNCH, a_problem, a_shift, a_visit, at, line


def test_the_clock_without_lunch_stands_still_while_people_eat() -> None:
    moments = {"11:59": "11:59", "12:00": "12:00", "12:30": "12:00", "12:45": "12:00", "13:00": "12:15"}
    assert {real: LUNCH.compressed(at(real)) for real in moments} == {real: at(told) for real, told in moments.items()}
    assert LUNCH.compressed(at("13:00", 2)) == at("12:15", 2)


def test_lunch_is_at_the_first_stop_boundary_from_noon_on() -> None:
    rides = [Ride(visit, visit.windows[0]) for visit in (a_visit("a", minutes=230), a_visit("b"), a_visit("c"))]
    route = time_route(0, a_shift(), rides, line(2), LUNCH)
    # 08:10 to 12:00 at the first door; lunch at once; then the others, which lie at the same place.
    assert [(stop.start, stop.end) for stop in route.stops] == [
        (at("08:10"), at("12:00")), (at("12:45"), at("13:05")), (at("13:05"), at("13:25")),
    ]  # fmt: skip
    assert route.lunch == (at("12:00"), at("12:45"))
    assert (route.departure, route.back_at, route.travel_s) == (at("08:00"), at("13:35"), 20 * 60)


def test_waiting_for_a_door_to_open_is_used_for_lunch() -> None:
    rides = [
        Ride(visit, visit.windows[0]) for visit in (a_visit("a", minutes=200), a_visit("b", 2, ("13:30", "15:00")))
    ]
    route = time_route(0, a_shift(), rides, line(3), LUNCH)
    assert route.lunch == (at("12:00"), at("12:45"))
    assert route.stops[1].start == at("13:30")


def test_who_begins_after_lunch_or_is_home_before_does_not_eat_on_the_way() -> None:
    for begin, end, window in (("13:30", "17:00", ("14:00", "16:00")), ("08:00", "12:00", ("09:00", "10:00"))):
        visit = a_visit("a", 1, window)
        assert time_route(0, a_shift(0, begin, end), [Ride(visit, visit.windows[0])], line(2), LUNCH).lunch is None


def test_nobody_waits_at_the_first_door() -> None:
    visit = a_visit("a", 1, ("10:00", "11:00"))
    route = time_route(0, a_shift(), [Ride(visit, visit.windows[0])], line(2), LUNCH)
    assert (route.departure, route.stops[0].arrival, route.stops[0].start) == (at("09:50"), at("10:00"), at("10:00"))


def test_an_order_that_cannot_be_kept_says_at_which_stop() -> None:
    visits = (a_visit("a", 1, ("10:00", "11:00")), a_visit("b", 2, ("08:30", "09:00")))
    with pytest.raises(DoesNotFit) as trouble:
        time_route(0, a_shift(), [Ride(visit, visit.windows[0]) for visit in visits], line(3), LUNCH)
    assert trouble.value.position == 1


def test_a_way_back_that_is_too_long_is_no_plan() -> None:
    visit = a_visit("a", 1, ("16:35", "16:55"))
    with pytest.raises(DoesNotFit) as trouble:
        time_route(0, a_shift(), [Ride(visit, visit.windows[0])], line(2), LUNCH)
    assert trouble.value.position == 1


def test_a_long_visit_ends_before_lunch_must_begin_or_begins_after_it() -> None:
    assert LUNCH.pieces(a_visit("a", 1, ("08:00", "16:00"), minutes=120)) == [
        (at("08:00"), at("11:00")), (at("12:45"), at("16:00")),
    ]  # fmt: skip


def test_lunch_makes_way_for_what_was_promised_in_it() -> None:
    promised = a_visit("a", 1, ("12:10", "12:20"), required=True)
    assert LUNCH.swallows(promised.windows[0])
    (clock,) = lunch_clocks(a_problem([promised, a_visit("b")], [a_shift()]))
    assert not clock.swallows(promised.windows[0])
    assert clock == LunchClock(at("12:10"), at("13:00"), 45 * 60)


def test_teams_that_may_rest_together_share_a_clock() -> None:
    shifts = [
        a_shift(0, between=("11:30", "12:30")), a_shift(1, between=("12:00", "13:00")),
        a_shift(2, between=("13:00", "14:00")), a_shift(3, lunch=0), a_shift(4, lunch=60, between=("12:00", "13:00")),
    ]  # fmt: skip
    first, second, third, fourth, fifth = lunch_clocks(a_problem([a_visit("a")], shifts))
    assert first is second
    assert first == LunchClock(at("12:00"), at("12:30"), 45 * 60)
    assert third == LunchClock(at("13:00"), at("14:00"), 45 * 60)
    assert fourth.lunch_s == 0
    assert fifth == LunchClock(at("12:00"), at("13:00"), 60 * 60)


def test_with_too_many_clocks_the_longest_lunch_stands_for_those_at_the_same_time() -> None:
    shifts = [a_shift(number, lunch=minutes) for number, minutes in enumerate((15, 30, 45, 60, 75))]
    clocks = lunch_clocks(a_problem([a_visit("a")], shifts))
    assert set(clocks) == {LunchClock(at("12:00"), at("13:00"), 75 * 60)}


def test_lunch_makes_way_only_for_what_its_own_teams_promised() -> None:
    promised = a_visit("a", 1, ("12:10", "12:20"), required=True, allowed=frozenset({1}))
    shifts = [a_shift(0), a_shift(1, between=("13:00", "14:00"))]
    mine, other = lunch_clocks(a_problem([promised], shifts))
    assert (mine.lunch_from, other.lunch_from) == (at("12:00"), at("13:00"))
