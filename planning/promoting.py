"""Making room for what is more important: a visit left out takes the place of less important ones. Pure.

The solver's prizes say the same, but a search in small steps can miss it: here it is tried for each visit that was left
out, the most important first, in every shift that could make it.
"""

import time
from collections.abc import Iterable, Sequence

from planning.lunch_clock import LunchClock
from planning.prizes import rank_of
from planning.problem import Problem, Ride, Visit
from planning.timetable import DoesNotFit, Matrix, time_route

# The rides of each shift that has any, in order.
Order = dict[int, list[Ride]]

# Trying takes a share of the search's time, not more.
_SHARE = 0.15


def left_by_rank(visits: Iterable[Visit], order: Order) -> list[int]:
    """Count the visits left out by class, highest first: the smaller list is the better plan."""
    there = {ride.visit.id for rides in order.values() for ride in rides}
    left = [rank_of(visit) for visit in visits if visit.id not in there]
    return [left.count(rank) for rank in range(5)]


def promote(
    problem: Problem, visits: Sequence[Visit], order: Order, travel: dict[str, Matrix], clocks: Sequence[LunchClock]
) -> Order:
    """Return an order in which, as far as was tried, nobody is left out for somebody less important."""
    work = _Promotion(problem, dict(order), travel, clocks)
    there = {ride.visit.id for rides in order.values() for ride in rides}
    for visit in sorted((one for one in visits if one.id not in there), key=rank_of):
        if work.is_late():
            break
        work.make_room(visit)
    return work.order


class _Promotion:
    def __init__(self, problem: Problem, order: Order, travel: dict[str, Matrix], clocks: Sequence[LunchClock]) -> None:
        self._problem, self.order, self._travel, self._clocks = problem, order, travel, clocks
        self._until = time.monotonic() + _SHARE * problem.seconds

    def is_late(self) -> bool:
        """Say whether the time for this is over."""
        return time.monotonic() > self._until

    def make_room(self, visit: Visit) -> None:
        """Place a visit where the least important ones go for it; nothing happens where there is no such place."""
        found: list[tuple[list[int], int, list[Ride]]] = []
        for index, shift in enumerate(self._problem.shifts):
            if self.is_late() or (visit.allowed is not None and shift.team not in visit.allowed):
                continue
            rides = self._with(visit, index)
            if rides is not None:
                found.append((self._lost(index, rides), index, rides))
        if found:
            _, index, rides = min(found, key=lambda one: one[:2])
            self.order[index] = rides

    def _lost(self, index: int, rides: list[Ride]) -> list[int]:
        return left_by_rank([ride.visit for ride in self.order.get(index, ())], {index: rides})

    def _with(self, visit: Visit, index: int) -> list[Ride] | None:
        """Put a visit among what is at least as important, then back in what still fits, in its old order."""
        before = self.order.get(index, [])
        kept = [ride for ride in before if rank_of(ride.visit) <= rank_of(visit)]
        placed = self._placed(visit, kept, index)
        if placed is None:
            return None
        for ride in sorted((ride for ride in before if ride not in kept), key=lambda ride: rank_of(ride.visit)):
            placed = self._placed(ride.visit, placed, index) or placed
        return placed

    def _placed(self, visit: Visit, rides: list[Ride], index: int) -> list[Ride] | None:
        """Insert a visit where the way is shortest."""
        shift, clock = self._problem.shifts[index], self._clocks[index]
        found: list[tuple[int, list[Ride]]] = []
        for window in clock.pieces(visit):
            for position in range(len(rides) + 1):
                tried = [*rides[:position], Ride(visit, window), *rides[position:]]
                try:
                    route = time_route(index, shift, tried, self._travel[shift.mode], clock)
                except DoesNotFit:
                    continue
                found.append((route.travel_s, tried))
        return min(found, key=lambda one: one[0])[1] if found else None
