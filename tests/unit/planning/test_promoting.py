"""Making room for what is more important: who goes for whom, where, and who never does."""

import numpy as np

from planning.lunch_clock import lunch_clocks
from planning.problem import HIGH, LOW, NORMAL, URGENT, Problem, Ride, Visit
from planning.promoting import Order, left_by_rank, promote
from planning.timetable import time_route
from planning.travel_matrix import unpack_matrix
from tests.unit.planning.days import a_problem, a_shift, a_visit


def promoted(problem: Problem, order: Order) -> Order:
    travel = {mode: unpack_matrix(matrix) for mode, matrix in problem.travel.items()}
    clocks = lunch_clocks(problem)
    found = promote(problem, problem.visits, order, travel, clocks)
    for index, rides in found.items():
        shift = problem.shifts[index]
        time_route(index, shift, rides, travel[shift.mode], clocks[index])  # raises where it cannot be kept
    return found


def rides(*visits: Visit) -> list[Ride]:
    return [Ride(visit, visit.windows[0]) for visit in visits]


def names(order: Order) -> dict[int, list[str]]:
    return {index: sorted(ride.visit.id for ride in some) for index, some in order.items()}


def an_hour(name: str, priority: int, **more: object) -> Visit:
    """Make a visit next door that takes an hour."""
    return a_visit(name, 1, minutes=60, priority=priority, **more)


# From eight until a quarter past eleven: three visits of an hour and the ways, no lunch, no fourth visit.
MORNING = ("08:00", "11:20")


def test_an_urgent_visit_takes_the_place_of_the_least_important_one_alone() -> None:
    low, normal, high = an_hour("low", LOW), an_hour("normal", NORMAL), an_hour("high", HIGH)
    urgent = an_hour("urgent", URGENT)
    problem = a_problem([low, normal, high, urgent], [a_shift(0, *MORNING)], seconds=5)
    assert names(promoted(problem, {0: rides(low, normal, high)})) == {0: ["high", "normal", "urgent"]}


def test_nobody_goes_for_somebody_as_important() -> None:
    there = [an_hour(str(number), HIGH) for number in range(3)]
    problem = a_problem([*there, an_hour("another", HIGH)], [a_shift(0, *MORNING)], seconds=5)
    assert names(promoted(problem, {0: rides(*there)})) == {0: ["0", "1", "2"]}


def test_a_promise_goes_before_urgent_ones() -> None:
    there = [an_hour(str(number), URGENT) for number in range(3)]
    promise = a_visit("promise", 1, ("09:10", "09:10"), minutes=60, priority=LOW, required=True)
    problem = a_problem([*there, promise], [a_shift(0, *MORNING)], seconds=5)
    found = promoted(problem, {0: rides(*there)})
    assert "promise" in names(found)[0]
    assert left_by_rank(problem.visits, found) == [0, 1, 0, 0, 0]


def test_the_day_that_loses_the_least_important_is_chosen() -> None:
    first, second = [an_hour(f"a{number}", NORMAL) for number in range(3)], [an_hour("b0", LOW)]
    second += [an_hour(f"b{number}", NORMAL) for number in (1, 2)]
    problem = a_problem(
        [*first, *second, an_hour("urgent", URGENT)], [a_shift(0, *MORNING), a_shift(1, *MORNING)], seconds=5
    )
    found = names(promoted(problem, {0: rides(*first), 1: rides(*second)}))
    assert found == {0: ["a0", "a1", "a2"], 1: ["b1", "b2", "urgent"]}


def test_who_may_not_go_there_makes_no_room_there() -> None:
    there = [an_hour(str(number), LOW) for number in range(3)]
    urgent = an_hour("urgent", URGENT, allowed=frozenset({1}))
    problem = a_problem([*there, urgent], [a_shift(0, *MORNING)], seconds=5)
    assert names(promoted(problem, {0: rides(*there)})) == {0: ["0", "1", "2"]}


def test_an_empty_place_is_taken_and_nobody_goes() -> None:
    low, urgent = an_hour("low", LOW), an_hour("urgent", URGENT)
    problem = a_problem([low, urgent], [a_shift(0, *MORNING)], seconds=5)
    assert names(promoted(problem, {0: rides(low)})) == {0: ["low", "urgent"]}


def test_the_most_important_has_the_room_that_is_there_for_one() -> None:
    urgent, high = an_hour("urgent", URGENT), an_hour("high", HIGH)
    problem = a_problem([high, urgent], [a_shift(0, "08:00", "09:20")], seconds=5)
    assert names(promoted(problem, {})) == {0: ["urgent"]}


def test_a_visit_is_put_where_the_way_is_shortest() -> None:
    near, far = a_visit("near", 1, priority=HIGH), a_visit("far", 3, priority=HIGH)
    middle = a_visit("middle", 2, priority=URGENT)
    # A ring of one-way streets: every step back is a whole round.
    ring = np.array([[600 * ((there - here) % 4) for there in range(4)] for here in range(4)], dtype=np.int32)
    problem = a_problem([near, far, middle], [a_shift()], travel=ring, seconds=5)
    found = promoted(problem, {0: rides(near, far)})
    assert [ride.visit.id for ride in found[0]] == ["near", "middle", "far"]


def test_who_is_left_is_counted_by_importance() -> None:
    visits = [an_hour("urgent", URGENT), an_hour("low", LOW), an_hour("pinned", LOW, required=True)]
    assert left_by_rank(visits, {0: rides(visits[1])}) == [1, 1, 0, 0, 0]
