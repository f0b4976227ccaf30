"""Checks a plan against its day, without one line of the planner's: travel, lateness, lunch, skills, who is left out.

Each route is walked in real time along its stops, and every time the planner told is held against the walk. The rules
are those of the instance, not the planner's.
"""

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.planning_instances import SHIFT, Instance, lunch_of


class ToldStop(NamedTuple):
    """A stop as the planner tells it: which visit (number in the instance), when it begins and ends; seconds."""

    visit: int
    start: int
    end: int


class ToldRoute(NamedTuple):
    """A team's day as the planner tells it."""

    team: int
    stops: Sequence[ToldStop]
    lunch: tuple[int, int] | None


class Verdict(NamedTuple):
    """What the walk found: seconds of travel, visits left out, and every broken rule as a sentence."""

    travel_s: int
    unserved: int
    broken: list[str]


def check_plan(day: Instance, routes: Sequence[ToldRoute]) -> Verdict:
    """Walk all routes of a day."""
    broken: list[str] = []
    served = [stop.visit for route in routes for stop in route.stops]
    if len(set(served)) != len(served):
        broken.append("a visit is made twice")
    teams = [route.team for route in routes]
    if len(set(teams)) != len(teams) or any(not 0 <= team < day.team_count for team in teams):
        broken.append("a team has two days in one, or is none of this day's")
    travel_s = sum(_walk(day, route, broken) for route in routes)
    return Verdict(travel_s, len(day.visits) - len(set(served)), broken)


def _walk(day: Instance, route: ToldRoute, broken: list[str]) -> int:
    here, free_at, travel_s = 0, SHIFT[0], 0
    name = f"team {route.team}"
    for told in route.stops:
        visit = day.visits[told.visit]
        way_s = int(day.seconds[here, visit.place])
        pause_s = _pause_between(route.lunch, free_at, told.start)
        if told.start < free_at + way_s + pause_s:
            broken.append(f"{name}: visit {told.visit} begins before the team can be there")
        if not visit.window[0] <= told.start <= visit.window[1]:
            broken.append(f"{name}: visit {told.visit} begins outside its window")
        if told.end - told.start != visit.service_s:
            broken.append(f"{name}: visit {told.visit} is given another length")
        if route.lunch and route.lunch[0] < told.end and told.start < route.lunch[1]:
            broken.append(f"{name}: lunch during visit {told.visit}")
        here, free_at, travel_s = visit.place, told.end, travel_s + way_s
    way_s = int(day.seconds[here, 0])
    back_at = free_at + way_s + _pause_between(route.lunch, free_at, SHIFT[1])
    if back_at > SHIFT[1]:
        broken.append(f"{name}: home after the shift")
    _check_lunch(lunch_of(day, route.team), route, back_at, broken)
    return travel_s + way_s


def _pause_between(lunch: tuple[int, int] | None, begin: int, end: int) -> int:
    return lunch[1] - lunch[0] if lunch and begin <= lunch[0] and lunch[1] <= end else 0


def _check_lunch(lunch: tuple[int, int, int], route: ToldRoute, back_at: int, broken: list[str]) -> None:
    length_s, first, last = lunch
    if route.lunch is None:
        if back_at > first and route.stops and route.stops[0].start < first:
            broken.append(f"team {route.team}: no lunch")
        return
    begin, end = route.lunch
    if end - begin != length_s or not first <= begin <= last:
        broken.append(f"team {route.team}: lunch from {begin} to {end}")
