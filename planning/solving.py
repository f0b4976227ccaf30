"""Solving a day: what cannot be served is set aside, the rest is searched for a good order, and read back in real time.

Runs in a worker process (`worker.py`), never in the server's loop. `ask` is called between the steps of the search with
the share of the time that is gone; raising from it ends the search.
"""

import time
import warnings
from collections.abc import Callable, Sequence

import pyvrp
from pyvrp import IteratedLocalSearchParams, PenaltyParams, Solution, SolveParams
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.stop import StoppingCriterion

from planning.choosing import choose_visits
from planning.lunch_clock import LunchClock, lunch_clocks
from planning.prizes import missed_s, rank_of
from planning.problem import Plan, Problem, Ride, Route, Unfitted, Visit
from planning.promoting import Order, left_by_rank, promote
from planning.reasons import reason_of
from planning.side_by_side import worked_s
from planning.solver_model import SolverModel, touches
from planning.timetable import DoesNotFit, Matrix, time_route
from planning.travel_matrix import unpack_matrix
from planning.wishes import give_up_wishes, grant_wishes, made_in, tell_missed

Ask = Callable[[float], None]

_ASK_EVERY_S = 0.2
# How far a balanced route may be above the average.
_BALANCE = 1.1
# Looking everywhere around each new best takes a third of a short search, and what it finds the next steps find too:
# measured on three days of 200 visits in 2 s of CPU, 2.2 % above the best known without it, 3.3 % with it. How far back
# a step may be worse: 300 steps is made for minutes; in 2.5 s of CPU, four seeds each, 2.1 % above the best known with
# 300 and the second search from 0.7 of the time on, 1.3 % with 70 and from the half.
_PARAMS = SolveParams(
    ils=IteratedLocalSearchParams(exhaustive_on_best=False, history_length=70), penalty=PenaltyParams(max_penalty=1e7)
)  # fmt: skip
# Shares of the time: the first search, then the one from where nothing is traded downwards, then an even one.
_FIRST, _SECOND = 0.5, 0.8


def solve_day(problem: Problem, ask: Ask = lambda _: None, now: Callable[[], float] = time.monotonic) -> Plan:
    """Find routes for a problem; whatever has no place in them is listed with its reason.

    `now` is what the problem's seconds are measured with.
    """
    travel = {mode: unpack_matrix(matrix) for mode, matrix in problem.travel.items()}
    clocks = lunch_clocks(problem)
    chosen, set_aside = choose_visits(problem, travel, clocks)
    search = _Search(problem, chosen, (travel, clocks), ask, now)
    order = search.best() if chosen and problem.shifts else {}
    routes = search.timed(order)
    served = {stop.visit for route in routes for stop in route.stops}
    left = [visit for visit in problem.visits if visit.id not in served and visit.id not in set_aside]
    unfitted = [Unfitted(visit_id, reason) for visit_id, reason in set_aside.items()]
    unfitted += [Unfitted(visit.id, reason_of(problem, visit, travel, clocks)) for visit in left]
    return Plan(routes, tuple(unfitted), tell_missed(problem, order, travel, clocks))


