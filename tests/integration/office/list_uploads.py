"""Lists as the coordinator takes them in: uploaded, read and checked, and imported as they were guessed."""

from typing import Any

from api.wiring import Wiring
from tests.fixtures.office import Office


def take(office: Office, content: bytes, name: str = "liste.csv") -> dict[str, Any]:
    """Upload a list and have it read and checked."""
    response = office.post("koordinator", "/v1/visit-imports", files={"file": (name, content, "text/csv")})
    assert response.status_code == 201, response.text
    return after_work(office, response.json()["id"])


def after_work(office: Office, import_id: str) -> dict[str, Any]:
    """Let the importer do what waits, and see how the list stands."""
    wiring: Wiring = office.client.app.state.wiring
    wiring.list_importer.work_off()
    view: dict[str, Any] = office.get("koordinator", f"/v1/visit-imports/{import_id}").json()
    return view


def report_of(office: Office, content: bytes, name: str = "liste.csv") -> dict[str, Any]:
    """Upload a list and import it as it was guessed; what was foreseen is what comes of it."""
    checked = take(office, content, name)
    assert checked["state"] == "checked", checked
    assert office.post("koordinator", f"/v1/visit-imports/{checked['id']}/start").status_code == 200
    done = after_work(office, checked["id"])
    assert (done["state"], done["counts"]) == ("done", checked["counts"])
    return done | {name: done["counts"][name] for name in ("rows", "targets", "visits")}
