"""A plan as it is kept and shown: by ids of visits and teams, in seconds of its day."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from planning.building import BuiltDay
from planning.learnt_paces import UsedPace
from planning.problem import DAY_S, Plan, Route
from planning.travel_times import TravelTimes


class StoredStop(msgspec.Struct, frozen=True):
    """One visit in a route, at the version it was planned with; times are seconds of the day."""

    visit: UUID
    version: int
    arrival: int
    start: int
    end: int
    travel_s: int


class StoredRoute(msgspec.Struct, frozen=True):
    """A team's day. `travel_s` counts the way back, too."""

    team: UUID
    day: date
    departure: int
    back_at: int
    lunch: tuple[int, int] | None
    travel_s: int
    stops: list[StoredStop]


class StoredUnfitted(msgspec.Struct, frozen=True):
    """A visit without a place, with the code of the reason."""

    visit: UUID
    reason: str


class StoredMissed(msgspec.Struct, frozen=True):
    """A visit that another team makes than the one asked for, with that team and the code of the reason."""

    visit: UUID
    team: UUID
    reason: str


class StoredMove(msgspec.Struct, frozen=True):
    """A visit that a person placed: with whom and when it must stay (absolute seconds of the problem).

    `start` is None where only team and day must; `is_held`: it was kept where it stood when two plans were merged.
    """

    visit: UUID
    team: UUID
    day: date
    start: int | None
    is_held: bool = False


class StoredPlan(msgspec.Struct, frozen=True):
    """The whole answer. `notes` are codes of `TRAVEL_NOTES`; `moves` what persons placed, for the next plan.

    `paces` is how bee-lines were reckoned, of each mode that needed them.
    """

    routes: list[StoredRoute]
    unfitted: list[StoredUnfitted]
    notes: list[str]
    moves: list[StoredMove]
    paces: list[UsedPace] = []
    missed: list[StoredMissed] = []


def store_plan(plan: Plan, built: BuiltDay, travel: TravelTimes) -> StoredPlan:
    """Write a plan of the solver in the words of the office."""
    versions = {visit.id: visit.version for visit in built.sheet.visits}
    return StoredPlan(
        routes=[_store_route(route, built, versions) for route in plan.routes],
        unfitted=[
            *(StoredUnfitted(visit, reason) for visit, reason in built.ruled_out.items()),
            *(StoredUnfitted(UUID(one.visit), one.reason) for one in plan.unfitted),
        ],
        notes=travel.notes,
        moves=[StoredMove(*move) for move in built.moves],
        paces=travel.paces,
        missed=_store_missed(plan, built),
    )


def read_stored(result: object) -> StoredPlan:
    """Read a plan from its row."""
    return msgspec.convert(result, StoredPlan)


def _store_missed(plan: Plan, built: BuiltDay) -> list[StoredMissed]:
    """List who is visited by another team than the one asked for: as the search says it, else as was clear before."""
    reasons = built.unmet | {UUID(one.visit): one.reason for one in plan.missed}
    wanted = {visit.id: visit.preferred for visit in built.sheet.visits if visit.preferred is not None}
    made = {
        UUID(stop.visit): built.sheet.team_days[route.shift].team_id for route in plan.routes for stop in route.stops
    }
    return [
        StoredMissed(visit, team, reasons[visit])
        for visit, team in wanted.items()
        if visit in made and made[visit] != team
    ]


def _store_route(route: Route, built: BuiltDay, versions: Mapping[UUID, int]) -> StoredRoute:
    team_day = built.sheet.team_days[route.shift]
    midnight = built.problem.shifts[route.shift].day * DAY_S
    stops = [
        StoredStop(
            UUID(stop.visit), versions[UUID(stop.visit)], stop.arrival - midnight, stop.start - midnight,
            stop.end - midnight, stop.travel_s,
        )
        for stop in route.stops
    ]  # fmt: skip
    lunch = (route.lunch[0] - midnight, route.lunch[1] - midnight) if route.lunch else None
    return StoredRoute(
        team_day.team_id, team_day.day, route.departure - midnight, route.back_at - midnight, lunch, route.travel_s,
        stops,
    )  # fmt: skip
