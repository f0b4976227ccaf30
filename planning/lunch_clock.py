"""Lunch by compressing the clock: the solver knows no breaks, so it is given a day that has no lunch in it. Pure.

Until `lunch_from` both clocks agree; afterwards the compressed one is behind by the length of lunch. What is found on
it is walked through in real time by `timetable.py`, which puts lunch at the first stop boundary from `lunch_from` on.

Teams that may rest at the same time share a clock, because each further one gives the solver more to choose from
(`solver_model.py`).
"""

from collections.abc import Iterable, Sequence

import msgspec

from planning.problem import DAY_S, Problem, Shift, Visit, Window

# How finely the beginning of lunch is chosen around what is promised.
_STEP_S = 5 * 60
# Less time in common would cut the visits around it to pieces.
_SHARED_S = 30 * 60
# With more clocks than that, lunches of different lengths share one: the shorter ones are then planned as if longer.
_MOST_CLOCKS = 4


class LunchClock(msgspec.Struct, frozen=True):
    """The clock of shifts that rest together: `lunch_s` is the longest of their lunches, 0 where there is none."""

    lunch_from: int
    lunch_until: int
    lunch_s: int

    def compressed(self, moment: int) -> int:
        """Return `moment` on the clock without lunch."""
        day, second = divmod(moment, DAY_S)
        if second > self.lunch_from:
            second = max(self.lunch_from, second - self.lunch_s)
        return day * DAY_S + second

    def is_eaten_in(self, shift: Shift) -> bool:
        """Say whether lunch falls into a shift: who begins after it or is home before it does not eat on the way."""
        noon = shift.day * DAY_S
        return bool(shift.lunch_s) and shift.start < noon + self.lunch_until and noon + self.lunch_from < shift.end

    def starts(self, shift: Shift) -> int:
        """Return a shift's beginning on the clock without lunch; who begins in the middle of it still has all of it."""
        is_late = shift.start > shift.day * DAY_S + self.lunch_from
        return shift.start if is_late and self.is_eaten_in(shift) else self.compressed(shift.start)

    def swallows(self, window: Window) -> bool:
        """Say whether a window lies wholly in what lunch takes away, so that no compressed moment stands for it."""
        second = window[0] % DAY_S
        return self.lunch_from < second and second + (window[1] - window[0]) < self.lunch_from + self.lunch_s

    def pieces(self, visit: Visit) -> list[Window]:
        """Cut a visit's windows so that it neither is swallowed by lunch nor keeps the team from it for too long."""
        if not self.lunch_s:
            return list(visit.windows)
        kept = [window for window in visit.windows if not self.swallows(window)]
        if visit.service_s <= self.lunch_until - self.lunch_from:
            return kept
        return [piece for window in kept for piece in self._around_lunch(window, visit.service_s)]

    def _around_lunch(self, window: Window, service_s: int) -> list[Window]:
        """Let a long visit end before lunch must begin, or begin after it: on each day that the window touches."""
        found = []
        for day in range(window[0] // DAY_S, window[1] // DAY_S + 1):
            noon = day * DAY_S
            before = (max(window[0], noon), min(window[1], noon + self.lunch_until - service_s))
            after = (max(window[0], noon + self.lunch_from + self.lunch_s), min(window[1], noon + DAY_S - 1))
            found += [piece for piece in (before, after) if piece[0] <= piece[1]]
        return found


def lunch_clocks(problem: Problem) -> list[LunchClock]:
    """Make the clock of each shift of a problem; those that may rest at the same time share one."""
    lengths = dict.fromkeys(shift.lunch_s for shift in problem.shifts)
    everybody = range(len(problem.shifts))
    apart = [
        group
        for length in lengths
        for group in _meeting(problem.shifts, (one for one in everybody if problem.shifts[one].lunch_s == length))
    ]
    groups = apart if len(apart) <= _MOST_CLOCKS else _meeting(problem.shifts, everybody)
    clocks = {one: clock for group in groups for clock in [_clock_of(problem, group)] for one in group}
    return [clocks[one] for one in everybody]


def _meeting(shifts: Sequence[Shift], numbers: Iterable[int]) -> list[list[int]]:
    """Part shifts into groups that have time in common in which all of them may begin their lunch."""
    groups: list[list[int]] = []
    begin, end = 0, 0
    for one in sorted(numbers, key=lambda one: (shifts[one].lunch_until, one)):
        first, last = max(begin, shifts[one].lunch_from), min(end, shifts[one].lunch_until)
        if groups and last - first >= min(_SHARED_S, end - begin, shifts[one].lunch_until - shifts[one].lunch_from):
            groups[-1].append(one)
            begin, end = first, last
        else:
            groups.append([one])
            begin, end = shifts[one].lunch_from, shifts[one].lunch_until
    return groups


def _clock_of(problem: Problem, group: Sequence[int]) -> LunchClock:
    """Let lunch begin where it swallows the fewest windows of what these teams may do, promised ones counting most."""
    shifts = [problem.shifts[one] for one in group]
    lunch_s = max(shift.lunch_s for shift in shifts)
    first = max(shift.lunch_from for shift in shifts)
    last = max(first, min(shift.lunch_until for shift in shifts))
    clocks = [LunchClock(moment, last, lunch_s) for moment in range(first, last + 1, _STEP_S)]
    teams = {shift.team for shift in shifts}
    visits = [visit for visit in problem.visits if visit.allowed is None or teams & visit.allowed]

    def swallowed(clock: LunchClock) -> int:
        return sum(
            len(problem.visits) if visit.required else 1
            for visit in visits
            if visit.windows and all(clock.swallows(window) for window in visit.windows)
        )

    return min(clocks, key=swallowed) if lunch_s else clocks[0]
