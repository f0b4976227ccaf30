"""A conflict says when each side was entered, by the tablet's clock put right, when it came, and by which way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from foundation.database import Database
from service_requests.tables import Submission
from sync.tables import EntityConflict
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.intake.posts import hane
from tests.integration.push.pushes import PushingTablet

DAYS = timedelta(days=1)


@pytest.fixture
def other(pushing: PushingTablet, database: Database) -> PushingTablet:
    return PushingTablet(pushing.client, database, pushing.place)


def sides(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    (row,) = office.get("koordinator", "/v1/conflicts").json()["items"]
    assert row["entity"]["mahalle"] == "Akpınar"
    return row["standing"], row["other"]


def moment(side: dict[str, Any], name: str) -> datetime | None:
    return side[name] and datetime.fromisoformat(side[name])


def edit(tablet: PushingTablet, target: object, note: str, at: datetime) -> dict[str, Any]:
    payload = {
        "kind": "target", "entity_id": str(target), "base_version": 1, "trunk_version": 1,
        "branch_id": f"b-{tablet.id}", "fields": {"not": note},
    }  # fmt: skip
    return tablet.operation("update", payload, at=at.isoformat())


def test_both_sides_tell_when_they_were_entered_though_they_came_at_once(
    office: Office, pushing: PushingTablet, other: PushingTablet
) -> None:
    target = uuid4()
    pushing.push(pushing.target(target))
    pushing.push(edit(pushing, target, "zil bozuk", NOON - 2 * DAYS))
    # Its clock is ten days ahead; what it entered it entered four days ago all the same.
    ahead = 10 * DAYS
    edited = edit(other, target, "arka kapı", NOON - 4 * DAYS + ahead)
    assert other.push(edited, sent_at=(NOON + ahead).isoformat())[0]["status"] == "conflict"
    standing, second = sides(office)
    assert (moment(standing, "entered_at"), moment(standing, "at")) == (NOON - 2 * DAYS, NOON)
    assert (moment(second, "entered_at"), moment(second, "at")) == (NOON - 4 * DAYS, NOON)
    assert (standing["door"], second["door"]) == ("tablet", "tablet")
    assert (standing["device"], second["device"]) == ("Tablet 1", "Tablet 1")


@pytest.mark.parametrize("sent_at", ["9999-12-31T23:59:59Z", None])
def test_a_clock_beyond_the_calendar_or_none_hinders_nothing(
    office: Office, pushing: PushingTablet, other: PushingTablet, sent_at: str | None
) -> None:
    target = uuid4()
    pushing.push(pushing.target(target))
    pushing.push(edit(pushing, target, "zil bozuk", NOON))
    (result,) = other.push(
        edit(other, target, "arka kapı", datetime.fromisoformat("0001-01-02T00:00:00+00:00")), sent_at=sent_at
    )
    assert result["status"] == "conflict"
    assert sides(office)[1]["at"]


def test_of_a_form_it_is_the_visit_and_the_door_is_collects(
    office: Office, pushing: PushingTablet, database: Database
) -> None:
    target = uuid4()
    pushing.push(pushing.target(target))
    pushing.push(edit(pushing, target, "zil bozuk", NOON))
    assert office.send(hane()).status_code == 201
    with database.writing() as session:
        form = session.scalars(select(Submission)).one()
        session.add(
            EntityConflict(
                id=uuid4(), kind="target", entity_id=target, field="not", base_value="", standing_value="zil bozuk",
                standing_version=2, other_value="arka kapı", user_id=form.user_id, device_id="collect:abc",
                source="submission", source_id=form.id, at=form.received_at, device_time=form.received_at,
            )
        )  # fmt: skip
        visited_at = form.visited_at
    side = sides(office)[1]
    assert (side["door"], side["device"], moment(side, "entered_at")) == ("collect", "collect:abc", visited_at)
