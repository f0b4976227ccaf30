import numpy as np
import pytest

from planning.problem import DAY_S, UNREACHABLE, Plan
from planning.reasons import REASONS
from planning.solving import solve_day
from tests.unit.planning.days import a_problem, a_shift, a_visit, at, line


def order(plan: Plan) -> dict[int, list[str]]:
    """Name the visits of each shift in order."""
    return {route.shift: [stop.visit for stop in route.stops] for route in plan.routes}


def reasons(plan: Plan) -> dict[str, str]:
    return {one.visit: one.reason for one in plan.unfitted}


def test_places_on_a_line_are_visited_along_the_line() -> None:
    plan = solve_day(a_problem([a_visit(str(place), place) for place in (3, 1, 4, 2)], [a_shift()]))
    assert sorted(order(plan)[0]) == ["1", "2", "3", "4"]
    assert sum(route.travel_s for route in plan.routes) == 8 * 600


def test_every_visit_that_cannot_be_fitted_says_why() -> None:
    travel = line(5)
    travel[:, 4] = travel[4, :] = UNREACHABLE
    visits = [
        a_visit("fine"),
        a_visit("excluded", 1, ("19:00", "17:00")),
        a_visit("evening", 1, ("19:00", "20:00")),
        a_visit("nobody", allowed=frozenset({7})),
        a_visit("island", 4),
        a_visit("endless", minutes=600),
        a_visit("hungry", 1, ("12:05", "12:10")),
    ]
    plan = solve_day(a_problem(visits, [a_shift(between=("12:00", "12:00"))], travel=travel))
    assert order(plan) == {0: ["fine"]}
    assert reasons(plan) == {
        "excluded": "windows_exclude", "evening": "outside_shifts", "nobody": "no_team", "island": "unreachable",
        "endless": "too_long", "hungry": "in_lunch",
    }  # fmt: skip
    assert set(reasons(plan).values()) < set(REASONS)


def test_no_number_of_easy_visits_makes_up_for_an_urgent_one() -> None:
    # The urgent one is far away and takes the time of six that are next door.
    visits = [a_visit("urgent", 9, minutes=120, priority=1)]
    visits += [a_visit(f"easy {number}", 1, minutes=30, priority=4) for number in range(12)]
    plan = solve_day(a_problem(visits, [a_shift(0, "13:00", "18:00")]))
    assert "urgent" in order(plan)[0]
    assert set(reasons(plan).values()) == {"no_room"}


def test_what_was_promised_stays_and_the_rest_is_planned_around_it() -> None:
    visits = [a_visit("promised", 3, ("10:00", "10:10"), required=True, priority=4)]
    visits += [a_visit(f"{number}", 1 + number % 3, priority=1) for number in range(30)]
    plan = solve_day(a_problem(visits, [a_shift()]))
    (kept,) = (stop for route in plan.routes for stop in route.stops if stop.visit == "promised")
    assert at("10:00") <= kept.start <= at("10:10")


def test_promises_that_cannot_all_be_kept_still_give_a_plan() -> None:
    visits = [a_visit(name, place, ("10:00", "10:05"), required=True) for name, place in (("a", 1), ("b", 4))]
    plan = solve_day(a_problem([*visits, a_visit("c", 2)], [a_shift()]))
    assert len(plan.unfitted) == 1
    assert "c" in order(plan)[0]


def test_one_of_several_windows_is_kept() -> None:
    visits = [a_visit("a", 1, ("09:00", "09:30"), ("15:00", "16:00")), a_visit("b", 1, ("09:00", "09:10"), minutes=60)]
    plan = solve_day(a_problem(visits, [a_shift()]))
    starts = {stop.visit: stop.start for route in plan.routes for stop in route.stops}
    assert starts["b"] <= at("09:10")
    assert at("15:00") <= starts["a"] <= at("16:00")


def test_a_visit_goes_to_a_team_that_may_make_it() -> None:
    visits = [a_visit(f"{number}", 1 + number, allowed=frozenset({number % 2})) for number in range(6)]
    plan = solve_day(a_problem(visits, [a_shift(0), a_shift(1)]))
    assert {shift: set(stops) for shift, stops in order(plan).items()} == {0: {"0", "2", "4"}, 1: {"1", "3", "5"}}


