"""A tablet that was enrolled anew names the id of its first enrolment, and what was encrypted then is opened."""

from base64 import b64encode
from uuid import UUID, uuid4

import pytest

from api.wiring import Wiring
from foundation.database import Database
from teams.tablet_keys import seal_for, team_key, worker_key
from tests.builders import AFinding, a_photo
from tests.fixtures.municipality import PASSWORD
from tests.integration.intake.posts import assert_recorded_once, hane
from tests.integration.push.pushes import PushingTablet
from tests.integration.push.test_sealed_operations import sealed, text
from tests.integration.uploads.requests import sha256_of

# Of a tablet that the server knows nothing of: it was enrolled after the backup that was put back.
FIRST = uuid4()


@pytest.fixture
def worker(pushing: PushingTablet) -> UUID:
    return pushing.place.users["saha"]


@pytest.fixture
def old_key(wiring: Wiring, worker: UUID) -> bytes:
    return worker_key(wiring.secret_key, FIRST, worker)


def headers(pushing: PushingTablet, keys_of: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {pushing.token}", "Saha-Keys": str(keys_of)}


def push(pushing: PushingTablet, operation: dict[str, object], keys_of: object) -> dict[str, object]:
    body = {"operations": [operation]}
    answer = pushing.client.post("/v1/sync/push", json=body, headers=headers(pushing, keys_of))
    assert answer.status_code == 200, answer.text
    result: dict[str, object] = answer.json()["results"][0]
    return result


def test_what_was_sealed_before_is_opened_where_the_tablet_names_its_first_id(
    pushing: PushingTablet, database: Database, old_key: bytes
) -> None:
    plain = pushing.form(hane(findings=[AFinding()]))
    result = push(pushing, sealed(plain, old_key), FIRST)
    assert (result["status"], result["replayed"]) == ("applied", False)
    assert push(pushing, plain, "no id")["replayed"]
    assert_recorded_once(database, findings=1, photos=0)


def test_without_its_name_or_with_another_workers_it_is_kept_and_not_opened(
    pushing: PushingTablet, old_key: bytes
) -> None:
    for keys_of in ("", "no id", uuid4(), pushing.id):
        assert push(pushing, sealed(pushing.form(hane()), old_key), keys_of)["code"] == "operation.unreadable"
    other = {**sealed(pushing.form(hane()), old_key), "worker_id": str(pushing.place.users["saha2"])}
    assert push(pushing, other, FIRST)["code"] == "operation.unreadable"


def test_a_sealed_photo_of_then_is_opened(pushing: PushingTablet, old_key: bytes, worker: UUID) -> None:
    photo = a_photo()
    asked = headers(pushing, FIRST) | {"Upload-Metadata": f"sha256 {b64encode(sha256_of(photo).encode()).decode()}"}
    address, content = f"/v1/photos/sealed/{worker}/p1", seal_for(old_key, photo, b"p1")
    assert pushing.client.post(address, content=content, headers=asked).status_code == 204
    del asked["Saha-Keys"]
    assert pushing.client.post(address, content=content, headers=asked).status_code == 460


def test_whoever_signs_in_with_their_password_is_given_the_keys_of_then(
    pushing: PushingTablet, wiring: Wiring, old_key: bytes, worker: UUID
) -> None:
    asked = headers(pushing, FIRST)
    given = {"worker_id": str(worker), "password": PASSWORD}
    told = pushing.client.post("/v1/sync/sign-in", json=given, headers=asked).json()
    assert told["worker_key"] == text(old_key)
    # Of their own team, whatever team the first tablet was in.
    assert told["team_key"] == text(team_key(wiring.secret_key, FIRST, pushing.place.team))
    wrong = pushing.client.post("/v1/sync/sign-in", json={**given, "password": "yanlış"}, headers=asked)
    assert wrong.status_code == 401


def test_what_the_first_tablet_had_sent_is_answered_as_then_and_other_content_is_not(
    pushing: PushingTablet, database: Database
) -> None:
    again = PushingTablet(pushing.client, database, pushing.place)
    operation = pushing.form(hane(findings=[AFinding()]))
    [result] = pushing.push(operation)
    assert again.push(operation) == [result | {"replayed": True}]
    other = {**operation, "payload": pushing.form(hane())["payload"]}
    assert again.push(other)[0]["code"] == "operation.id_reused"
