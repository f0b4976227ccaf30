"""From a day sheet to the solver's problem: places, windows by day, who may, what is pinned or was moved. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np

from planning.day_sheet import DaySheet, DayVisit, Point, TeamDay
from planning.problem import DAY_S, NORMAL, Problem, Shift, Visit, Window
from planning.reasons import MOVED_TOO_LATE, NO_POINT
from planning.timetable import Matrix
from planning.travel_matrix import pack_matrix
from planning.wishes import MOVED, NO_VISITOR, NOT_PLANNED, PINNED
from visits.time_windows import read_minute, read_windows

# What is promised or moved begins in its minute: times are written in minutes, a plan's own lie between two of them.
_MINUTE_S = 59


class Move(NamedTuple):
    """A visit that a person placed: with which team and day, and from which second of the problem on it begins.

    `start` is None where only team and day are kept. `is_held`: nobody moved it; it was kept where it stood in a merge.
    """

    visit: UUID
    team: UUID
    day: date
    start: int | None
    is_held: bool = False


class BuiltDay(NamedTuple):
    """A problem and what it stands for: shift `i` is `sheet.team_days[i]`, a visit's id is its UUID as text."""

    problem: Problem
    sheet: DaySheet
    ruled_out: dict[UUID, str]
    # Visits whose wish for a team cannot be met, whatever is planned, by the reason (`wishes.py`).
    unmet: dict[UUID, str]
    moves: list[Move]


def places_of(sheet: DaySheet) -> list[Point]:
    """List the points of a day, each once."""
    ends = [point for one in sheet.team_days for point in (one.start, one.end) if point]
    return list(dict.fromkeys([*ends, *(visit.point for visit in sheet.visits if visit.point)]))


