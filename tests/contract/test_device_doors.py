"""The doors for tablets, called without a token, with nobody's, and after revocation."""

from datetime import timedelta
from uuid import uuid4

import pytest
from litestar import Litestar
from sqlalchemy import update

from api.wiring import Wiring
from teams.tables import Device
from tests.builders import a_photo
from tests.fixtures.municipality import SetClock
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet
from tests.integration.uploads.requests import TusTablet, sha256_of

DOORS = ("/v1/sync", "/v1/photos")
# Enrolling makes the token; what tus can do is told to whoever asks.
WITHOUT_TOKEN = {"/v1/sync/enrol"}
DRAINS = {
    "/v1/sync/push", "/v1/photos/plan", "/v1/photos/uploads", "/v1/photos/uploads/{upload_id:uuid}",
    "/v1/photos/sealed/{worker_id:uuid}/{bound_to:str}",
}  # fmt: skip
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def device_routes(app: Litestar) -> list[tuple[str, str]]:
    """List (method, path) of every route of the tablets' doors that takes a token."""
    return [
        (method, route.path)
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in sorted(handler.http_methods - {"OPTIONS"})
        if route.path.startswith(DOORS) and route.path not in WITHOUT_TOKEN
    ]


def path_of(route: str) -> str:
    """Fill the places of a route's path with what is nobody's."""
    for place in ("{upload_id:uuid}", "{submission_id:uuid}", "{worker_id:uuid}", "{bound_to:str}"):
        route = route.replace(place, str(uuid4()))
    return route.replace("{sha256:str}", "0" * 64)


def call(office: Office, method: str, path: str, token: str | None) -> tuple[int, str]:
    """Call a route and return status and code; the code is empty where the answer has no words."""
    headers = {"Tus-Resumable": "1.0.0", **({"Authorization": f"Bearer {token}"} if token else {})}
    filled = path_of(path)
    answer = office.client.request(method, filled, headers=headers, **({"json": {}} if method == "POST" else {}))
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


def test_nobody_gets_in_without_a_token_that_is_a_tablets(app: Litestar, office: Office, tablet: Tablet) -> None:
    routes = device_routes(app)
    assert len(routes) > 6
    for method, path in routes:
        for token in (None, "kimsenin-degil", tablet.token[:-1], f"{tablet.token}A"):
            status, code = call(office, method, path, token)
            assert (status, code) in {(401, "device.unknown"), (401, "")}, (method, path, token)


def test_the_offices_session_opens_no_tablets_door(app: Litestar, office: Office) -> None:
    for method, path in device_routes(app):
        answer = office.ask("admin", method, path_of(path), headers={"Tus-Resumable": "1.0.0"})
        assert answer.status_code == 401, path


def test_a_revoked_tablet_only_drains_and_that_for_a_day(
    app: Litestar, office: Office, tablet: Tablet, wiring: Wiring, clock: SetClock
) -> None:
    with wiring.database.writing() as session:
        session.execute(update(Device).where(Device.id == tablet.device_id).values(revoked_at=clock.now))
    routes = device_routes(app)
    clock.now += timedelta(hours=23, minutes=59)
    for method, path in routes:
        status, code = call(office, method, path, tablet.token)
        if path in DRAINS:
            assert status not in {401, 403}, (method, path)
        else:
            assert (status, code) in {(403, "device.revoked"), (403, "")}, (method, path)
    clock.now += timedelta(minutes=1)
    for method, path in routes:
        status, code = call(office, method, path, tablet.token)
        assert (status, code) in {(403, "device.revoked"), (403, "")}, (method, path)


def test_a_revoked_tablet_is_told_nothing_of_what_its_team_holds(
    tablet: Tablet, wiring: Wiring, clock: SetClock
) -> None:
    photo = a_photo()
    assert TusTablet(tablet.client, tablet.token).create(photo, photo).status_code == 201
    question = {"photos": [{"sha256": sha256_of(photo), "byte_size": len(photo)}]}
    assert tablet.ask("POST", "/v1/photos/plan", json=question).json()["photos"][0]["do"] == "have"
    with wiring.database.writing() as session:
        session.execute(update(Device).where(Device.id == tablet.device_id).values(revoked_at=clock.now))
    assert tablet.ask("POST", "/v1/photos/plan", json=question).json()["photos"][0]["do"] == "upload"
