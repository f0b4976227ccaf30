"""A route's times in real time, lunch included: given the order, when the team arrives, begins and ends. Pure.

Also the judge of every order, whoever made it (the solver, a person's drag): lateness raises `DoesNotFit`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planning.lunch_clock import LunchClock
from planning.problem import DAY_S, UNREACHABLE, Ride, Route, Shift, Stop, Window

Matrix = npt.NDArray[np.int32]


class DoesNotFit(Exception):
    """The order cannot be kept: the visit at `position` (its length: the way back) would be too late or unreachable."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def time_route(index: int, shift: Shift, rides: Sequence[Ride], travel: Matrix, clock: LunchClock) -> Route:
    """Work out the times of `rides` in this order in shift number `index`. Raises `DoesNotFit`."""
    walk = _Walk(shift, travel, clock)
    for position, ride in enumerate(rides):
        walk.make(position, ride)
    walk.go_back(len(rides))
    departure = shift.start if not walk.stops else walk.stops[0].arrival - walk.stops[0].travel_s
    return Route(index, departure, walk.now, tuple(walk.stops), walk.lunch, walk.travel_s)


class _Walk:
    """Where the team is, and when."""

    def __init__(self, shift: Shift, travel: Matrix, clock: LunchClock) -> None:
        self._shift, self._travel, self._clock = shift, travel, clock
        self.now, self._place = shift.start, shift.start_place
        self.travel_s = 0
        self.stops: list[Stop] = []
        self.lunch: Window | None = None
        self._lunch_from = shift.day * DAY_S + clock.lunch_from
        self._is_hungry = clock.is_eaten_in(shift)

    def make(self, position: int, ride: Ride) -> None:
        """Go to a visit and make it."""
        way_s = self._way_to(position, ride.visit.place)
        early, late = ride.window
        if not self.stops:
            self._leave_in_time_for(early - way_s)
        self._eat()
        arrival = self.now + way_s
        self.now = arrival
        self._eat_at_the_door(early, late)
        start = max(self.now, early)
        if start > late:
            raise DoesNotFit(position)
        self.now = start + ride.visit.service_s
        self._place = ride.visit.place
        self.travel_s += way_s
        self.stops.append(Stop(ride.visit.id, arrival, start, self.now, way_s))

    def go_back(self, position: int) -> None:
        """Return to where the shift ends; lunch on the way if it is still to come."""
        way_s = self._way_to(position, self._shift.end_place)
        self._eat()
        self.now += way_s
        self.travel_s += way_s
        if self.now > self._shift.end:
            raise DoesNotFit(position)

    def _leave_in_time_for(self, moment: int) -> None:
        """Stay where the shift begins, since nobody waits at the first door for what does not open yet."""
        if self._is_hungry and moment > self._lunch_from:
            self._take(max(self.now, self._lunch_from))
        self.now = max(self.now, min(moment, self._shift.end))

    def _way_to(self, position: int, place: int) -> int:
        way_s = int(self._travel[self._place, place])
        if way_s == UNREACHABLE:
            raise DoesNotFit(position)
        return way_s

    def _eat(self) -> None:
        """Have lunch where the team stands, once it is time."""
        if self._is_hungry and self.now >= self._lunch_from:
            self._take(self.now)

    def _eat_at_the_door(self, early: int, late: int) -> None:
        """Have lunch between arriving and beginning, unless just that would be too late."""
        begin = max(self.now, self._lunch_from)
        is_time = self.now >= self._lunch_from or early > self._lunch_from
        if self._is_hungry and is_time and begin + self._shift.lunch_s <= late:
            self._take(begin)

    def _take(self, begin: int) -> None:
        self.lunch = (begin, begin + self._shift.lunch_s)
        self.now = self.lunch[1]
        self._is_hungry = False
