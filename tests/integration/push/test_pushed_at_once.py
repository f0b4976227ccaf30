"""What a tablet pushes at once and again at once is there once, and one tablet takes one turn at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from litestar import Litestar

from api.wiring import Wiring
from foundation.database import Database
from service_requests.tables import Submission
from sync.tables import EntityChange, Operation
from tests.builders import AFinding
from tests.integration.intake.posts import assert_recorded_once, count, hane
from tests.integration.push.pushes import PushingTablet

TOO_MANY = 429


def test_fifty_identical_pushes_at_once_are_one_record(pushing: PushingTablet, database: Database) -> None:
    operations = [pushing.form(hane(findings=[AFinding()])), pushing.target(pushing.id)]

    def push_until_it_is_taken(_: int) -> list[dict[str, Any]]:
        while (answer := pushing.post(operations)).status_code == TOO_MANY:
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["code"] == "sync.too_many_requests"
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(push_until_it_is_taken, range(50)))
    assert_recorded_once(database, findings=1, photos=0)
    assert (count(database, Operation), count(database, EntityChange)) == (2, 1)
    assert [answer[0]["replayed"] for answer in answers].count(False) == 1
    told = [[result | {"replayed": True} for result in answer] for answer in answers]
    assert all(answer == told[0] for answer in told)
    assert [result["status"] for result in told[0]] == ["applied", "applied"]


def test_one_form_of_fifty_tablets_at_once_is_one_record(pushing: PushingTablet, database: Database) -> None:
    xml = hane(findings=[AFinding()])
    tablets = [PushingTablet(pushing.client, database, pushing.place) for _ in range(50)]
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda tablet: tablet.push(tablet.form(xml))[0], tablets))
    assert_recorded_once(database, findings=1, photos=0)
    assert sorted(result["status"] for result in results) == ["applied"] + 49 * ["duplicate"]
    assert len({result["submission_id"] for result in results}) == 1


def test_of_three_pushes_of_a_tablet_one_runs_one_waits_and_one_is_told_when_to_return(
    pushing: PushingTablet, app: Litestar, wiring: Wiring
) -> None:
    operations: list[object] = [pushing.form(hane())]

    async def scenario() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {pushing.token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local", headers=headers) as http:
            async with asyncio.timeout(60), wiring.push_turns.enter(pushing.id):
                others = {
                    asyncio.create_task(http.post("/v1/sync/push", json={"operations": operations})) for _ in range(2)
                }
                sent_away, waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
                assert count(wiring.database, Submission) == 0
            return [(await one) for one in (*sent_away, *waiting)]

    sent_away, waited = asyncio.run(scenario())
    assert (sent_away.status_code, sent_away.json()["code"]) == (TOO_MANY, "sync.too_many_requests")
    assert 2 <= int(sent_away.headers["retry-after"]) <= 6
    assert [one["status"] for one in waited.json()["results"]] == ["applied"]
    assert count(wiring.database, Submission) == 1
