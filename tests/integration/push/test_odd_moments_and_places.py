"""No work fails for the sake of a moment or a place that cannot be: of those what cannot be read is passed over."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from foundation.database import Database
from service_requests.tables import Quarantine, Submission
from teams.tables import Device, TeamPosition
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.intake.posts import count, hane
from tests.integration.push.pushes import PushingTablet

THE_END, THE_BEGINNING = "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"
# Half a character in a text, as JavaScript writes it.
HALF = "\ud83d"
HERE = {"at": NOON.isoformat(), "lon": 29.205, "lat": 41.005}
ODD_POSITIONS: dict[str, object] = {
    "at the end of the calendar": HERE | {"at": THE_END},
    "beyond its end": HERE | {"at": "9999-12-31T23:59:59-23:59"},
    "at its beginning": HERE | {"at": THE_BEGINNING},
    "before its beginning": HERE | {"at": "0001-01-01T00:00:00+14:00"},
    "in no zone": HERE | {"at": "2026-11-20T09:00:00"},
    "a leap second": HERE | {"at": "2026-11-20T08:59:60Z"},
    "a number": HERE | {"at": 10**400},
    "half a character": HERE | {"at": HALF},
    "half a character in a name": HERE | {HALF: 1},
    "no number": HERE | {"lon": float("nan")},
    "endless": HERE | {"lat": float("inf")},
    "too many digits": HERE | {"accuracy_m": 10**400},
    "off the earth": HERE | {"lat": 90.1},
}
CLOCKS = {"right": NOON.isoformat(), "at the end": THE_END, "at the beginning": THE_BEGINNING, "none": None}


def send(tablet: PushingTablet, *operations: object, **envelope: object) -> list[dict[str, Any]]:
    """Push what a strict encoder would not write."""
    content = json.dumps({"sent_at": NOON.isoformat(), **envelope, "operations": operations})
    headers = {"Authorization": f"Bearer {tablet.token}"}
    answer = tablet.client.post("/v1/sync/push", content=content.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def told_by(tablet: PushingTablet, *positions: object) -> dict[str, object]:
    return {"worker_id": str(tablet.place.users["saha"]), "shares": True, "positions": positions}


@pytest.mark.parametrize("odd", ODD_POSITIONS.values(), ids=ODD_POSITIONS)
def test_an_odd_position_is_passed_over_and_the_work_and_the_other_position_are_kept(
    pushing: PushingTablet, database: Database, odd: object
) -> None:
    [result] = send(pushing, pushing.form(hane()), presence=told_by(pushing, odd, HERE))
    assert result["status"] == "applied"
    assert send(pushing, presence=told_by(pushing, odd)) == []
    assert (count(database, Submission), count(database, Quarantine), count(database, TeamPosition)) == (1, 0, 1)


@pytest.mark.parametrize("its_clock", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize("moment", [THE_END, THE_BEGINNING, "0001-01-01T00:00:00+14:00", NOON.isoformat()])
def test_a_position_of_any_moment_by_any_clock_fails_no_work(
    pushing: PushingTablet, database: Database, moment: str, its_clock: str | None
) -> None:
    presence = told_by(pushing, HERE | {"at": moment})
    [result] = send(pushing, pushing.form(hane()), sent_at=its_clock, presence=presence)
    assert result["status"] == "applied"
    assert count(database, Quarantine) == 0


@pytest.mark.parametrize("presence", [HALF, float("inf"), {"worker_id": HALF}, {"shares": HALF, HALF: 1}, [[]], ""])
def test_an_unreadable_presence_is_passed_over(pushing: PushingTablet, database: Database, presence: object) -> None:
    [result] = send(pushing, pushing.form(hane()), presence=presence)
    assert result["status"] == "applied"
    assert send(pushing, presence=presence) == []
    assert count(database, TeamPosition) == 0


def test_an_odd_version_of_the_application_fails_no_work(pushing: PushingTablet, database: Database) -> None:
    [result] = send(pushing, pushing.form(hane()), app_version=f"1.1.0{HALF}\0")
    assert result["status"] == "applied"
    with database.reading() as session:
        assert session.get_one(Device, pushing.id).app_version == "1.1.0?"


@pytest.mark.parametrize("its_clock", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize("moment", [THE_END, THE_BEGINNING, "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"])
def test_work_of_any_moment_by_any_clock_is_taken_and_the_office_can_look_at_it(
    pushing: PushingTablet, office: Office, database: Database, moment: str, its_clock: str | None
) -> None:
    other, target = PushingTablet(office.client, database, pushing.place), uuid4()
    envelope = {"sent_at": its_clock, "oldest_unsent_at": moment, "unsent_count": 2}
    made, form = pushing.target(target) | {"at": moment}, pushing.form(hane()) | {"at": moment}
    assert [one["status"] for one in send(pushing, made, form, **envelope)] == ["applied", "applied"]
    changes = [one.update(target, 1, adres=f"Sokak {one.id}") | {"at": moment} for one in (pushing, other)]
    changes[1]["payload"] |= {"branch_id": "b2", "trunk_version": 1}
    [first], [second] = (
        send(one, change, **envelope) for one, change in zip((pushing, other), changes, strict=True)
    )  # fmt: skip
    assert (first["status"], second["status"]) == ("applied", "conflict")
    for path in ("/v1/devices", "/v1/devices.csv", "/v1/conflicts", "/v1/conflicts.csv", "/v1/submissions"):
        assert office.get("koordinator", path).status_code == 200, path
    [conflict] = office.get("koordinator", "/v1/conflicts").json()["items"]
    assert office.get("koordinator", f"/v1/conflicts/{conflict['id']}").status_code == 200
    for device in office.get("koordinator", "/v1/devices").json()["items"]:
        assert device["oldest_unsent_s"] is None or device["oldest_unsent_s"] >= 0
    with database.reading() as session:
        assert session.scalars(select(Quarantine)).all() == []
