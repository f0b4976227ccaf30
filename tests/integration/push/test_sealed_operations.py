"""What a tablet seals with its worker's key is opened and is then the plain operation. On both databases."""

import os
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.wiring import Wiring
from foundation.database import Database
from service_requests.tables import Quarantine
from teams.tablet_keys import worker_key
from tests.builders import AFinding
from tests.integration.intake.posts import assert_recorded_once, hane
from tests.integration.push.pushes import PushingTablet


@pytest.fixture
def key(pushing: PushingTablet, wiring: Wiring) -> bytes:
    """Return the key that the first team's worker was given on the tablet."""
    return worker_key(wiring.secret_key, pushing.id, pushing.place.users["saha"])


def sealed(operation: dict[str, Any], key: bytes, content: bytes | None = None) -> dict[str, Any]:
    """Seal an operation as the tablet does."""
    plain = content or msgspec.json.encode({"kind": operation["kind"], "payload": operation["payload"]})
    iv = os.urandom(12)
    data = AESGCM(key).encrypt(iv, plain, operation["id"].encode())
    payload = {"iv": text(iv), "data": text(data)}
    return {**operation, "kind": "sealed", "payload": payload}


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_sealed_form_is_recorded_as_the_plain_one_and_either_is_a_repeat_of_the_other(
    pushing: PushingTablet, database: Database, key: bytes
) -> None:
    plain = pushing.form(hane(findings=[AFinding()]))
    [result] = pushing.push(sealed(plain, key))
    assert (result["status"], result["replayed"]) == ("applied", False)
    for again in (plain, sealed(plain, key)):
        assert pushing.push(again) == [result | {"replayed": True}]
    assert_recorded_once(database, findings=1, photos=0)


def test_sealed_and_plain_operations_keep_the_tablets_order(pushing: PushingTablet, key: bytes) -> None:
    target = uuid4()
    created, changed = pushing.target(target), pushing.update(target, 1, **{"not": "zil bozuk"})
    results = pushing.push(changed, sealed(created, key))
    assert [one["status"] for one in results] == ["applied", "applied"]


def test_what_was_refused_after_opening_is_kept_in_plain_words(
    pushing: PushingTablet, database: Database, key: bytes
) -> None:
    [result] = pushing.push(sealed(pushing.target(uuid4(), tur="olmayan"), key))
    assert result["code"] == "entity.bad_field"
    with database.reading() as session:
        kept = session.get_one(Quarantine, UUID(result["kept_as"]))
    assert "Şükrü Iğdır" in kept.xml.decode()


@pytest.mark.parametrize("how", ["other key", "other id", "no base64", "no json", "sealed again", "deep", "short iv"])
def test_what_cannot_be_opened_is_refused_kept_and_blocks_nothing(pushing: PushingTablet, key: bytes, how: str) -> None:
    operation, good = pushing.form(hane()), pushing.form(hane())
    damaged = {
        "other key": lambda: sealed(operation, os.urandom(32)),
        "other id": lambda: {**sealed(operation, key), "id": str(uuid4())},
        "no base64": lambda: {**sealed(operation, key), "payload": {"iv": "A", "data": "é"}},
        "no json": lambda: sealed(operation, key, b"\xff{"),
        "sealed again": lambda: sealed(sealed(operation, key), key),
        "deep": lambda: sealed(operation, key, b'{"kind":"submission","payload":' + b"[" * 99 + b"]" * 99 + b"}"),
        "short iv": lambda: {**sealed(operation, key), "payload": {"iv": "AAAA", "data": "AAAA"}},
    }[how]()
    refused, taken = pushing.push(damaged, good)
    assert (refused["status"], refused["code"], taken["status"]) == ("rejected", "operation.unreadable", "applied")
    assert refused["kept_as"]


def test_another_workers_seal_is_not_opened_with_ones_own_name(pushing: PushingTablet, key: bytes) -> None:
    operation = {**sealed(pushing.form(hane()), key), "worker_id": str(pushing.place.users["saha2"])}
    assert pushing.push(operation)[0]["code"] == "operation.unreadable"
