"""A wish for a team is told truly, and nobody is left out for it.

The judge below walks routes by the rules of the office and uses nothing of the planner's search; whom nobody visits is
held against the same day without a wish.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.problem import Plan, Problem, Shift, Visit
from planning.solving import solve_day
from planning.travel_matrix import pack_matrix

Seconds = npt.NDArray[np.int32]
HOUR, MINUTE = 3600, 60
OPENS = 8 * HOUR
HALF_AN_HOUR = 30 * MINUTE
# Streets in blocks of five minutes.
_BLOCKS = st.integers(-3, 3)


class Day(NamedTuple):
    """A day without lunch: visit `i` lies at place `i + 1`, team `t` works for `lengths[t]` seconds from eight on."""

    visits: list[Visit]
    lengths: list[int]
    seconds: Seconds


@st.composite
def days(draw: st.DrawFn) -> Day:
    teams = draw(st.integers(2, 3))
    visits = []
    for number in range(draw(st.integers(1, 4))):
        begins = OPENS + draw(st.integers(0, 3)) * HOUR
        visits.append(
            Visit(
                f"{number}", number + 1, draw(st.integers(1, 12)) * 10 * MINUTE,
                ((begins, begins + draw(st.integers(1, 4)) * HOUR),), priority=draw(st.integers(1, 4)),
                preferred=draw(st.none() | st.integers(0, teams - 1)),
            )
        )  # fmt: skip
    lengths = draw(st.lists(st.integers(1, 6).map(lambda hours: hours * HOUR), min_size=teams, max_size=teams))
    places = np.array([(0, 0), *(draw(st.tuples(_BLOCKS, _BLOCKS)) for _ in visits)])
    seconds = np.abs(places[:, None] - places).sum(axis=2) * 5 * MINUTE
    return Day(visits, lengths, seconds.astype(np.int32))


def planned(day: Day) -> Plan:
    shifts = [Shift(team, 0, OPENS, OPENS + length, 0, 0) for team, length in enumerate(day.lengths)]
    return solve_day(Problem(tuple(day.visits), tuple(shifts), {"car": pack_matrix(day.seconds)}, 0.1))


def without_wishes(day: Day) -> Day:
    return day._replace(visits=[msgspec.structs.replace(visit, preferred=None) for visit in day.visits])


def left_out(day: Day, plan: Plan) -> list[int]:
    """Count who is left out by priority, the most important first."""
    left = [day.visits[int(one.visit)].priority for one in plan.unfitted]
    return [left.count(priority) for priority in (1, 2, 3, 4)]


def way(day: Day, team: int, order: Sequence[int]) -> int | None:
    """Walk a team's day; returns its seconds of way, None where it comes too late."""
    free_at, here, total = OPENS, 0, 0
    for number in order:
        visit = day.visits[number]
        step = int(day.seconds[here, number + 1])
        free_at, here, total = max(free_at + step, visit.windows[0][0]), number + 1, total + step
        if free_at > visit.windows[0][1]:
            return None
        free_at += visit.service_s
    back = int(day.seconds[here, 0]) if order else 0
    return total + back if free_at + back <= OPENS + day.lengths[team] else None


@given(days())
@settings(max_examples=40, deadline=None)
def test_nobody_is_left_out_for_a_wish_and_what_is_said_of_a_missed_one_is_true(day: Day) -> None:
    plan = planned(day)
    orders: list[list[int]] = [[] for _ in day.lengths]
    for route in plan.routes:
        orders[route.shift] = [int(stop.visit) for stop in route.stops]
    assert left_out(day, plan) <= left_out(day, planned(without_wishes(day)))

    made = {number: team for team, order in enumerate(orders) for number in order}
    asked = {number: visit.preferred for number, visit in enumerate(day.visits)}
    others = {number for number, team in made.items() if asked[number] not in {None, team}}
    told = {int(one.visit): one.reason for one in plan.missed}
    assert set(told) == others
    for number, reason in told.items():
        prices = price_of_wish(day, orders, number, made[number])
        if reason == "far":
            assert prices
            assert min(prices) >= HALF_AN_HOUR
        else:
            assert prices == []


def price_of_wish(day: Day, orders: Sequence[Sequence[int]], number: int, team: int) -> list[int]:
    """List what it would cost in way to let the team go that was asked for, at every place where it could."""
    wanted = day.visits[number].preferred
    assert wanted is not None
    freed = way(day, team, [one for one in orders[team] if one != number])
    before, there = way(day, team, orders[team]), way(day, wanted, orders[wanted])
    assert before is not None
    assert there is not None
    if freed is None:
        return []
    tried = [[*orders[wanted][:at], number, *orders[wanted][at:]] for at in range(len(orders[wanted]) + 1)]
    found = [way(day, wanted, order) for order in tried]
    return [one - there - (before - freed) for one in found if one is not None]
