"""The day's problem in the solver's words: clients, groups, vehicle types and matrices of PyVRP.

Matrices are NumPy, because a million single edges take seconds. Each visit has a location of its own, so that a team
that must not make it finds no way there in its profile, and for one that was not asked for the way there is dearer, not
longer; a visit with several windows is a group of clients of which one is served; a shift is a vehicle type. The clocks
are those without lunch (`lunch_clock.py`). Where teams rest at different times a visit's window is a different one by
each clock: it has a location for each, closed to all other teams, and only one of them is served.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType

from planning.lunch_clock import LunchClock
from planning.prizes import prizes_by_rank, rank_of
from planning.problem import DAY_S, UNREACHABLE, WISH_S, Problem, Ride, Shift, Visit, Window
from planning.timetable import Matrix

# Longer than any axis of days, so that what is unreachable is late by any clock; far below what overflows.
NO_WAY_S = 2_000_000

# Each team that is asked for has costs of its own: beyond so many of them (some 250 MB) wishes are left to the end of
# the search (`wishes.py`).
_MOST_WEIGHED = 10_000_000

_Seconds = npt.NDArray[np.int64]
# A mode, the locations that are closed to a shift, and those that asked for another team.
_Profile = tuple[str, frozenset[int], frozenset[int]]


class _Variant(NamedTuple):
    """A visit as shifts of some clocks see it: each window, and the same without lunch."""

    visit: Visit
    clocks: frozenset[LunchClock]
    windows: tuple[tuple[Window, Window], ...]


class SolverModel:
    """A problem built into PyVRP. `rides[i]` is what client `i` stands for; shift `v` is vehicle type `v`.

    `clocks` are those of the shifts, in their order.

    `holds_promises`: whether required visits are required; else they are the class above urgent.
    `weighs_wishes`: whether the way is dearer for a team that was not asked for.
    `longest_s`: no route may take longer than that, for balance; None for each shift's own length.
    """

    def __init__(
        self, problem: Problem, visits: Sequence[Visit], travel: dict[str, Matrix], clocks: Sequence[LunchClock], *,
        holds_promises: bool = True, weighs_wishes: bool = True, longest_s: int | None = None,
    ) -> None:  # fmt: skip
        self._problem, self._clocks, self._travel = problem, clocks, travel
        self._longest_s, self._weighs_wishes = longest_s, weighs_wishes
        variants = [variant for visit in visits for variant in self._variants(visit)]
        self._places, self._depot_of = _gather_places(problem, [variant.visit for variant in variants])
        self.rides: list[Ride] = []
        self._client_of: dict[tuple[str, LunchClock, Window], int] = {}
        clients, groups = self._make_clients(visits, variants, holds_promises=holds_promises)
        profiles = self._profiles(variants)
        vehicles = [self._vehicle(index, profiles) for index in range(len(problem.shifts))]
        # PyVRP's own hints name a shape that no array has.
        lasts = {way: self._seconds(*way) for way in {(mode, closed) for mode, closed, _ in profiles}}
        seconds: list[Any] = [lasts[(mode, closed)] for mode, closed, _ in profiles]
        costs: list[Any] = [self._costs(lasts[(mode, closed)], unwanted) for mode, closed, unwanted in profiles]
        self.data = ProblemData(
            [Location(0, 0) for _ in self._places],
            clients,
            [Depot(location) for location in range(len(self._depot_of))],
            vehicles,
            costs,
            seconds,
            groups,
        )

    def client_of(self, ride: Ride, index: int) -> int:
        """Return the client that a ride of shift number `index` is."""
        return self._client_of[(ride.visit.id, self._clocks[index], ride.window)]

    def _variants(self, visit: Visit) -> list[_Variant]:
        """Tell apart how a visit looks by each clock; where there is no difference, they share one."""
        clocks = dict.fromkeys(self._clocks)
        if len(clocks) == 1:
            (clock,) = clocks
            windows = tuple((window, _without_lunch(window, clock)) for window in clock.pieces(visit))
            return [_Variant(visit, frozenset(clocks), windows)]
        found: dict[tuple[tuple[Window, Window], ...], list[LunchClock]] = {}
        for clock in clocks:
            pieces = [window for window in clock.pieces(visit) if self._is_worked_in(window, clock)]
            found.setdefault(tuple((window, self._bounds(window, clock)) for window in pieces), []).append(clock)
        return [_Variant(visit, frozenset(mine), windows) for windows, mine in found.items() if windows]

    def _is_worked_in(self, window: Window, clock: LunchClock) -> bool:
        mine = zip(self._problem.shifts, self._clocks, strict=True)
        return any(touches(window, shift.day) for shift, its in mine if its is clock or its == clock)

    def _bounds(self, window: Window, clock: LunchClock) -> Window:
        """Take lunch out of a window; an end behind all work of its day bounds nobody, so it is the same by all."""
        early, late = _without_lunch(window, clock)
        ends = (shift.end for shift in self._problem.shifts if shift.day == window[1] // DAY_S)
        return early, window[1] if window[1] >= max(ends, default=0) else late

    def _make_clients(
        self, visits: Sequence[Visit], variants: Sequence[_Variant], *, holds_promises: bool
    ) -> tuple[list[Client], list[ClientGroup]]:
        prizes = prizes_by_rank(visits, max(int(matrix.max(initial=0)) for matrix in self._travel.values()))
        choices = Counter(variant.visit.id for variant in variants for _ in variant.windows)
        clients: list[Client] = []
        groups: dict[str, list[int]] = {}
        numbers: dict[str, int] = {}
        for number, variant in enumerate(variants):
            visit = variant.visit
            is_required, is_choice = visit.required and holds_promises, choices[visit.id] > 1
            group = numbers.setdefault(visit.id, len(numbers)) if is_choice else None
            for window, (early, late) in variant.windows:
                if is_choice:
                    groups.setdefault(visit.id, []).append(len(clients))
                for clock in variant.clocks:
                    self._client_of[(visit.id, clock, window)] = len(clients)
                self.rides.append(Ride(visit, window))
                clients.append(
                    Client(
                        len(self._depot_of) + number, service_duration=visit.service_s, tw_early=early, tw_late=late,
                        prize=0 if is_required else prizes[rank_of(visit)],
                        required=is_required and not is_choice, group=group,
                    )
                )  # fmt: skip
        required = {visit.id for visit in visits if visit.required and holds_promises}
        return clients, [ClientGroup(mine, required=one in required) for one, mine in groups.items()]

    def _profiles(self, variants: Sequence[_Variant]) -> dict[_Profile, int]:
        """Tell apart the ways to get along."""
        wanted = {variant.visit.preferred for variant in variants} - {None}
        weighs = self._weighs_wishes and len(wanted) * len(self._places) ** 2 <= _MOST_WEIGHED
        shifts = zip(self._problem.shifts, self._clocks, strict=True)
        self._profile_of = [self._profile(shift, clock, variants, weighs=weighs) for shift, clock in shifts]
        return {profile: number for number, profile in enumerate(dict.fromkeys(self._profile_of))}

    def _profile(self, shift: Shift, clock: LunchClock, variants: Sequence[_Variant], *, weighs: bool) -> _Profile:
        closed, unwanted = set(), set()
        for location, (visit, clocks, _) in enumerate(variants, start=len(self._depot_of)):
            if clock not in clocks or (visit.allowed is not None and shift.team not in visit.allowed):
                closed.add(location)
            if weighs and visit.preferred not in {None, shift.team}:
                unwanted.add(location)
        return shift.mode, frozenset(closed), frozenset(unwanted)

    def _vehicle(self, index: int, profiles: dict[_Profile, int]) -> VehicleType:
        shift, clock = self._problem.shifts[index], self._clocks[index]
        early, late = clock.starts(shift), clock.compressed(shift.end)
        late = max(early, late)
        return VehicleType(
            start_depot=self._depot_of[shift.start_place], end_depot=self._depot_of[shift.end_place],
            tw_early=early, tw_late=late,
            shift_duration=late - early if self._longest_s is None else min(late - early, self._longest_s),
            profile=profiles[self._profile_of[index]],
        )  # fmt: skip

    def _seconds(self, mode: str, closed: frozenset[int]) -> _Seconds:
        seconds = self._travel[mode][np.ix_(self._places, self._places)].astype(np.int64)
        seconds[seconds == UNREACHABLE] = NO_WAY_S
        shut = sorted(closed)
        seconds[shut, :] = NO_WAY_S
        seconds[:, shut] = NO_WAY_S
        np.fill_diagonal(seconds, 0)
        return seconds

    def _costs(self, seconds: _Seconds, unwanted: frozenset[int]) -> _Seconds:
        """Make the way to whoever asked for another team dearer by what the wish is worth."""
        if not unwanted:
            return seconds
        costs = seconds.copy()
        costs[:, sorted(unwanted)] += WISH_S
        np.fill_diagonal(costs, 0)
        return costs


def _gather_places(problem: Problem, visits: Sequence[Visit]) -> tuple[list[int], dict[int, int]]:
    """Line up the places of the locations: where shifts begin and end, each once, then one for each visit."""
    depots = dict.fromkeys(place for shift in problem.shifts for place in (shift.start_place, shift.end_place))
    return [*depots, *(visit.place for visit in visits)], {place: number for number, place in enumerate(depots)}


def touches(window: Window, day: int) -> bool:
    """Say whether a window lies on a day, at least in part."""
    return window[0] // DAY_S <= day <= window[1] // DAY_S


def _without_lunch(window: Window, clock: LunchClock) -> Window:
    return clock.compressed(window[0]), clock.compressed(window[1])
