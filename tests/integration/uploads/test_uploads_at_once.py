"""Many requests for one upload, one photo, at the same moment: one wins, and every byte is where it belongs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from foundation.settings import Settings
from photos.tables import Photo, PhotoUpload
from tests.fixtures.live_server import LiveServer, running_server
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import TusTablet, a_large_photo, sha256_of

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def servers(
    request: pytest.FixtureRequest, settings: Settings, tablets: Tablets, tmp_path: Path
) -> Iterator[list[LiveServer]]:
    """Run one server, or two on PostgreSQL."""
    del tablets
    count = 2 if request.node.callspec.params["database_url"] == "postgresql" else 1
    with ExitStack() as stack:
        yield [stack.enter_context(running_server(settings, tmp_path / f"server-{n}.log")) for n in range(count)]


def _patch(sender: TusTablet, upload: str, start: int, part: bytes) -> int:
    return sender.patch(upload, start, part).status_code


@pytest.mark.parametrize("storage_kind", ["local"])
def test_of_requests_for_the_same_bytes_one_wins(servers: list[LiveServer], tablets: Tablets, wiring: Wiring) -> None:
    content = a_large_photo(600_000)
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        clients = [
            stack.enter_context(httpx.Client(base_url=servers[n % len(servers)].url, timeout=60)) for n in range(8)
        ]
        senders = [TusTablet(client, tablets.first.token) for client in clients]
        upload = senders[0].begin(content)
        for _ in range(5):
            start = senders[0].offset(upload)
            # Parts of different lengths, so that a mixture of two would be seen.
            parts = [content[start : start + 100_000 - 1000 * n] for n in range(8)]
            answers = list(pool.map(_patch, senders, [upload] * 8, [start] * 8, parts))
            assert sorted(answers) == [204] + [409] * 7
            assert senders[0].offset(upload) == start + len(parts[answers.index(204)])
        assert senders[0].finish(upload, content).status_code == 204
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content


@pytest.mark.parametrize("storage_kind", ["local"])
def test_the_last_bytes_sent_twice_at_once_complete_it_once(
    servers: list[LiveServer], tablets: Tablets, wiring: Wiring
) -> None:
    content = a_large_photo(100_000)
    with ExitStack() as stack, ThreadPoolExecutor(6) as pool:
        clients = [
            stack.enter_context(httpx.Client(base_url=servers[n % len(servers)].url, timeout=60)) for n in range(6)
        ]
        senders = [TusTablet(client, tablets.first.token) for client in clients]
        upload = senders[0].begin(content, content[:50_000])
        answers = list(pool.map(lambda sender: sender.patch(upload, 50_000, content[50_000:]).status_code, senders))
        assert answers.count(204) == 1
        assert set(answers) <= {204, 409}
        assert senders[0].offset(upload) == 100_000
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content


def test_one_photo_from_many_tablets_at_once_is_one_object(
    servers: list[LiveServer], tablets: Tablets, wiring: Wiring
) -> None:
    content = a_large_photo(300_000)
    with ExitStack() as stack, ThreadPoolExecutor(9) as pool:
        urls = [servers[n % len(servers)].url for n in range(9)]
        clients = [stack.enter_context(httpx.Client(base_url=url, timeout=60)) for url in urls]
        senders = [TusTablet(client, tablets[n % 3].token) for n, client in enumerate(clients)]
        answers = list(pool.map(lambda sender: sender.create(content, content).status_code, senders))
    assert answers == [201] * 9
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 1
        assert session.scalar(select(func.count()).select_from(PhotoUpload)) == 9


@on_postgresql
@pytest.mark.parametrize("storage_kind", ["s3"])
def test_the_parts_of_one_upload_may_go_to_different_servers(
    servers: list[LiveServer], tablets: Tablets, wiring: Wiring
) -> None:
    content = a_large_photo(12_000_000)
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(base_url=server.url, timeout=60)) for server in servers]
        senders = [TusTablet(client, tablets.first.token) for client in clients]
        upload = senders[0].begin(content)
        for turn, start in enumerate(range(0, 12_000_000, 1_500_000)):
            assert senders[turn % 2].patch(upload, start, content[start : start + 1_500_000]).status_code == 204
        assert senders[0].offset(upload) == senders[1].offset(upload) == 12_000_000
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content
