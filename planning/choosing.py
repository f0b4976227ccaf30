"""Which visits the solver is handed: what could be served at all, and no more than the shifts could ever hold. Pure.

Five thousand visits for one team would keep the solver busy with what cannot fit anyway: beyond one and a half times
the working time, the less important and the farther ones are set aside at once.
"""

from collections.abc import Sequence

import numpy as np

from planning.lunch_clock import LunchClock
from planning.prizes import rank_of
from planning.problem import UNREACHABLE, Problem, Shift, Visit
from planning.reasons import NO_ROOM, reason_of
from planning.timetable import Matrix

_OFFERED = 1.5
# Few visits are no burden, however long they are.
_ALWAYS_OFFERED = 300


def choose_visits(
    problem: Problem, travel: dict[str, Matrix], clocks: Sequence[LunchClock]
) -> tuple[list[Visit], dict[str, str]]:
    """Return the visits to search an order for, and what is set aside with its reason."""
    ways = list(zip(problem.shifts, clocks, strict=True))
    possible: list[Visit] = []
    set_aside: dict[str, str] = {}
    for visit in problem.visits:
        if any(_could_serve(shift, visit, travel[shift.mode], clock) for shift, clock in ways):
            possible.append(visit)
        else:
            set_aside[visit.id] = reason_of(problem, visit, travel, clocks)
    offered = _within_reach(problem, possible, travel)
    kept = {visit.id for visit in offered}
    set_aside |= {visit.id: NO_ROOM for visit in possible if visit.id not in kept}
    return offered, set_aside


def _could_serve(shift: Shift, visit: Visit, travel: Matrix, clock: LunchClock) -> bool:
    """Say whether this shift could make this visit and no other, by the clock without lunch."""
    if visit.allowed is not None and shift.team not in visit.allowed:
        return False
    there, back = int(travel[shift.start_place, visit.place]), int(travel[visit.place, shift.end_place])
    if UNREACHABLE in (there, back):
        return False
    arrival, last = clock.starts(shift) + there, clock.compressed(shift.end) - back - visit.service_s
    return any(
        max(arrival, clock.compressed(early)) <= min(clock.compressed(late), last)
        for early, late in clock.pieces(visit)
        if early <= late
    )


def _within_reach(problem: Problem, visits: Sequence[Visit], travel: dict[str, Matrix]) -> list[Visit]:
    """Keep the most important, then the nearest, up to what the shifts could hold and half as much again."""
    if len(visits) <= _ALWAYS_OFFERED:
        return list(visits)
    nearest = np.min([travel[shift.mode][shift.start_place] for shift in problem.shifts], axis=0)
    room_s = _OFFERED * sum(shift.end - shift.start - shift.lunch_s for shift in problem.shifts)
    ordered = sorted(visits, key=lambda visit: (rank_of(visit), int(nearest[visit.place])))
    kept: list[Visit] = []
    taken_s = 0.0
    for visit in ordered:
        taken_s += visit.service_s
        if taken_s > room_s and not visit.required and len(kept) >= _ALWAYS_OFFERED:
            break
        kept.append(visit)
    return kept
