"""A worker is vouched for with their own password, on a tablet of their team, and not for ever. On both databases."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from api.wiring import Wiring
from teams.enrolment import move_device
from teams.permissions import Role
from teams.sign_in_attempts import MOST_WRONG
from teams.tables import AccessLog, User
from tests.fixtures.municipality import PASSWORD, SetClock
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet, enrol_tablet


def sign_in(tablet: Tablet, worker_id: UUID, password: str = PASSWORD) -> httpx.Response:
    return tablet.ask("POST", "/v1/sync/sign-in", json={"worker_id": str(worker_id), "password": password})


def keys_of(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert all(len(urlsafe_b64decode(told[name] + "=")) == 32 for name in ("team_key", "worker_key"))
    return told["team_key"], told["worker_key"]


def test_a_worker_is_vouched_for_until_the_lease_ends_and_that_is_recorded(
    office: Office, tablet: Tablet, wiring: Wiring, clock: SetClock
) -> None:
    worker = office.municipality.users["saha"]
    told = sign_in(tablet, worker).json()
    assert (told["worker_id"], told["server_time"]) == (str(worker), "2026-11-20T09:00:00Z")
    assert told["lease_until"] == "2026-12-04T09:00:00Z"
    with wiring.database.reading() as session:
        entry = session.scalars(select(AccessLog).where(AccessLog.user_id == worker)).one()
        seen = session.get_one(User, worker).last_sign_in_at
    assert (entry.subject_id, entry.detail, seen) == (str(tablet.device_id), "tablette oturum", clock.now)


def test_the_keys_are_the_same_again_and_others_for_every_tablet_and_team(
    office: Office, tablet: Tablet, wiring: Wiring
) -> None:
    worker, other_team = office.municipality.users["saha"], office.municipality.other_team
    first = keys_of(sign_in(tablet, worker))
    assert keys_of(sign_in(tablet, worker)) == first
    second = keys_of(sign_in(enrol_tablet(office, label="Tablet 2"), worker))
    with wiring.database.writing() as session:
        move_device(session, tablet.device_id, other_team)
    moved = keys_of(sign_in(tablet, office.municipality.users["saha2"]))
    assert len({*first, *second, *moved}) == 6


def test_only_a_worker_of_the_team_with_the_right_password_gets_in(
    office: Office, tablet: Tablet, wiring: Wiring
) -> None:
    users = office.municipality.users
    refused = [sign_in(tablet, users["saha"], "yanlis-parola"), *(
        sign_in(tablet, users[name]) for name in ("saha2", "koordinator", "admin")
    ), sign_in(tablet, uuid4())]  # fmt: skip
    with wiring.database.writing() as session:
        session.execute(update(User).where(User.id == users["saha"]).values(is_active=False))
    refused.append(sign_in(tablet, users["saha"]))
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(401, "auth.wrong_credentials")}
    with wiring.database.writing() as session:
        values = {"is_active": True, "role": Role.MANAGER}
        session.execute(update(User).where(User.id == users["saha"]).values(values))
    assert sign_in(tablet, users["saha"]).status_code == 401


def test_guessing_is_slowed_down_together_with_the_offices_door(
    office: Office, tablet: Tablet, clock: SetClock
) -> None:
    worker = office.municipality.users["saha"]
    for attempt in range(MOST_WRONG):
        wrong = office.sign_in("saha", "yanlis") if attempt % 2 else sign_in(tablet, worker, "yanlis")
        assert wrong.status_code == 401
    held_up = sign_in(tablet, worker)
    assert (held_up.status_code, held_up.json()["code"]) == (429, "auth.too_many_attempts")
    assert int(held_up.headers["retry-after"]) > 0
    clock.now += timedelta(minutes=15)
    assert sign_in(tablet, worker).status_code == 200


@pytest.mark.parametrize("sent", [[], {}, {"worker_id": "x", "password": "y"}, {"worker_id": str(uuid4())}, 7])
def test_what_is_no_sign_in_is_said_to_be_none(tablet: Tablet, sent: object) -> None:
    answer = tablet.ask("POST", "/v1/sync/sign-in", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "sync.unreadable")
