"""What is promised, pinned or moved by a person stays to the minute, whatever else is planned.

Days are drawn so that all promises can be kept: each team has its own, far enough apart for the way between any two
places. The judge below walks the answer by the rules of the office and uses nothing of the planner's search.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.building import DayBuilder, Move
from planning.day_sheet import DaySheet, DayVisit, TeamDay
from planning.problem import Plan
from planning.solving import solve_day

Seconds = npt.NDArray[np.int32]

DAY = date(2026, 11, 20)
HOUR = 3600
LONGEST_WAY_S, PROMISED_MIN = 14 * 60, 15
STARTS, ENDS = 8 * HOUR, 17 * HOUR
# Between which seconds lunch begins, how long it is, and the half hours that it has for itself.
LUNCHES = (
    (12 * HOUR, 13 * HOUR, 45 * 60, {24, 25, 26}),
    (11 * HOUR, 23 * HOUR // 2, 30 * 60, {22, 23}),
    (13 * HOUR, 14 * HOUR, 60 * 60, {26, 27, 28}),
)


class Promise(NamedTuple):
    """Whom the visit is promised to be made by, and from which second of the day on."""

    team: UUID
    start: int


class Day(NamedTuple):
    """A day to plan, what is promised in it, and what a person moved."""

    sheet: DaySheet
    places: int
    promises: dict[UUID, Promise]
    moves: list[Move]


@st.composite
def days(draw: st.DrawFn) -> Day:
    teams = [UUID(int=1000 + number) for number in range(draw(st.integers(1, 3)))]
    visits: list[DayVisit] = []
    promises: dict[UUID, Promise] = {}
    moves: list[Move] = []
    lunches = [draw(st.sampled_from(LUNCHES)) for _ in teams]
    for team, (*_, taken) in zip(teams, lunches, strict=True):
        # Half an hour holds such a visit and the longest way; lunch has some for itself.
        slots = st.sampled_from([slot for slot in range(17, 33) if slot not in taken])
        for slot in sorted(draw(st.sets(slots, max_size=6))):
            minute = 30 * slot + draw(st.integers(0, 1))
            visit_id = UUID(int=1 + len(visits))
            is_moved = draw(st.booleans())
            start = 60 * minute + (draw(st.integers(0, 59)) if is_moved else 0)
            fields = {} if is_moved else {"sabit": "evet", "saat": f"{minute // 60:02}:{minute % 60:02}"}
            # Whoever moves a visit takes it from any team.
            stands = draw(st.sampled_from(teams)) if is_moved else team
            visits.append(_visit(visit_id, stands, PROMISED_MIN - 2, fields))
            promises[visit_id] = Promise(team, start)
            if is_moved:
                moves.append(Move(visit_id, team, DAY, start))
    for _ in range(draw(st.integers(0, 25))):
        fields = {"oncelik": draw(st.sampled_from("1234"))}
        visits.append(_visit(UUID(int=1 + len(visits)), teams[0], draw(st.integers(5, 60)), fields))
    team_days = [
        TeamDay(team, DAY, STARTS, ENDS, (0.0, 0.0), (0.0, 0.0), length_s, first, last)
        for team, (first, last, length_s, _) in zip(teams, lunches, strict=True)
    ]  # fmt: skip
    return Day(DaySheet(visits, team_days), 1 + len(visits), promises, moves)


def _visit(visit_id: UUID, team: UUID, minutes: int, fields: dict[str, str]) -> DayVisit:
    # Each visit lies somewhere else; the point is only a name for the row of the matrix.
    return DayVisit(visit_id, 1, team, DAY, fields, (float(visit_id.int), 0.0), minutes)


@st.composite
def planned(draw: st.DrawFn) -> tuple[Day, Seconds, Plan]:
    day = draw(days())
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    seconds = chance.integers(60, LONGEST_WAY_S // 2, (day.places, day.places)).astype(np.int32)
    np.fill_diagonal(seconds, 0)
    built = DayBuilder(day.sheet, [DAY], {"walk": seconds}).build(seconds=0.15, moves=day.moves)
    return day, seconds, solve_day(built.problem)


def broken_promises(day: Day, plan: Plan) -> list[str]:
    """Say which promises the plan breaks: not made, by another team, in another minute."""
    made = {
        UUID(stop.visit): (day.sheet.team_days[route.shift].team_id, stop.start)
        for route in plan.routes
        for stop in route.stops
    }
    found = []
    for visit, promise in day.promises.items():
        team, start = made.get(visit, (None, 0))
        if team != promise.team:
            found.append(f"visit {visit.int} is made by {team}")
        elif not (promise.start <= start < promise.start - promise.start % 60 + 60):
            found.append(f"visit {visit.int} begins at {start}, not at {promise.start}")
    return found


def impossible_ways(day: Day, seconds: Seconds, plan: Plan) -> list[str]:
    """Walk each route: say where a team would have to be faster than its way, its visits and its lunch allow."""
    visits = {visit.id: visit for visit in day.sheet.visits}
    found = []
    for route in plan.routes:
        free_at, here = STARTS, 0
        for stop in route.stops:
            visit = visits[UUID(stop.visit)]
            pause_s = _pause(route.lunch, free_at, stop.start)
            if stop.start < free_at + int(seconds[here, visit.id.int]) + pause_s:
                found.append(f"visit {visit.id.int} begins before the team can be there")
            free_at, here = stop.start + 60 * visit.minutes, visit.id.int
        if free_at + int(seconds[here, 0]) + _pause(route.lunch, free_at, ENDS) > ENDS:
            found.append("home after the shift")
        team_day = day.sheet.team_days[route.shift]
        if route.lunch and not team_day.lunch_from <= route.lunch[0] <= team_day.lunch_until:
            found.append(f"lunch at {route.lunch[0]}")
    return found


def _pause(lunch: Sequence[int] | None, begin: int, end: int) -> int:
    return lunch[1] - lunch[0] if lunch and begin <= lunch[0] and lunch[1] <= end else 0


@given(planned())
@settings(max_examples=40, deadline=None)
def test_promises_that_can_be_kept_are_kept_to_the_minute(
    drawn: tuple[Day, Seconds, Plan],
) -> None:
    day, seconds, plan = drawn
    assert broken_promises(day, plan) == []
    assert impossible_ways(day, seconds, plan) == []
    stops = [stop.visit for route in plan.routes for stop in route.stops]
    assert sorted([*stops, *(one.visit for one in plan.unfitted)]) == sorted(str(one.id) for one in day.sheet.visits)
