"""A returned form as its tablet may open it again: whole, by its author alone, and only while it is returned."""

from base64 import urlsafe_b64decode
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import update

from api.wiring import Wiring
from foundation.database import Database
from teams.tables import Device
from teams.tablet_keys import open_sealed, worker_key
from tests.builders import AFinding, a_photo, an_instance_id
from tests.fixtures.office import Office
from tests.integration.intake.posts import hane
from tests.integration.push.pushes import PushingTablet
from tests.integration.uploads.requests import TusTablet, sha256_of

PHOTO = a_photo()


def return_one(pushing: PushingTablet, office: Office, xml: bytes) -> str:
    """Send a form whose photo arrives, have it returned; returns the submission's id."""
    told = {"name": "a.jpg", "sha256": sha256_of(PHOTO), "byte_size": len(PHOTO), "media_type": "image/jpeg"}
    [result] = pushing.push(pushing.form(xml, [told]))
    assert TusTablet(pushing.client, pushing.token).create(PHOTO, PHOTO).status_code == 201
    submission_id = str(result["submission_id"])
    asked = office.post("koordinator", f"/v1/submissions/{submission_id}/return", json={"question": "Kapı no?"})
    assert asked.status_code == 200, asked.text
    return submission_id


def get(tablet: PushingTablet, path: str) -> Any:  # noqa: ANN401 - as httpx
    return tablet.client.get(f"/v1/sync/returned/{path}", headers={"Authorization": f"Bearer {tablet.token}"})


def opened(sealed: bytes, key: bytes, bound_to: str) -> bytes | None:
    return open_sealed(key, sealed[:12], sealed[12:], bound_to.encode())


@pytest.fixture
def keys(pushing: PushingTablet, wiring: Wiring) -> dict[str, bytes]:
    """Return the keys that two workers were given on the tablet."""
    users = pushing.place.users
    return {name: worker_key(wiring.secret_key, pushing.id, users[name]) for name in ("saha", "saha2")}


def test_the_answers_and_photos_of_a_returned_form_are_sealed_for_its_author(
    pushing: PushingTablet, office: Office, keys: dict[str, bytes]
) -> None:
    xml = hane(instance_id=an_instance_id(), findings=[AFinding(photo="a.jpg")])
    one = return_one(pushing, office, xml)
    answer = get(pushing, one).json()
    assert (answer["worker_id"], answer["photos"]) == (str(pushing.place.users["saha"]), [sha256_of(PHOTO)])
    sealed = urlsafe_b64decode(answer["sealed"] + "==")
    assert "Iğdır".encode() not in sealed
    assert opened(sealed, keys["saha2"], f"returned {one}") is None
    content = msgspec.json.decode(opened(sealed, keys["saha"], f"returned {one}") or b"")
    assert content["xml"] == xml.decode()
    photo = {"name": "a.jpg", "sha256": sha256_of(PHOTO), "media_type": "image/jpeg", "is_here": True}
    assert content["photos"] == [photo]
    [form] = answer["parts"]
    assert form["path"].startswith("forms/hane/")
    part = pushing.client.get(f"/v1/sync/parts/{form['sha256']}", headers={"Authorization": f"Bearer {pushing.token}"})
    assert sha256_of(part.content) == form["sha256"]
    picture = get(pushing, f"{one}/photos/{sha256_of(PHOTO)}").content
    assert opened(picture, keys["saha"], f"returned {one} {sha256_of(PHOTO)}") == PHOTO
    assert opened(picture, keys["saha2"], f"returned {one} {sha256_of(PHOTO)}") is None


def test_a_photo_that_has_not_come_is_named_and_not_given(
    pushing: PushingTablet, office: Office, keys: dict[str, bytes]
) -> None:
    told = {"name": "a.jpg", "sha256": sha256_of(PHOTO), "byte_size": len(PHOTO), "media_type": "image/jpeg"}
    [result] = pushing.push(pushing.form(hane(findings=[AFinding(photo="a.jpg")]), [told]))
    one = result["submission_id"]
    office.post("koordinator", f"/v1/submissions/{one}/return", json={"question": "Kapı no?"})
    answer = get(pushing, one).json()
    assert answer["photos"] == []
    sealed = urlsafe_b64decode(answer["sealed"] + "==")
    content = msgspec.json.decode(opened(sealed, keys["saha"], f"returned {one}") or b"")
    assert [(photo["name"], photo["is_here"]) for photo in content["photos"]] == [("a.jpg", False)]
    assert get(pushing, f"{one}/photos/{sha256_of(PHOTO)}").status_code == 404


def test_nobody_but_the_sending_tablet_gets_it_and_only_while_it_is_returned(
    pushing: PushingTablet, office: Office, database: Database
) -> None:
    first = an_instance_id()
    one = return_one(pushing, office, hane(instance_id=first, findings=[AFinding(photo="a.jpg")]))
    places = (one, f"{one}/photos/{sha256_of(PHOTO)}")
    colleague = PushingTablet(pushing.client, database, pushing.place)
    assert [get(pushing, place).status_code for place in places] == [200, 200]
    assert [get(colleague, place).status_code for place in places] == [404, 404]
    assert get(pushing, f"{one}/photos/{'0' * 64}").status_code == 404
    move(database, pushing.id, pushing.place.other_team)
    assert [get(pushing, place).status_code for place in places] == [404, 404]
    move(database, pushing.id, pushing.place.team)
    office.post("koordinator", f"/v1/submissions/{one}/take-back")
    assert [get(pushing, place).status_code for place in places] == [404, 404]
    office.post("koordinator", f"/v1/submissions/{one}/return", json={"question": "Kapı no?"})
    pushing.push(pushing.form(hane(deprecated_id=first)))
    assert [get(pushing, place).status_code for place in places] == [404, 404]


def move(database: Database, device_id: UUID, team_id: UUID) -> None:
    with database.writing() as session:
        session.execute(update(Device).where(Device.id == device_id).values(team_id=team_id))
