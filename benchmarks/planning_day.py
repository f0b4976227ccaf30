"""Hands an instance to the planner as its worker would get it, and what came back to the checker."""

from benchmarks.plan_checker import ToldRoute, ToldStop
from benchmarks.planning_instances import SHIFT, Instance, lunch_of
from planning.problem import Plan, Problem, Shift, Visit
from planning.travel_matrix import pack_matrix


def problem_of(day: Instance, seconds: float) -> Problem:
    """Make the problem of an instance."""
    return Problem(
        visits=tuple(
            Visit(str(number), visit.place, visit.service_s, (visit.window,)) for number, visit in enumerate(day.visits)
        ),
        shifts=tuple(
            Shift(team, 0, *SHIFT, 0, 0, lunch_s, "car", begin, end)
            for team in range(day.team_count)
            for lunch_s, begin, end in [lunch_of(day, team)]
        ),
        travel={"car": pack_matrix(day.seconds)},
        seconds=seconds,
    )


def told_routes(plan: Plan) -> list[ToldRoute]:
    """Read a plan as the checker takes it."""
    return [
        ToldRoute(route.shift, [ToldStop(int(stop.visit), stop.start, stop.end) for stop in route.stops], route.lunch)
        for route in plan.routes
    ]
