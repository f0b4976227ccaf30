"""Short lists for filters, and mahalle: their boundaries and what they are shaded by on the map."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from api.dependencies import shows
from api.wiring import Wiring
from geo.boundaries import boundaries_geojson, boundaries_version
from reports.mahalle_counts import CountFilters, MahalleCountView, count_by_mahalle
from reports.reference_lists import ReferenceView, read_reference
from teams.permissions import Actor, Resource, Scope

MAP = shows(Resource.MAP)


class MahalleCounts(msgspec.Struct, frozen=True, rename={"from_day": "from", "to_day": "to"}):
    """The counts and the days they were asked for."""

    items: list[MahalleCountView]
    from_day: date | None
    to_day: date | None


@get("/reference", sync_to_thread=True)
def show_reference(wiring: NamedDependency[Wiring], actor: NamedDependency[Actor]) -> ReferenceView:
    """Show the short lists to whoever is signed in; they name no citizen."""
    del actor
    with wiring.database.reading() as session:
        return read_reference(session)


@get("/mahalle/boundaries", sync_to_thread=True, opt=MAP)
def show_boundaries(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> Response[bytes]:
    """Send the boundaries once; the browser asks again whether they are still the same."""
    del sees
    with wiring.database.reading() as session:
        tag = f'"{boundaries_version(session)}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(b"", status_code=304, headers=headers)
        return Response(boundaries_geojson(session), media_type="application/geo+json", headers=headers)


@get("/mahalle/counts", sync_to_thread=True, opt=MAP)
def show_counts(
    *,
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    from_day: Annotated[date | None, QueryParameter(name="from")] = None,
    to_day: Annotated[date | None, QueryParameter(name="to")] = None,
    visit_type: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
) -> MahalleCounts:
    """Count visits and requests by mahalle."""
    filters = CountFilters(from_day, to_day, visit_type, category)
    with wiring.database.reading() as session:
        return MahalleCounts(count_by_mahalle(session, sees, filters), from_day, to_day)
