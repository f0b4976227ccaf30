"""A long day searched by two processes: the better plan is taken, and one that dies leaves it to the other."""

import os
import signal
import threading
import time

import pytest

from planning.problem import Plan, Problem, Unfitted
from planning.reasons import NO_ROOM
from planning.side_by_side import search_side_by_side, worth_of
from planning.solving import solve_day
from planning.workers import NotWantedAnyMore, PlannerDied, PlanningWorkers
from tests.unit.planning.days import a_problem, a_shift, a_visit

needs_two_processors = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor searches alone")


def a_long_day(seconds: float) -> Problem:
    visits = [a_visit(str(number), 1 + (number * 7) % 40, minutes=10, priority=1 + number % 4) for number in range(60)]
    return a_problem(visits, [a_shift(0), a_shift(1)], seconds=seconds)


def test_the_better_of_two_searches_is_taken() -> None:
    day = a_long_day(0.1)
    found: dict[int, Plan] = {}

    def solve(problem: Problem, _: object) -> Plan:
        found[problem.seed] = solve_day(problem)
        return found[problem.seed]

    best = search_side_by_side(day, 2, solve, lambda _: True)
    assert sorted(found) == [1, 2]
    assert best is min(found.values(), key=lambda plan: worth_of(day, plan))


def test_who_is_left_out_counts_before_travel() -> None:
    day = a_long_day(0.1)
    everybody = solve_day(day)
    urgent = next(stop.visit for stop in everybody.routes[0].stops if int(stop.visit) % 4 == 0)
    shorter = Plan(everybody.routes[1:], everybody.unfitted)
    without = Plan(shorter.routes, (*shorter.unfitted, Unfitted(urgent, NO_ROOM)))
    assert worth_of(day, everybody) < worth_of(day, without)
    assert worth_of(day, shorter) < worth_of(day, everybody)


@needs_two_processors
def test_a_search_that_dies_leaves_the_day_to_the_other() -> None:
    workers = PlanningWorkers(searches=2)
    outcome: list[Plan | Exception] = []
    thread = threading.Thread(target=_solve, args=(workers, a_long_day(2.0), outcome))
    thread.start()
    try:
        os.kill(_two_processes(workers)[0], signal.SIGKILL)
        thread.join(60)
        assert isinstance(outcome[0], Plan)
        served = [stop.visit for route in outcome[0].routes for stop in route.stops]
        assert len(served) + len(outcome[0].unfitted) == 60
    finally:
        workers.stop()


@needs_two_processors
def test_searches_that_all_die_are_no_plan_and_cancelling_ends_both() -> None:
    workers = PlanningWorkers(searches=2)
    try:
        outcome: list[Plan | Exception] = []
        thread = threading.Thread(target=_solve, args=(workers, a_long_day(50), outcome))
        thread.start()
        for process in _two_processes(workers):
            os.kill(process, signal.SIGKILL)
        thread.join(60)
        assert isinstance(outcome[0], PlannerDied)
        with pytest.raises(NotWantedAnyMore):
            workers.solve(a_long_day(50), lambda share: not share)
        assert workers.process_ids == []
    finally:
        workers.stop()


def _solve(workers: PlanningWorkers, day: Problem, outcome: list[Plan | Exception]) -> None:
    try:
        outcome.append(workers.solve(day, lambda _: True))
    except PlannerDied as trouble:
        outcome.append(trouble)


def _two_processes(workers: PlanningWorkers) -> list[int]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if len(found := workers.process_ids) == 2:
            return found
        time.sleep(0.02)
    raise TimeoutError
