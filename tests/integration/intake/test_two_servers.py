"""Two server processes on one PostgreSQL database, and a server that is killed: still one record each."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api.wiring import Wiring
from foundation.settings import Settings
from service_requests.tables import Quarantine, RequestEvent, ServiceRequest, Submission, SubmissionDocument
from tests.builders import AFinding, a_photo, an_instance_id
from tests.fixtures.live_server import LiveServer, running_server
from tests.fixtures.municipality import Municipality
from tests.integration.intake.posts import assert_recorded_once, count, hane, send

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def two_servers(settings: Settings, municipality: Municipality, tmp_path: Path) -> Iterator[list[LiveServer]]:
    del municipality
    with ExitStack() as stack:
        yield [stack.enter_context(running_server(settings, tmp_path / f"server-{n}.log")) for n in range(2)]


@on_postgresql
def test_the_same_submission_fifty_times_at_two_servers_is_one_record(
    two_servers: list[LiveServer], wiring: Wiring
) -> None:
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(category="cop_temizlik")])
    with ExitStack() as stack, ThreadPoolExecutor(16) as pool:
        clients = [stack.enter_context(httpx.Client(base_url=server.url, timeout=60)) for server in two_servers]
        turns = [client for client, _ in zip(cycle(clients), range(50), strict=False)]
        answers = list(pool.map(lambda client: send(client, xml, {"a.jpg": a_photo()}).status_code, turns))
    assert answers == [201] * 50
    assert_recorded_once(wiring.database, findings=2, photos=1)
    assert count(wiring.database, Quarantine) == 0


@on_postgresql
def test_many_submissions_in_any_order_at_two_servers_are_one_record_each(
    two_servers: list[LiveServer], wiring: Wiring
) -> None:
    sent = [hane(findings=[AFinding(), AFinding(category="cop_temizlik")]) for _ in range(12)]
    orders = [sent, sent[::-1], sent[6:] + sent[:6], sent[3:] + sent[:3]]
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        clients = [stack.enter_context(httpx.Client(base_url=server.url, timeout=60)) for server in two_servers]
        rounds = [(client, xml) for client, order in zip(cycle(clients), orders, strict=False) for xml in order]
        answers = list(pool.map(lambda turn: send(*turn).status_code, rounds[::2] + rounds[1::2]))
    assert set(answers) == {201}
    tables = (Submission, SubmissionDocument, ServiceRequest, RequestEvent)
    assert [count(wiring.database, table) for table in tables] == [12, 12, 24, 48]
    with wiring.database.reading() as session:
        numbers = list(session.scalars(select(ServiceRequest.tracking_no)))
    assert len(set(numbers)) == 24


@on_postgresql
def test_an_edit_sent_to_both_servers_at_once_with_its_original_is_taken_once(
    two_servers: list[LiveServer], wiring: Wiring
) -> None:
    first, second = an_instance_id(), an_instance_id()
    finding = AFinding(id="0b6f9c7e-1df0-4a6a-9a5e-5b8d3c1a2f40")
    original = hane(instance_id=first, findings=[finding])
    edit = hane(instance_id=second, deprecated_id=first, findings=[finding, AFinding(category="cop_temizlik")])
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        clients = [stack.enter_context(httpx.Client(base_url=server.url, timeout=60)) for server in two_servers]
        assert send(clients[0], original).status_code == 201
        turns = [(client, xml) for client in clients for xml in (original, edit) for _ in range(4)]
        answers = list(pool.map(lambda turn: send(*turn).status_code, turns))
    assert set(answers) == {201}
    with wiring.database.reading() as session:
        rows = {row.instance_id: row for row in session.scalars(select(Submission))}
        requests = list(session.scalars(select(ServiceRequest)))
    assert rows[first].superseded_by_id == rows[second].id
    assert rows[second].request_count == len(requests) == 2
    assert {request.submission_id for request in requests} == {rows[second].id}


def test_what_was_answered_with_201_is_there_after_the_server_is_killed(
    live_server: LiveServer, settings: Settings, wiring: Wiring, tmp_path: Path
) -> None:
    sent = [hane(findings=[AFinding()]) for _ in range(40)]
    answered: list[bytes] = []

    def send_and_note(client: httpx.Client, xml: bytes) -> None:
        try:
            if send(client, xml).status_code == 201:
                answered.append(xml)
        except httpx.TransportError:
            return
        if len(answered) == 10:
            live_server.kill()

    with httpx.Client(base_url=live_server.url, timeout=60) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda xml: send_and_note(client, xml), sent))
    assert 10 <= len(answered) < 40
    with wiring.database.reading() as session:
        kept = set(session.scalars(select(SubmissionDocument.xml)))
    assert set(answered) <= kept
    with (
        running_server(settings, tmp_path / "next.log") as server,
        httpx.Client(base_url=server.url, timeout=60) as client,
    ):
        assert {send(client, xml).status_code for xml in sent} == {201}
    tables = (Submission, SubmissionDocument, ServiceRequest, RequestEvent)
    assert [count(wiring.database, table) for table in tables] == [40, 40, 40, 80]
