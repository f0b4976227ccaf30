"""The visibility table, held against every route of the application: each is called as every role.

A role that may see nothing of a route's resource gets exactly the answer that an unknown id gets, whatever the id.
"""

import re
from itertools import product
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import ServiceRequest, Submission
from teams.permissions import Actor, Nothing, Resource, Role, scope_of
from tests.builders import FATIH, AFinding, a_submission
from tests.fixtures.municipality import version_of
from tests.fixtures.office import Office

# Routes that show no resource of the table, each with its reason.
WITHOUT_RESOURCE = {
    "/v1/sign-in": "the door",
    "/v1/sign-out": "the door",
    "/v1/me": "one's own account",
    "/v1/password": "one's own account",
    "/v1/reference": "short lists that name no citizen, for whoever is signed in",
}
# Not the office's: OpenRosa has sign-ins of its own, health and pages show nothing, photos take a signed link, and
# tablets carry a token (`test_device_doors.py`).
OTHER_DOORS = ("/openrosa", "/health", "/photos", "/v1/schema", "/v1/sync", "/v1/photos")
PAGES = {"/", "/{path:path}"}
STAFF = {
    "saha": Role.FIELD_WORKER,
    "koordinator": Role.COORDINATOR,
    "mudurluk": Role.DIRECTORATE_OFFICER,
    "yonetici": Role.MANAGER,
    "admin": Role.ADMINISTRATOR,
}
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Called = tuple[str, str, Resource]


