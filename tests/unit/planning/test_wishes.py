"""Visits that ask for a team: when it goes, when another one does, and what is said then."""

from datetime import date
from uuid import UUID

import numpy as np
import pytest

from planning.building import DayBuilder, Move
from planning.day_sheet import DaySheet, DayVisit, TeamDay
from planning.lunch_clock import lunch_clocks
from planning.prizes import prizes_by_rank
from planning.problem import LOW, URGENT, WISH_S, Plan, Ride, Visit
from planning.side_by_side import worth_of
from planning.solver_model import SolverModel
from planning.solving import solve_day
from planning.travel_matrix import unpack_matrix
from planning.wishes import MISSED, give_up_wishes, grant_wishes
from tests.unit.planning.days import HOUR, a_problem, a_shift, a_visit, at, line

DAY = date(2026, 11, 20)


def teams_of(plan: Plan) -> dict[str, int]:
    """Say which shift makes each visit; the shifts of these tests are one to a team."""
    return {stop.visit: route.shift for route in plan.routes for stop in route.stops}


def missed(plan: Plan) -> dict[str, str]:
    return {one.visit: one.reason for one in plan.missed}


@pytest.mark.parametrize("team", [0, 1])
def test_the_team_that_was_asked_for_goes_where_nothing_is_in_its_way(team: int) -> None:
    visits = [a_visit("neighbour", 2), a_visit("asks", 2, preferred=team), a_visit("other end", 1)]
    plan = solve_day(a_problem(visits, [a_shift(0), a_shift(1)]))
    assert teams_of(plan)["asks"] == team
    assert plan.missed == ()


def test_a_wish_is_worth_half_an_hour_of_way_and_not_more() -> None:
    # The first team goes there anyhow; the second one only because somebody asks for it, there and back.
    near = [a_visit("first", 1, allowed=frozenset({0})), a_visit("asks", 1, preferred=1)]
    shifts = [a_shift(0), a_shift(1)]
    assert teams_of(solve_day(a_problem(near, shifts, travel=line(2, 14))))["asks"] == 1
    far = solve_day(a_problem(near, shifts, travel=line(2, 16)))
    assert teams_of(far)["asks"] == 0
    assert missed(far) == {"asks": "far"}


def test_nobody_is_left_out_for_a_wish() -> None:
    # The second team has room for two: for the two that no other team may make.
    both = [a_visit(name, 1, minutes=60, priority=LOW, allowed=frozenset({1})) for name in ("a", "b")]
    asking = [a_visit(f"asks {number}", 1, minutes=60, priority=URGENT, preferred=1) for number in range(3)]
    shifts = [a_shift(0, lunch=0), a_shift(1, "08:00", "10:30", lunch=0)]
    plan = solve_day(a_problem([*asking, *both], shifts))
    assert plan.unfitted == ()
    assert teams_of(plan) == {"a": 1, "b": 1, "asks 0": 0, "asks 1": 0, "asks 2": 0}
    assert missed(plan) == dict.fromkeys(("asks 0", "asks 1", "asks 2"), "no_room")


def test_a_wish_is_given_up_for_whoever_would_be_left_out() -> None:
    # Ten to twelve only the second team has time for the long one, and the one who asked for it stands there.
    asks = a_visit("asks", 1, ("10:00", "10:30"), minutes=60, preferred=1, priority=URGENT)
    long = a_visit("long", 1, ("10:00", "10:30"), minutes=150, priority=LOW)
    problem = a_problem([asks, long], [a_shift(0, "08:00", "12:00", lunch=0), a_shift(1, lunch=0)], seconds=5)
    travel = {mode: unpack_matrix(matrix) for mode, matrix in problem.travel.items()}
    ways = (travel, lunch_clocks(problem))
    order = {1: [Ride(asks, asks.windows[0])]}
    found = give_up_wishes(problem, problem.visits, order, *ways)
    assert {shift: [ride.visit.id for ride in rides] for shift, rides in found.items()} == {0: ["asks"], 1: ["long"]}
    assert grant_wishes(problem, found, *ways) == found
    # Where nobody else could go to the one who asked, it stays.
    alone = a_problem([asks, long], [a_shift(1, lunch=0)], seconds=5)
    assert give_up_wishes(alone, alone.visits, {0: order[1]}, travel, lunch_clocks(alone)) == {0: order[1]}


