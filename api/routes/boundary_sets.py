"""Which boundaries were imported when, and what each import moved."""

import msgspec
from litestar import get
from litestar.di import NamedDependency

from api.dependencies import shows
from api.wiring import Wiring
from reports.boundary_history import BoundarySetView, list_boundary_sets
from teams.permissions import Resource, Scope


class BoundarySets(msgspec.Struct, frozen=True):
    """The imports, newest first."""

    items: list[BoundarySetView]


@get("/boundary-sets", sync_to_thread=True, opt=shows(Resource.BOUNDARIES))
def show_boundary_sets(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> BoundarySets:
    """List the imports of boundaries; they name no citizen."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return BoundarySets(list_boundary_sets(session))
