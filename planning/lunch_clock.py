"""Lunch by compressing the clock: the solver knows no breaks, so it is given a day that has no lunch in it. Pure.

Until `lunch_from` both clocks agree; afterwards the compressed one is behind by the length of lunch. What is found on
it is walked through in real time by `timetable.py`, which puts lunch at the first stop boundary from `lunch_from` on.
"""

import msgspec

from planning.problem import DAY_S, Problem, Shift, Visit, Window

# How finely the beginning of lunch is chosen around what is promised.
_STEP_S = 5 * 60


class LunchClock(msgspec.Struct, frozen=True):
    """The clock of a problem: `lunch_s` is the longest lunch of any shift, 0 where there is none."""

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


def lunch_clock(problem: Problem) -> LunchClock:
    """Make the clock of a problem; lunch begins where it swallows the fewest windows, promised ones counting most."""
    lunch_s = max((shift.lunch_s for shift in problem.shifts), default=0)
    latest = max(problem.lunch_from, problem.lunch_until)
    clocks = [
        LunchClock(moment, latest, lunch_s) for moment in range(problem.lunch_from, latest + 1, _STEP_S)
    ]  # fmt: skip

    def swallowed(clock: LunchClock) -> int:
        return sum(
            len(problem.visits) if visit.required else 1
            for visit in problem.visits
            if visit.windows and all(clock.swallows(window) for window in visit.windows)
        )

    return min(clocks, key=swallowed) if lunch_s else clocks[0]