def test_what_does_not_fit_today_goes_to_tomorrow() -> None:
    days = (at("08:00"), at("17:00", 1))
    visits = [a_visit(f"{number}", 1, minutes=60) for number in range(12)]
    visits = [type(one)(one.id, one.place, one.service_s, (days,)) for one in visits]
    plan = solve_day(a_problem(visits, [a_shift(), a_shift(day=1)]))
    assert not plan.unfitted
    assert {route.shift for route in plan.routes} == {0, 1}
    assert all(stop.start // DAY_S == route.shift for route in plan.routes for stop in route.stops)


def test_balance_shares_the_work() -> None:
    visits = [a_visit(f"{number}", 1, minutes=30) for number in range(12)]
    plan = solve_day(a_problem(visits, [a_shift(0), a_shift(1)], is_balanced=True, seconds=0.6))
    assert sorted(len(stops) for stops in order(plan).values()) == [6, 6]


def test_five_thousand_visits_for_one_team_are_answered_in_the_time_given() -> None:
    visits = [a_visit(f"{number}", 1 + number % 40, minutes=10, priority=3 + number % 2) for number in range(5000)]
    plan = solve_day(a_problem(visits, [a_shift()], travel=line(41, 1)))
    served = order(plan)[0]
    assert len(served) + len(plan.unfitted) == 5000
    assert all(int(one) % 2 == 0 for one in served)
    assert set(reasons(plan).values()) == {"no_room"}


def test_a_day_without_teams_leaves_everything_for_want_of_one() -> None:
    assert reasons(solve_day(a_problem([a_visit("a")], []))) == {"a": "no_team"}


def test_planning_goes_on_from_the_order_before() -> None:
    visits = [a_visit(str(place), place) for place in range(1, 9)]
    before = tuple(str(place) for place in range(1, 9))
    plan = solve_day(a_problem(visits, [a_shift()], previous=(("gone", *before),), seconds=0.001))
    assert order(plan)[0] == list(before)


def test_the_search_ends_when_nobody_wants_it_any_more() -> None:
    class Enough(Exception):
        pass

    def ask(_: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        solve_day(a_problem([a_visit("a")], [a_shift()], seconds=60), ask)


def test_distances_are_never_traded_for_a_zero() -> None:
    travel = np.full((2, 2), UNREACHABLE, dtype=np.int32)
    assert reasons(solve_day(a_problem([a_visit("a")], [a_shift()], travel=travel))) == {"a": "unreachable"}


EARLY, LATE = {"lunch": 30, "between": ("11:00", "11:30")}, {"lunch": 60, "between": ("13:00", "14:00")}


def test_each_team_rests_in_its_own_hours() -> None:
    visits = [a_visit(str(number), 1 + number % 3, minutes=25) for number in range(32)]
    plan = solve_day(a_problem(visits, [a_shift(0, **EARLY), a_shift(1, **LATE)]))  # type: ignore[arg-type]  # fields
    assert not plan.unfitted
    lunches = {route.shift: route.lunch for route in plan.routes}
    for shift, minutes, first, last in ((0, 30, "11:00", "11:30"), (1, 60, "13:00", "14:00")):
        begin, end = lunches[shift] or (0, 0)
        assert at(first) <= begin <= at(last)
        assert end - begin == minutes * 60


def test_what_is_only_possible_while_one_team_rests_goes_to_the_other() -> None:
    visits = [a_visit(f"early {number}", 1, ("11:05", "11:25"), minutes=5) for number in range(2)]
    visits += [a_visit(f"late {number}", 1, ("13:05", "13:55"), minutes=20) for number in range(2)]
    early = {"lunch": 30, "between": ("11:00", "11:00")}
    late = {"lunch": 60, "between": ("13:00", "13:00")}
    plan = solve_day(a_problem(visits, [a_shift(0, **early), a_shift(1, **late)]))  # type: ignore[arg-type]  # fields
    assert {shift: sorted(names) for shift, names in order(plan).items()} == {
        0: ["late 0", "late 1"], 1: ["early 0", "early 1"],
    }  # fmt: skip


def test_a_team_of_a_day_without_lunch_works_through_it() -> None:
    # Friday with lunch, Saturday without: its four hours hold twelve visits of twenty minutes and no minute more.
    visits = [
        a_visit(str(number), 0, minutes=20, required=True, allowed=frozenset({1})) for number in range(12)
    ]  # fmt: skip
    visits += [a_visit(f"other {number}", 1, minutes=20, allowed=frozenset({0})) for number in range(3)]
    plan = solve_day(a_problem(visits, [a_shift(0), a_shift(1, "09:00", "13:00", lunch=0)]))
    assert not plan.unfitted


def test_an_order_that_was_there_before_is_gone_on_from_by_teams_with_lunches_of_their_own() -> None:
    visits = [a_visit(str(place), place, ("13:30", "17:00")) for place in (1, 2, 3, 4)]
    shifts = [a_shift(0, **EARLY), a_shift(1, **LATE)]  # type: ignore[arg-type]  # fields of a shift
    plan = solve_day(a_problem(visits, shifts, previous=(("1", "2"), ("4", "3"))))
    assert not plan.unfitted