class _Search:
    """The search for one problem."""

    def __init__(
        self, problem: Problem, visits: Sequence[Visit], ways: tuple[dict[str, Matrix], Sequence[LunchClock]], ask: Ask,
        now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._problem, self._visits = problem, visits
        self._travel, self._clocks = ways
        self._ask, self._now = ask, now
        self._begun = now()

    def best(self) -> Order:
        """Search with promises held; where they cannot all be, they become the highest class."""
        found = self._solve(self._previous(), until=_FIRST)
        if found is None and (promised := self._promised()):
            found = self._solve(promised, until=max(_FIRST, self._gone() + 0.2))
        if found is None:
            found = self._solve(self._previous(), holds_promises=False, until=max(_FIRST, self._gone() + 0.2)) or {}
        found = self._promoted(found)
        found = self._balanced(found) if self._problem.is_balanced else found
        if any(visit.preferred is not None for visit in self._visits):
            found = give_up_wishes(self._problem, self._visits, found, self._travel, self._clocks)
            found = grant_wishes(self._problem, found, self._travel, self._clocks)
        return found

    def timed(self, order: Order) -> tuple[Route, ...]:
        """Work out the times of an order."""
        routes = (self._time(shift, rides) for shift, rides in sorted(order.items()))
        return tuple(route for route in routes if route.stops)

    def _promised(self) -> Order | None:
        """Place the promises alone, for a search that found none of its own to keep them all; None where they clash."""
        required = [visit for visit in self._visits if visit.required]
        order = promote(self._problem, required, {}, self._travel, self._clocks)
        return None if any(left_by_rank(required, order)) else order or None

    def _promoted(self, found: Order) -> Order:
        """See that nothing is left out for something less important, and search on from there.

        A search in small steps does not take twelve easy visits off a day to make room for an urgent one. Nor does it
        send another team than the one asked for, to let that one go to somebody else: where anybody is left out, it
        goes on without a thought of wishes; they are seen to at the end.
        """
        better = promote(self._problem, self._visits, found, self._travel, self._clocks)
        until = _SECOND if self._problem.is_balanced else 1.0
        weighs = not any(self._left(better))
        onwards = self._solve(better, holds_promises=False, weighs_wishes=weighs, until=until) or {}
        return min((onwards, better, found), key=self._worth)

    def _balanced(self, found: Order) -> Order:
        """Search again with no route much longer than the average, and take it where nobody is left out for it."""
        worked = [worked_s(route) for route in self.timed(found)]
        longest_s = int(_BALANCE * sum(worked) / len(self._problem.shifts))
        even = self._solve(None, longest_s=longest_s, holds_promises=False, until=1.0) or {}
        return even if self._left(even) <= self._left(found) else found

    def _left(self, order: Order) -> list[int]:
        return left_by_rank(self._visits, order)

    def _worth(self, order: Order) -> tuple[list[int], int]:
        """Rank an order, the best first: by who is left out, highest class first, then by travel and missed wishes."""
        travel_s = sum(route.travel_s for route in self.timed(order))
        return self._left(order), travel_s + missed_s(self._problem, made_in(order))

    def _gone(self) -> float:
        return (self._now() - self._begun) / self._problem.seconds

    def _solve(
        self, previous: Order | None, *, until: float, holds_promises: bool = True, weighs_wishes: bool = True,
        longest_s: int | None = None,
    ) -> Order | None:  # fmt: skip
        """Search until that share of the time is gone, from `previous` on; None where nothing feasible was found."""
        model = SolverModel(
            self._problem, self._visits, self._travel, self._clocks, holds_promises=holds_promises,
            weighs_wishes=weighs_wishes, longest_s=longest_s,
        )  # fmt: skip
        with warnings.catch_warnings():
            # That no feasible order may exist is what an over-full day looks like; the caller sees it in the result.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            result = pyvrp.solve(
                model.data, self._stop(until), seed=self._problem.seed, collect_stats=False, display=False,
                params=_PARAMS,
                initial_solution=_solution_of(previous, model) if previous else None,
            )  # fmt: skip
        return self._read(model, result.best) if result.best.is_feasible() else None

    def _stop(self, until: float) -> StoppingCriterion:
        """Make the solver's stopping rule: a share of the time; it asks on the way whether anybody still wants it."""
        asked = 0.0

        def stop(best_cost: int) -> bool:
            nonlocal asked
            del best_cost
            gone = self._gone()
            if time.monotonic() - asked >= _ASK_EVERY_S:
                asked = time.monotonic()
                self._ask(min(gone, 1.0))
            return gone >= until

        return stop

    def _previous(self) -> Order | None:
        """Begin with the order that was there before, as far as its visits are still to be made."""
        visits = {visit.id: visit for visit in self._visits}
        order = {
            shift: [ride for one in names if one in visits and (ride := self._ride(visits[one], shift))]
            for shift, names in enumerate(self._problem.previous)
        }
        return {shift: rides for shift, rides in order.items() if rides} or None

    def _ride(self, visit: Visit, index: int) -> Ride | None:
        """Take the first window of a visit on a shift's day."""
        day = self._problem.shifts[index].day
        pieces = self._clocks[index].pieces(visit)
        return next((Ride(visit, piece) for piece in pieces if touches(piece, day)), None)

    def _read(self, model: SolverModel, solution: Solution) -> Order:
        order: Order = {}
        for route in solution.routes():
            rides = [model.rides[stop.idx] for stop in route if stop.is_client()]
            self._time(route.vehicle_type(), rides)
            if rides:
                order[route.vehicle_type()] = rides
        return order

    def _time(self, index: int, rides: list[Ride]) -> Route:
        """Walk a route in real time; what does not fit after all is taken out of `rides`, the least important first."""
        shift = self._problem.shifts[index]
        while True:
            try:
                return time_route(index, shift, rides, self._travel[shift.mode], self._clocks[index])
            except DoesNotFit as trouble:
                before = rides[: trouble.position + 1]
                rides.remove(max(before, key=lambda ride: rank_of(ride.visit)))


def _solution_of(order: Order, model: SolverModel) -> Solution:
    routes = [
        pyvrp.Route(model.data, [model.client_of(ride, shift) for ride in rides], shift)
        for shift, rides in order.items()
    ]
    return Solution(model.data, routes)


def total_travel_s(plan: Plan) -> int:
    """Sum up the seconds of travel of a plan."""
    return sum(route.travel_s for route in plan.routes)
