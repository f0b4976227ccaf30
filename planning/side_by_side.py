"""Searching one day with several workers at once and taking the best: chance decides much in three seconds.

Each has a seed of its own, nothing else differs. A worker that dies leaves the others to it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from planning.prizes import missed_s, rank_of
from planning.problem import Plan, Problem, Route

Tell = Callable[[float], bool]
Solve = Callable[[Problem, Tell], Plan | None]

# A shorter day is found as well by one.
_WORTH_IT = 30
# Routes are as even as each other within so much of the longest.
_EVEN_S = 10 * 60


def search_side_by_side(problem: Problem, count: int, solve: Solve, tell: Tell) -> Plan | None:
    """Have `count` workers search and return the best plan; `solve` returns None where its worker died.

    `tell` is called by one at a time. None where all of them died.
    """
    if count == 1 or len(problem.visits) < _WORTH_IT:
        return solve(problem, tell)
    lock = threading.Lock()

    def tell_in_turn(share: float) -> bool:
        with lock:
            return tell(share)

    with ThreadPoolExecutor(count, "searching") as threads:
        seeded = [msgspec.structs.replace(problem, seed=problem.seed + number) for number in range(count)]
        found = list(threads.map(lambda one: solve(one, tell_in_turn), seeded))
    plans = [plan for plan in found if plan is not None]
    return min(plans, key=lambda plan: worth_of(problem, plan), default=None)


def worth_of(problem: Problem, plan: Plan) -> tuple[list[int], int, int]:
    """Rank a plan, the best first: who is left out, highest class first; the longest day, if it counts; way, wishes."""
    visits = {visit.id: visit for visit in problem.visits}
    left = [rank_of(visits[one.visit]) for one in plan.unfitted]
    longest_s = max((worked_s(route) for route in plan.routes), default=0) if problem.is_balanced else 0
    travel_s = sum(route.travel_s for route in plan.routes)
    made = [(visits[stop.visit], route.shift) for route in plan.routes for stop in route.stops]
    return [left.count(rank) for rank in range(5)], longest_s // _EVEN_S, travel_s + missed_s(problem, made)


def worked_s(route: Route) -> int:
    """Return how long a team is out, without its lunch."""
    eaten_s = route.lunch[1] - route.lunch[0] if route.lunch else 0
    return route.back_at - route.departure - eaten_s
