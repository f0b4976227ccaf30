"""The limits of a push through its route: plain and gzip alike, and what is too large is not kept."""

import gzip

import httpx
import msgspec
import pytest

from api.sync_body import MOST_BYTES
from foundation.database import Database
from service_requests.tables import Quarantine, Submission
from tests.integration.intake.posts import count, hane
from tests.integration.push.pushes import PushingTablet


def send(pushing: PushingTablet, body: bytes, *, packed: bool) -> httpx.Response:
    headers = {"Authorization": f"Bearer {pushing.token}"} | ({"Content-Encoding": "gzip"} if packed else {})
    return pushing.client.post("/v1/sync/push", content=gzip.compress(body) if packed else body, headers=headers)


def padded(operations: list[object], size: int) -> bytes:
    """Write a push of exactly `size` bytes."""
    body = msgspec.json.encode({"operations": operations})
    return body[:-1] + b" " * (size - len(body)) + body[-1:]


def assert_too_large(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (413, "sync.batch_too_large")


@pytest.mark.parametrize("packed", [False, True])
def test_a_push_of_a_mebibyte_is_taken_and_one_byte_more_is_not(
    pushing: PushingTablet, database: Database, *, packed: bool
) -> None:
    operations: list[object] = [pushing.form(hane())]
    assert_too_large(send(pushing, padded(operations, MOST_BYTES + 1), packed=packed))
    assert (count(database, Submission), count(database, Quarantine)) == (0, 0)
    answer = send(pushing, padded(operations, MOST_BYTES), packed=packed)
    assert answer.status_code == 200, answer.text
    assert [result["status"] for result in answer.json()["results"]] == ["applied"]
    again = send(pushing, padded(operations, MOST_BYTES), packed=not packed)
    assert [result["replayed"] for result in again.json()["results"]] == [True]
    assert count(database, Submission) == 1


def test_a_gzip_bomb_is_sent_away_and_the_tablets_next_push_is_taken(
    pushing: PushingTablet, database: Database
) -> None:
    one = pushing.form(hane())
    bomb = msgspec.json.encode({"operations": [one]})[:-1] + b" " * (100 * MOST_BYTES) + b"}"
    for _ in range(3):
        assert_too_large(send(pushing, bomb, packed=True))
    assert (count(database, Submission), count(database, Quarantine)) == (0, 0)
    assert [result["status"] for result in pushing.push(one)] == ["applied"]


def test_a_gzip_that_is_none_is_unreadable(pushing: PushingTablet) -> None:
    body = msgspec.json.encode({"operations": [pushing.form(hane())]})
    for content, encoding in ((body, "gzip"), (gzip.compress(body)[:-9], "gzip"), (body, "br")):
        headers = {"Authorization": f"Bearer {pushing.token}", "Content-Encoding": encoding}
        answer = pushing.client.post("/v1/sync/push", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "sync.unreadable")
