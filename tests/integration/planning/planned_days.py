"""A day to plan in the test municipality: visits in Akpınar for two teams, and waiting for what the planner says."""

import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from api.wiring import Wiring
from teams.permissions import Role
from teams.tables import User
from tests.fixtures.municipality import NOON, PASSWORD_HASH
from tests.fixtures.office import Office
from tests.planned_visits import plan_visit

TODAY, TOMORROW = "2026-11-20", "2026-11-21"
SHORT = 0.2
_OPEN = {"waiting", "running"}


def visits_in_akpinar(
    wiring: Wiring, team: UUID, places: Sequence[int], **more: Any  # noqa: ANN401 - as plan_visit
) -> list[UUID]:  # fmt: skip
    """Plan visits along a street for today, in this order of places."""
    return [
        plan_visit(
            wiring, team, NOON, position=number, ad=f"Hane {place}", geometry=f"41.005 {29.201 + place / 1e3:.4f}",
            **more,
        ).assignment
        for number, place in enumerate(places, 1)
    ]  # fmt: skip


def another_coordinator(wiring: Wiring, name: str = "koordinator2") -> str:
    """Add a second coordinator."""
    with wiring.database.writing() as session:
        session.add(
            User(
                id=uuid4(), username=name, username_key=name, display_name="İkinci Koordinatör",
                role=Role.COORDINATOR.value, password_hash=PASSWORD_HASH, created_at=NOON,
            )
        )  # fmt: skip
    return name


def order(
    office: Office, teams: Sequence[UUID], *, by: str = "koordinator", day: str = TODAY, seconds: float = SHORT,
    **more: Any,  # noqa: ANN401 - whatever the door takes
) -> str:  # fmt: skip
    """Order a plan and return its id."""
    asked = {"first_day": day, "team_ids": list(map(str, teams)), "seconds": seconds, **more}
    response = office.post(by, "/v1/day-plans", json=asked)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def outcome(office: Office, plan_id: str) -> dict[str, Any]:
    """Wait until a plan is no longer worked on, and return its view."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, Any] = office.get("koordinator", f"/v1/day-plans/{plan_id}").json()
        if found["plan"]["state"] not in _OPEN:
            return found
        time.sleep(0.05)
    raise TimeoutError(plan_id)


def planned(office: Office, teams: Sequence[UUID], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as order
    """Order a plan and return its view when it is done."""
    found = outcome(office, order(office, teams, **more))
    assert found["plan"]["state"] == "done", found["plan"]
    return found


def stops_of(view: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name the visits of each team's route in order."""
    return {route["team"]["id"]: [stop["visit"]["id"] for stop in route["stops"]] for route in view["routes"]}


def reasons_of(view: Mapping[str, Any]) -> dict[str, str]:
    """Name the reason of each visit without a place."""
    return {one["visit"]["id"]: one["reason"]["code"] for one in view["unfitted"]}
