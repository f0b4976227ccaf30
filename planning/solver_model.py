"""The day's problem in the solver's words: clients, groups, vehicle types and matrices of PyVRP.

Matrices are NumPy, because a million single edges take seconds. Each visit has a location of its own, so that a team
that must not make it finds no way there in its profile, and for one that was not asked for the way there is dearer (not
longer); a visit with several windows is a group of clients of which one
is served; a shift is a vehicle type. The clock is the one without lunch (`lunch_clock.py`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType

from planning.lunch_clock import LunchClock
from planning.prizes import prizes_by_rank, rank_of
from planning.problem import UNREACHABLE, WISH_S, Problem, Ride, Shift, Visit, Window
from planning.timetable import Matrix

# Longer than any axis of days, so that what is unreachable is late by any clock; far below what overflows.
NO_WAY_S = 2_000_000

# Each team that is asked for has costs of its own: beyond so many of them (some 250 MB) wishes are left to the end of
# the search (`wishes.py`).
_MOST_WEIGHED = 10_000_000

_Seconds = npt.NDArray[np.int64]
_Profile = tuple[str, frozenset[int], frozenset[int]]


class SolverModel:
    """A problem built into PyVRP. `rides[i]` is what client `i` stands for; shift `v` is vehicle type `v`.

    `holds_promises`: whether required visits are required; else they are the class above urgent.
    `weighs_wishes`: whether the way is dearer for a team that was not asked for.
    `longest_s`: no route may take longer than that, for balance; None for each shift's own length.
    """

    def __init__(
        self, problem: Problem, visits: Sequence[Visit], travel: dict[str, Matrix], clock: LunchClock, *,
        holds_promises: bool = True, weighs_wishes: bool = True, longest_s: int | None = None,
    ) -> None:  # fmt: skip
        self._problem, self._clock, self._travel = problem, clock, travel
        self._longest_s, self._weighs_wishes = longest_s, weighs_wishes
        self._places, self._depot_of = _gather_places(problem, visits)
        self.rides: list[Ride] = []
        self.client_of: dict[tuple[str, Window], int] = {}
        clients, groups = self._make_clients(visits, holds_promises=holds_promises)
        profiles = self._profiles(visits)
        vehicles = [self._vehicle(shift, profiles) for shift in problem.shifts]
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

    def _make_clients(self, visits: Sequence[Visit], *, holds_promises: bool) -> tuple[list[Client], list[ClientGroup]]:
        prizes = prizes_by_rank(visits, max(int(matrix.max(initial=0)) for matrix in self._travel.values()))
        clients: list[Client] = []
        groups: list[ClientGroup] = []
        for number, visit in enumerate(visits):
            pieces = self._clock.pieces(visit)
            is_required = visit.required and holds_promises
            mine = list(range(len(clients), len(clients) + len(pieces)))
            group = len(groups) if len(pieces) > 1 else None
            if group is not None:
                groups.append(ClientGroup(mine, required=is_required))
            for window in pieces:
                self.client_of[(visit.id, window)] = len(clients)
                self.rides.append(Ride(visit, window))
                clients.append(
                    Client(
                        len(self._depot_of) + number, service_duration=visit.service_s,
                        tw_early=self._clock.compressed(window[0]), tw_late=self._clock.compressed(window[1]),
                        prize=0 if is_required else prizes[rank_of(visit)],
                        required=is_required and group is None, group=group,
                    )
                )  # fmt: skip
        return clients, groups

    def _profiles(self, visits: Sequence[Visit]) -> dict[_Profile, int]:
        """Tell apart the ways to get along: a mode, the locations closed to a team, those that asked for another."""
        first = len(self._depot_of)
        limited = [(first + number, visit.allowed) for number, visit in enumerate(visits) if visit.allowed is not None]
        wished = [
            (first + number, visit.preferred) for number, visit in enumerate(visits) if visit.preferred is not None
        ]
        weighs = self._weighs_wishes and len({team for _, team in wished}) * len(self._places) ** 2 <= _MOST_WEIGHED
        self._profile_of: dict[tuple[str, int], _Profile] = {}
        for mode, team in {(shift.mode, shift.team) for shift in self._problem.shifts}:
            closed = frozenset(location for location, allowed in limited if team not in allowed)
            dearer = frozenset(location for location, wanted in wished if team != wanted)
            unwanted = dearer if weighs else frozenset[int]()
            self._profile_of[(mode, team)] = (mode, closed, unwanted)
        found: dict[_Profile, int] = {}
        for shift in self._problem.shifts:
            found.setdefault(self._profile_of[(shift.mode, shift.team)], len(found))
        return found

    def _vehicle(self, shift: Shift, profiles: dict[_Profile, int]) -> VehicleType:
        early, late = self._clock.starts(shift), self._clock.compressed(shift.end)
        late = max(early, late)
        return VehicleType(
            start_depot=self._depot_of[shift.start_place], end_depot=self._depot_of[shift.end_place],
            tw_early=early, tw_late=late,
            shift_duration=late - early if self._longest_s is None else min(late - early, self._longest_s),
            profile=profiles[self._profile_of[(shift.mode, shift.team)]],
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
