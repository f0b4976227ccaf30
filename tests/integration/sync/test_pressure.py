"""Under pressure pull and push tell the tablet when to return, and nothing is lost by it."""

import asyncio
from contextlib import AsyncExitStack, suppress

import httpx
import msgspec
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from api.app import app_of
from api.pressure import Overloaded, PaceLimit
from api.wiring import Wiring
from service_requests.tables import Submission
from sync.tables import Operation
from tests.fixtures.municipality import Municipality
from tests.fixtures.tablets import Tablet
from tests.integration.intake.posts import Client, count, hane
from tests.integration.push.pushes import PushingTablet


def test_a_tablet_that_pulls_too_fast_is_told_when_to_return_and_others_are_not(
    wiring: Wiring, municipality: Municipality
) -> None:
    paced = msgspec.structs.replace(wiring, pull_pace=PaceLimit(burst=2, per_second=0.001))
    with TestClient(app_of(paced)) as client:
        hasty, calm = (PushingTablet(client, wiring.database, municipality) for _ in range(2))
        answers = [
            client.get("/v1/sync/pull", headers={"Authorization": f"Bearer {one.token}"})
            for one in (hasty, hasty, hasty, calm)
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert answers[2].json()["code"] == "sync.too_many_requests"
    assert 2 <= int(answers[2].headers["retry-after"]) <= 6


def test_a_server_with_too_many_pulls_under_way_says_when_to_return(
    wiring: Wiring, tablet: Tablet, app: Litestar
) -> None:
    async def scenario() -> list[httpx.Response]:
        headers = {"Authorization": f"Bearer {tablet.token}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local", headers=headers) as http:
            async with AsyncExitStack() as under_way:
                with suppress(Overloaded):
                    while True:
                        await under_way.enter_async_context(wiring.pulls_under_way.enter())
                sent_away = await http.get("/v1/sync/pull")
            return [sent_away, await http.get("/v1/sync/pull")]

    sent_away, taken = asyncio.run(scenario())
    assert (sent_away.status_code, sent_away.json()["code"]) == (503, "sync.overloaded")
    assert 10 <= int(sent_away.headers["retry-after"]) <= 30
    assert taken.status_code == 200


def test_a_push_whose_commit_breaks_is_503_and_is_one_record_when_it_returns(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    pushing = PushingTablet(client, wiring.database, municipality)  # type: ignore[arg-type]  # the client of tests
    operations: list[object] = [pushing.form(hane()), pushing.target(pushing.id)]

    def break_connection(connection: Connection) -> None:
        connection.connection.rollback()
        raise OperationalError("COMMIT", {}, ConnectionError("the line is dead"))

    event.listen(wiring.database.engine, "commit", break_connection)
    try:
        broken = pushing.post(operations)
    finally:
        event.remove(wiring.database.engine, "commit", break_connection)
    assert broken.status_code == 503
    assert int(broken.headers["retry-after"]) > 0
    assert (count(wiring.database, Submission), count(wiring.database, Operation)) == (0, 0)
    results = pushing.push(*operations)
    assert [(result["status"], result["replayed"]) for result in results] == [("applied", False)] * 2
    assert count(wiring.database, Submission) == 1
