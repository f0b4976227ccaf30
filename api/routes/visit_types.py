"""Visit types, for whoever minds the forms: listed, added, changed."""

from urllib.parse import unquote

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.dependencies import shows
from api.wiring import Wiring
from reports.visit_type_lists import VisitTypeView, view_visit_type, view_visit_types
from teams.permissions import Resource, Scope
from visits.visit_type_fields import NewVisitType, VisitTypeChange
from visits.visit_types import add_visit_type, change_visit_type

FORMS = shows(Resource.FORMS)


class VisitTypeList(msgspec.Struct, frozen=True):
    """All visit types."""

    items: list[VisitTypeView]


@get("/visit-types", sync_to_thread=True, opt=FORMS)
def show_visit_types(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> VisitTypeList:
    """List all visit types, those out of use among them."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return VisitTypeList(view_visit_types(session))


@post("/visit-types", sync_to_thread=True, opt=FORMS)
def add_type(
    data: JSONBody[NewVisitType], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> VisitTypeView:  # fmt: skip
    """Add a visit type."""
    del sees
    with wiring.database.writing() as session:
        view = view_visit_type(session, add_visit_type(session, data))
    wiring.forms.forget_listing()
    return view


@patch("/visit-types/{code:str}", sync_to_thread=True, opt=FORMS)
def change_type(
    code: FromPath[str],
    data: JSONBody[VisitTypeChange],
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
) -> VisitTypeView:
    """Change a visit type."""
    del sees
    with wiring.database.writing() as session:
        view = view_visit_type(session, change_visit_type(session, unquote(code), data))
    wiring.forms.forget_listing()
    return view