def test_a_wish_that_the_search_passed_over_is_granted_at_its_end() -> None:
    asks, other = a_visit("asks", 1, preferred=1), a_visit("other", 1, preferred=0)
    problem = a_problem([asks, other], [a_shift(0), a_shift(1)])
    travel = {mode: unpack_matrix(matrix) for mode, matrix in problem.travel.items()}
    order = {0: [Ride(visit, visit.windows[0]) for visit in (asks, other)]}
    found = grant_wishes(problem, order, travel, lunch_clocks(problem))
    assert {shift: [ride.visit.id for ride in rides] for shift, rides in found.items()} == {0: ["other"], 1: ["asks"]}


def test_why_another_team_goes_is_looked_at() -> None:
    visits = [
        a_visit("evening", 1, ("15:00", "16:00"), preferred=1),
        a_visit("long", 1, minutes=200, preferred=1),
        a_visit("fine", 1, preferred=1),
    ]
    plan = solve_day(a_problem(visits, [a_shift(0), a_shift(1, "08:00", "11:00")]))
    assert missed(plan) == {"evening": "outside_shifts", "long": "too_long"}
    assert set(missed(plan).values()) < set(MISSED)


def test_days_that_shall_be_even_stay_so() -> None:
    visits = [a_visit(f"{number}", 1, minutes=30, preferred=1) for number in range(12)]
    plan = solve_day(a_problem(visits, [a_shift(0), a_shift(1)], is_balanced=True, seconds=0.6))
    assert sorted(teams_of(plan).values()) == [0] * 6 + [1] * 6
    assert set(missed(plan).values()) == {"uneven"}


def test_the_better_of_two_plans_is_the_one_that_meets_the_wish() -> None:
    asks = a_visit("asks", 1, preferred=1)
    problem = a_problem([asks], [a_shift(0), a_shift(1)])
    by_either = [
        solve_day(a_problem([a_visit("asks", 1, allowed=frozenset({team}))], problem.shifts)) for team in (0, 1)
    ]
    assert worth_of(problem, by_either[1]) < worth_of(problem, by_either[0])


def test_without_wishes_the_solver_is_given_the_same_as_ever() -> None:
    def model(*visits: Visit) -> SolverModel:
        problem = a_problem(visits, [a_shift(0), a_shift(1)])
        travel = {mode: unpack_matrix(matrix) for mode, matrix in problem.travel.items()}
        return SolverModel(problem, visits, travel, lunch_clocks(problem))

    plain = [a_visit("a", 1), a_visit("b", 2, priority=LOW)]
    data = model(*plain).data
    (costs,), (seconds,) = data.distance_matrices(), data.duration_matrices()
    assert np.array_equal(costs, seconds)
    assert prizes_by_rank(plain, 600) == {4: 1801, 3: 3602}
    asking = model(*plain, a_visit("c", 2, preferred=1)).data
    dearer = [
        costs - seconds for costs, seconds in zip(asking.distance_matrices(), asking.duration_matrices(), strict=True)
    ]
    # Only ways into the one that asks, only for the other team, and by just the wish.
    assert sorted((int((one > 0).sum()), int(one.max())) for one in dearer) == [(0, 0), (3, WISH_S)]


def a_day(*visits: DayVisit) -> DaySheet:
    teams = [TeamDay(UUID(int=team), DAY, 8 * HOUR, 17 * HOUR, (0.0, 0.0), (0.0, 0.0)) for team in (1, 2)]
    return DaySheet(list(visits), [teams[0]._replace(genders=frozenset({"kadin"})), teams[1]])


def test_what_rules_the_team_out_before_any_planning_is_said_too() -> None:
    def visit(number: int, preferred: int, **fields: str) -> DayVisit:
        return DayVisit(
            UUID(int=number), 1, UUID(int=1), DAY, fields, (1.0, 0.0), 20, preferred=UUID(int=preferred)
        )  # fmt: skip

    sheet = a_day(
        visit(11, 2), visit(12, 7), visit(13, 2, sabit="evet"), visit(14, 2), visit(15, 2, ziyaretci="kadin"),
        visit(16, 1, sabit="evet"),
    )  # fmt: skip
    moves = [Move(UUID(int=14), UUID(int=1), DAY, at("10:00"))]
    built = DayBuilder(sheet, [DAY], {"walk": line(2)}).build(seconds=0.1, moves=moves)
    assert {one.int: code for one, code in built.unmet.items()} == {
        12: "not_planned", 13: "pinned", 14: "moved", 15: "no_visitor"
    }  # fmt: skip
    assert {UUID(one.id).int: one.preferred for one in built.problem.visits} == {
        11: 1, 12: None, 13: None, 14: None, 15: None, 16: 0
    }  # fmt: skip
