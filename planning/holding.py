"""Merging two coordinators' plans of a day: what each team keeps, ours or theirs; the rest is planned around it. Pure.

"Theirs" is how the visits stand now, "ours" the plan that could not be adopted any more. A visit that both claim goes
where it stands now; one that neither claims is free. What is held is held to the minute, as if moved there by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from planning.building import Move
from planning.day_sheet import DaySheet, DayVisit
from planning.moving import Orders, orders_of
from planning.problem import DAY_S
from planning.stored_plan import StoredPlan
from visits.time_windows import read_minute


def hold_places(
    ours: Sequence[UUID], theirs: Sequence[UUID], base: StoredPlan, sheet: DaySheet, days: Sequence[date]
) -> tuple[list[Move], Orders]:
    """Hold the days of teams where they stand or where `base` has them; returns the order to go on from, too."""
    visits = {visit.id: visit for visit in sheet.visits}
    working = {(one.team_id, one.day) for one in sheet.team_days}
    standing = {
        visit.id: Move(visit.id, visit.team_id, visit.day, _stands_at(visit, days), is_held=True)
        for visit in sheet.visits
        if visit.team_id in theirs and (visit.team_id, visit.day) in working
    }
    moved = {move.visit: move.is_held for move in base.moves}
    planned = {
        stop.visit: Move(
            stop.visit, route.team, route.day, days.index(route.day) * DAY_S + stop.start,
            is_held=moved.get(stop.visit, True),
        )
        for route in base.routes
        for stop in route.stops
        if route.team in ours and stop.visit in visits and (route.team, route.day) in working
    }  # fmt: skip
    held = planned | standing
    return list(held.values()), _orders(held, standing, base)


def _orders(held: Mapping[UUID, Move], standing: Mapping[UUID, Move], base: StoredPlan) -> Orders:
    """Line up what is held from standing where it stands, and all else as the plan had it."""
    orders: Orders = {}
    for move in standing.values():
        orders.setdefault((move.team, move.day), []).append(move.visit)
    for (team, day), before in orders_of(base).items():
        order = orders.setdefault((team, day), [])
        order += [visit for visit in before if visit not in standing and _stays(held.get(visit), team, day)]
    return orders


def _stays(move: Move | None, team: UUID, day: date) -> bool:
    return move is None or (move.team, move.day) == (team, day)


def _stands_at(visit: DayVisit, days: Sequence[date]) -> int | None:
    minute = read_minute(visit.fields.get("saat", ""))
    return None if minute is None else days.index(visit.day) * DAY_S + 60 * minute
