"""A team's day of a plan to take along: a sheet of paper, a route for navigation, events for a calendar."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from api.dependencies import shows
from api.wiring import Wiring
from foundation.errors import SahaError
from planning.plan_records import load_result
from reports.day_plans import RouteView, view_route
from reports.route_files import write_gpx, write_ics
from reports.route_pdf import write_route_pdf
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope

PLANS = shows(Resource.VISITS)


class NoRoute(SahaError):
    """The plan sends this team nowhere on this day."""

    code = "plan.no_route"

    def __init__(self) -> None:
        super().__init__("Bu planda ekibin o gün ziyareti yok. Planda görünen bir ekip seçin.")


class WantedRoute(msgspec.Struct, frozen=True):
    """Which plan's, team's and day's route is wanted."""

    plan_id: UUID
    team: UUID | None
    day: date | None


def read_wanted(
    plan_id: FromPath[UUID], team: FromQuery[UUID | None] = None, day: FromQuery[date | None] = None
) -> WantedRoute:
    """Read which route is wanted."""
    return WantedRoute(plan_id, team, day)


WANTED = {"wanted": Provide(read_wanted, sync_to_thread=False)}


@get("/day-plans/{plan_id:uuid}/route.pdf", sync_to_thread=True, opt=PLANS, dependencies=WANTED)
def print_route(
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    wanted: NamedDependency[WantedRoute],
) -> Response[bytes]:
    """Print a team's day."""
    route, _ = _read(wiring, actor, sees, wanted, "pdf")
    settings = wiring.settings
    return _file(write_route_pdf(route, settings.base_url, settings.municipality), "application/pdf", route, "pdf")


@get("/day-plans/{plan_id:uuid}/route.gpx", sync_to_thread=True, opt=PLANS, dependencies=WANTED)
def export_gpx(
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    wanted: NamedDependency[WantedRoute],
) -> Response[bytes]:
    """Export a team's day for navigation."""
    route, _ = _read(wiring, actor, sees, wanted, "gpx")
    return _file(write_gpx(route), "application/gpx+xml", route, "gpx")


@get("/day-plans/{plan_id:uuid}/route.ics", sync_to_thread=True, opt=PLANS, dependencies=WANTED)
def export_ics(
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    wanted: NamedDependency[WantedRoute],
) -> Response[bytes]:
    """Export a team's day for a calendar."""
    route, at = _read(wiring, actor, sees, wanted, "ics")
    return _file(write_ics(route, at), "text/calendar; charset=utf-8", route, "ics")


def _read(
    wiring: Wiring, actor: Actor, sees: Scope, wanted: WantedRoute, kind: str
) -> tuple[RouteView, datetime]:  # fmt: skip
    """Read a route and write down who took it along. Raises `PlanUnknown`, `PlanNotReady`, `NoRoute`."""
    at = wiring.clock()
    with wiring.database.writing() as session:
        stored = load_result(session, wanted.plan_id)
        route = view_route(session, sees, stored, wanted.team, wanted.day)
        if route is None:
            raise NoRoute
        told = f"{kind}: {route.team.name}, {route.day}"
        record_access(session, actor, Access.EXPORTED, Subject.DAY_PLAN, wanted.plan_id, at=at, detail=told)
    return route, at


def _file(content: bytes, media_type: str, route: RouteView, ending: str) -> Response[bytes]:
    disposition = f'attachment; filename="gunun-plani-{route.day}.{ending}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