def office_routes(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    """List (path, handler) of every route that is neither another door's nor a page."""
    return [
        (route.path, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if not route.path.startswith(OTHER_DOORS)
        and route.path not in PAGES
        # The framework answers OPTIONS for every path by itself.
        and handler.http_methods != {"OPTIONS"}
    ]


def resource_routes(app: Litestar) -> list[Called]:
    """List (method, path, resource) of every route that declares one."""
    return [
        (method, path, handler.opt["resource"])
        for path, handler in office_routes(app)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
        if "resource" in handler.opt
    ]


def filled_in(path: str) -> str:
    """Put unknown ids into a path."""
    path = re.sub(r"\{\w+:uuid\}", lambda _: str(uuid4()), path)
    path = path.replace("{tracking_no:str}", "26-0000001-4").replace("{form_id:str}", "olmayan-form")
    return path.replace("{version:str}", "1").replace("{day:date}", "2026-01-14").replace("{file_name:str}", "form.xml")


def test_every_route_declares_a_resource_or_is_on_the_short_list(app: Litestar) -> None:
    undeclared = {path for path, handler in office_routes(app) if "resource" not in handler.opt}
    assert undeclared == WITHOUT_RESOURCE.keys()
    declared = resource_routes(app)
    assert len(declared) > 20
    assert all(path.startswith("/v1/") for _, path, _ in declared)


def test_nobody_gets_past_a_route_without_signing_in(app: Litestar, office: Office) -> None:
    for method, path, _ in resource_routes(app):
        response = office.ask(None, method, filled_in(path), **body_of(method, path))
        assert (response.status_code, response.json()["code"]) == (401, "auth.required"), path


def test_a_role_that_may_see_nothing_gets_the_answer_of_the_unknown(app: Litestar, office: Office) -> None:
    not_found = office.get("koordinator", f"/v1/submissions/{uuid4()}")
    assert not_found.status_code == 404
    refused = 0
    for (method, path, resource), (name, role) in product(resource_routes(app), STAFF.items()):
        response = office.ask(name, method, filled_in(path), **body_of(method, path))
        if isinstance(scope_of(actor(office, name, role), resource), Nothing):
            refused += 1
            assert response.status_code == 404, (name, path)
            assert response.content == not_found.content, (name, path)
        elif "{" not in path and method == "GET":
            assert response.status_code == 200, (name, path)
    assert refused > 50


def test_those_who_may_get_the_same_answer_for_an_unknown_id(app: Litestar, office: Office) -> None:
    not_found = office.get("koordinator", f"/v1/submissions/{uuid4()}").content
    asked = 0
    for (method, path, resource), (name, role) in product(resource_routes(app), STAFF.items()):
        if ":uuid}" in path and not isinstance(scope_of(actor(office, name, role), resource), Nothing):
            response = office.ask(name, method, filled_in(path), **body_of(method, path))
            asked += 1
            assert (response.status_code, response.content) == (404, not_found), (name, path)
    assert asked > 8


def test_each_sees_their_own_rows_only_and_foreign_ones_look_unknown(office: Office, wiring: Wiring) -> None:
    version = version_of("hane")
    assert office.send(a_submission(version=version, findings=[AFinding(), AFinding("cop_temizlik")])).is_success
    assert office.send(a_submission(version=version, point=FATIH), by="saha2").is_success
    with wiring.database.reading() as session:
        visits = {row.team_id: row.id for row in session.scalars(select(Submission))}
        requests = {row.directorate_id: row.id for row in session.scalars(select(ServiceRequest))}
    place = office.municipality
    for name, path, own, foreign in (
        ("saha", "submissions", visits[place.team], visits[place.other_team]),
        ("saha2", "submissions", visits[place.other_team], visits[place.team]),
        ("mudurluk", "service-requests", requests[place.fen_isleri], requests[place.temizlik]),
    ):
        assert [row["id"] for row in office.get(name, f"/v1/{path}").json()["items"]] == [str(own)]
        assert office.get(name, f"/v1/{path}/{own}").status_code == 200
        unknown = office.get(name, f"/v1/{path}/{uuid4()}")
        assert office.get(name, f"/v1/{path}/{foreign}").content == unknown.content
        exported = office.get(name, f"/v1/{path}.csv").text
        assert len(exported.splitlines()) == 2
    foreign_number = office.get("koordinator", f"/v1/service-requests/{requests[place.temizlik]}").json()["tracking_no"]
    found = office.get("mudurluk", f"/v1/service-requests/by-tracking-no/{foreign_number}")
    assert found.content == office.get("mudurluk", f"/v1/service-requests/{uuid4()}").content
    for everything in ("koordinator", "yonetici"):
        assert office.get(everything, "/v1/submissions").json()["total"] == 2
        assert office.get(everything, "/v1/service-requests").json()["total"] == 2


def actor(office: Office, name: str, role: Role) -> Actor:
    team = office.municipality.team if role is Role.FIELD_WORKER else None
    directorate = office.municipality.fen_isleri if role is Role.DIRECTORATE_OFFICER else None
    return Actor(UUID(int=0), name, name, role, team, directorate)


def body_of(method: str, path: str) -> dict[str, object]:
    """Send something readable, so that nothing but the right to ask decides."""
    if method == "GET":
        return {}
    if path in {"/v1/forms", "/v1/forms/check", "/v1/form-drafts"}:
        return {"files": {"attachments": ("a.csv", b"x", "text/csv")}}
    if path in {"/v1/visit-imports", "/v1/boundary-sets", "/v1/boundary-sets/check"}:
        return {"files": {"file": ("a.csv", b"ad", "text/csv")}}
    bodies: dict[str, dict[str, object]] = {
        "/v1/duplicates/{pair_id:uuid}/merge": {"survivor_id": str(uuid4())},
        "/v1/visit-imports/{import_id:uuid}/columns": {"list_kind": "hane", "columns": [], "sheet": 0, "header_row": 1},
        "/v1/visit-targets/{target_id:uuid}/preferred-team": {"team_id": None},
        "/v1/devices/enrolment-codes": {"team_id": str(uuid4()), "label": "x"},
        "/v1/devices/{device_id:uuid}/team": {"team_id": str(uuid4())},
        "/v1/teams/{team_id:uuid}/areas": {"mahalle": []},
        "/v1/visit-types": {"code": "x", "name": "x"},
        "/v1/visit-types/{code:str}": {},
        "/v1/tablets": {"user_id": str(uuid4()), "label": "x"},
        "/v1/users": {"username": "x y", "display_name": "x", "role": "manager", "password": "x"},
        "/v1/forms/{form_id:str}/state": {"state": "open"},
        "/v1/quarantine/{quarantine_id:uuid}/close": {"reason": "x"},
        "/v1/conflicts/{conflict_id:uuid}/decide": {"choice": "standing"},
        "/v1/quarantine/{quarantine_id:uuid}/repair": {"text": "x"},
        "/v1/submissions/{submission_id:uuid}/return": {"question": "Neden?"},
        "/v1/service-requests/{request_id:uuid}/answers": {"text": "Yapıldı."},
        "/v1/users/{user_id:uuid}": {"display_name": "x"},
        "/v1/submissions/{submission_id:uuid}/review": {"note": "x"},
        "/v1/day-plans": {"first_day": "2026-11-20", "team_ids": []},
    }
    return {"json": bodies.get(path) or planning_bodies().get(path, {})}


def planning_bodies() -> dict[str, dict[str, object]]:
    day, unknown = "2026-11-23", str(uuid4())
    campaign = {
        "name": "x", "visit_type": "hane", "target_kind": "hane", "first_day": day, "last_day": day, "quota": 1,
        "team_ids": [],
    }  # fmt: skip
    return {
        "/v1/campaigns": campaign,
        "/v1/campaigns/{campaign_id:uuid}": campaign,
        "/v1/campaigns/{campaign_id:uuid}/state": {"act": "stop", "version": 1},
        "/v1/visit-assignments": {"target_id": unknown, "team_id": unknown, "visit_type": "hane", "day": day},
        "/v1/visit-assignments/{assignment_id:uuid}": {"day": day},
        "/v1/visit-assignments/take-moves-back": {"team_id": unknown, "visits": []},
        "/v1/visit-doubles/settle": {"first_id": unknown, "second_id": str(uuid4()), "keep": "both"},
        "/v1/teams": {"name": "x"},
        "/v1/teams/{team_id:uuid}": {"name": "x"},
        "/v1/team-leaves": {"first_day": day, "last_day": day, "team_id": unknown},
        "/v1/team-leaves/{leave_id:uuid}/move-visits": {"way": "later"},
        "/v1/days-off": {"first_day": day, "last_day": day, "name": "x"},
        "/v1/days-off/weekend": {"weekdays": [5, 6]},
    }