class DayBuilder:
    """Builds the problem of `sheet`; `travel` are the travel times between `places_of(sheet)` by mode."""

    def __init__(self, sheet: DaySheet, days: Sequence[date], travel: Mapping[str, Matrix]) -> None:
        self._sheet, self._days = sheet, days
        self._index = {point: number for number, point in enumerate(places_of(sheet))}
        # The place behind the last is anywhere: no way to it or from it takes any time.
        self._travel = {mode: np.pad(matrix, (0, 1)) for mode, matrix in travel.items()}
        self._teams = list(dict.fromkeys(one.team_id for one in sheet.team_days))
        self._visits = {visit.id: visit for visit in sheet.visits}

    def build(
        self, *, seconds: float, is_balanced: bool = False, moves: Sequence[Move] = (),
        previous: Mapping[tuple[UUID, date], Sequence[UUID]] | None = None,
    ) -> BuiltDay:  # fmt: skip
        """Build it; visits that have a trouble or no point are ruled out."""
        moved = {move.visit: move for move in moves}
        ruled_out: dict[UUID, str] = {}
        unmet: dict[UUID, str] = {}
        visits = []
        for visit in self._sheet.visits:
            trouble = self._why_not_preferred(visit, moved.get(visit.id))
            if trouble:
                unmet[visit.id] = trouble
            built = self._visit(visit, moved.get(visit.id))
            if isinstance(built, str):
                ruled_out[visit.id] = built
            else:
                visits.append(built)
        before = previous or {}
        problem = Problem(
            visits=tuple(visits),
            shifts=tuple(map(self._shift, self._sheet.team_days)),
            travel={mode: pack_matrix(matrix) for mode, matrix in self._travel.items()},
            seconds=seconds,
            is_balanced=is_balanced,
            previous=tuple(
                tuple(map(str, before.get((one.team_id, one.day), ()))) for one in self._sheet.team_days
            ) if before else (),
        )  # fmt: skip
        return BuiltDay(problem, self._sheet, ruled_out, unmet, list(moves))

    def begin_after(self, visit: DayVisit, previous: DayVisit | None, free_at: int | None, team_day: TeamDay) -> int:
        """Work out when `visit` begins, put behind `previous`, whose team is free at `free_at` (absolute seconds)."""
        midnight = self._days.index(team_day.day) * DAY_S
        here = self._place(previous.point if previous else team_day.start)
        way_s = int(self._travel[team_day.mode][here, self._place(visit.point)])
        arrival = (midnight + team_day.starts if free_at is None else free_at) + max(way_s, 0)
        windows = [window for window in self._windows(visit) if window[1] >= arrival]
        return max(arrival, min((early for early, _ in windows), default=arrival))

    def _shift(self, one: TeamDay) -> Shift:
        number = self._days.index(one.day)
        midnight = number * DAY_S
        return Shift(
            self._teams.index(one.team_id), number, midnight + one.starts, midnight + one.ends,
            self._place(one.start), self._place(one.end), one.lunch_s, one.mode, one.lunch_from,
            one.lunch_until,
        )  # fmt: skip

    def _place(self, point: Point | None) -> int:
        return self._index[point] if point else len(self._index)

    def _visit(self, visit: DayVisit, move: Move | None) -> Visit | str:
        """Build one visit, or say why it is none."""
        if visit.trouble or not visit.point:
            return visit.trouble or NO_POINT
        windows = self._windows(visit)
        is_pinned = visit.fields.get("sabit") == "evet"
        if move is not None:
            windows = self._windows_there(move, windows)
            if not windows:
                return MOVED_TOO_LATE
        allowed = self._allowed(visit, move, is_pinned=is_pinned)
        wanted = self._teams.index(visit.preferred) if visit.preferred in self._teams else None
        return Visit(
            str(visit.id), self._place(visit.point), 60 * visit.minutes, tuple(windows),
            priority=int(visit.fields.get("oncelik") or NORMAL),
            required=is_pinned or move is not None, allowed=allowed,
            preferred=wanted if allowed is None or wanted in allowed else None,
        )  # fmt: skip

    def _why_not_preferred(self, visit: DayVisit, move: Move | None) -> str:
        """Say why the team asked for cannot make a visit, whatever is planned; empty where it could."""
        if visit.preferred is None:
            return ""
        if visit.preferred not in self._teams:
            return NOT_PLANNED
        is_pinned = visit.fields.get("sabit") == "evet"
        allowed = self._allowed(visit, move, is_pinned=is_pinned)
        if allowed is None or self._teams.index(visit.preferred) in allowed:
            return ""
        if move is not None:
            return MOVED
        return PINNED if is_pinned else NO_VISITOR

    def _windows(self, visit: DayVisit) -> list[Window]:
        """List when it may begin: so that it ends within its hours, where they are long enough for it."""
        fields = visit.fields
        days = [number for number, day in enumerate(self._days) if self._suits(visit, day)]
        minute = read_minute(fields.get("saat", ""))
        if fields.get("sabit") == "evet" and minute is not None:
            moment = 60 * minute
            return [(day * DAY_S + moment, day * DAY_S + moment + _MINUTE_S) for day in days]
        hours = read_windows(fields.get("saatler", ""))
        if hours is None:
            return []
        if not hours:
            return [(days[0] * DAY_S, (days[-1] + 1) * DAY_S - 1)] if days else []
        service_s = 60 * visit.minutes
        return [
            (day * DAY_S + 60 * early, day * DAY_S + max(60 * early, 60 * late - service_s))
            for day in days
            for early, late in hours
        ]

    def _windows_there(self, move: Move, windows: Sequence[Window]) -> list[Window]:
        """Keep a moved visit at its place: within its own windows, so that nobody comes when nobody is there."""
        midnight = self._days.index(move.day) * DAY_S
        there = (midnight, midnight + DAY_S - 1)
        if move.start is not None:
            there = (move.start, move.start - move.start % 60 + _MINUTE_S)
        kept = [(max(early, there[0]), min(late, there[1])) for early, late in windows]
        return [window for window in kept if window[0] <= window[1]]

    def _suits(self, visit: DayVisit, day: date) -> bool:
        if visit.fields.get("sabit") == "evet" and day != visit.day:
            return False
        last = visit.fields.get("son_gun", "")
        return not last or day <= date.fromisoformat(last)

    def _allowed(self, visit: DayVisit, move: Move | None, *, is_pinned: bool) -> frozenset[int] | None:
        if move is not None:
            return frozenset({self._teams.index(move.team)})
        if is_pinned:
            return frozenset(number for number, team in enumerate(self._teams) if team == visit.team_id)
        wanted = visit.fields.get("ziyaretci", "")
        if not wanted:
            return None
        able = {one.team_id for one in self._sheet.team_days if wanted in one.genders}
        return frozenset(number for number, team in enumerate(self._teams) if team in able)
