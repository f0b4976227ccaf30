"""Visits that a person put elsewhere in a plan: around when they are made there, and the order to go on from. Pure."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from planning.asking import AskedMove
from planning.building import DayBuilder, Move
from planning.day_sheet import DaySheet, TeamDay
from planning.problem import DAY_S
from planning.stored_plan import StoredPlan, StoredRoute

Orders = dict[tuple[UUID, date], list[UUID]]


def orders_of(plan: StoredPlan) -> Orders:
    """Return the visits of each route in order."""
    return {(route.team, route.day): [stop.visit for stop in route.stops] for route in plan.routes}


def place_moves(
    asked: Sequence[AskedMove], base: StoredPlan, sheet: DaySheet, days: Sequence[date], builder: DayBuilder
) -> tuple[list[Move], Orders]:
    """Place what was moved now beside what was moved before; a move of what is not planned here is passed over."""
    hand = _Hand(base, sheet, days, builder)
    for one in asked:
        hand.move(one)
    return list(hand.moves.values()), hand.orders


class _Hand:
    """Whoever moves visits about."""

    def __init__(self, base: StoredPlan, sheet: DaySheet, days: Sequence[date], builder: DayBuilder) -> None:
        self._days, self._builder = days, builder
        self._visits = {visit.id: visit for visit in sheet.visits}
        self._team_days = {(one.team_id, one.day): one for one in sheet.team_days}
        self._routes = {(route.team, route.day): route for route in base.routes}
        self.orders = orders_of(base)
        self.moves = {
            move.visit: Move(move.visit, move.team, move.day, move.start, move.is_held)
            for move in base.moves
            if move.visit in self._visits and (move.team, move.day) in self._team_days
        }

    def move(self, one: AskedMove) -> None:
        """Put one visit elsewhere."""
        team_day = self._team_days.get((one.team, one.day))
        if one.visit not in self._visits or team_day is None:
            return
        for order in self.orders.values():
            if one.visit in order:
                order.remove(one.visit)
        order = self.orders.setdefault((one.team, one.day), [])
        order.insert(order.index(one.after) + 1 if one.after in order else 0, one.visit)
        self.moves[one.visit] = Move(one.visit, one.team, one.day, self._begin(one, team_day))

    def _begin(self, move: AskedMove, team_day: TeamDay) -> int:
        free_at = _free_at(self._routes.get((move.team, move.day)), move.after)
        absolute = None if free_at is None else free_at + self._days.index(move.day) * DAY_S
        previous = self._visits.get(move.after) if move.after and free_at is not None else None
        return self._builder.begin_after(self._visits[move.visit], previous, absolute, team_day)


def _free_at(route: StoredRoute | None, after: UUID | None) -> int | None:
    """Say when the team is free behind that visit: after lunch, where lunch follows it at once."""
    stop = next((stop for stop in route.stops if stop.visit == after), None) if route else None
    if route is None or stop is None:
        return None
    follows = route.lunch is not None and route.lunch[0] <= stop.end + 60 <= route.lunch[1] + 60
    return route.lunch[1] if follows and route.lunch and stop.end <= route.lunch[0] else stop.end
