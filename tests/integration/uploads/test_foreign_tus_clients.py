"""Uploads by clients that nobody here wrote, against a real server, with connections that break anywhere.

Each client notices the break and resumes by itself; what is kept has to be exactly the file, and what it sent again is
counted on the wire.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from foundation.settings import Settings
from photos.tables import PhotoUpload
from tests.fixtures.live_server import LiveServer, running_server
from tests.fixtures.relay import Fault, Relay
from tests.foreign_clients.tus_clients import upload_with_tus_js, upload_with_tuspy
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import a_large_photo, sha256_of

MB = 1024 * 1024
STRETCH = 5 * MB
SIZE = 12 * MB
MOST_UNREAD = MB
CLIENTS = {"tuspy": upload_with_tuspy, "tus-js-client": upload_with_tus_js}
each_storage_with_one_of_them = pytest.mark.parametrize(
    ("storage_kind", "foreign"), [("local", "tuspy"), ("s3", "tus-js-client")]
)
pytestmark = [
    pytest.mark.foreign_client,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


class Restarting:
    """A server that can be killed and started again behind one address."""

    def __init__(self, settings: Settings, folder: Path, relays: Callable[[str], Relay]) -> None:
        self._settings = settings
        self._folder = folder
        self._stack = ExitStack()
        self._count = 0
        self.server = self._start()
        self.relay = relays(self.server.url)

    def restart(self) -> None:
        """Kill it as a power cut does, and start another on the same data."""
        self.server.kill()
        self.server = self._start()
        self.relay.point_to(self.server.url)

    def close(self) -> None:
        self._stack.close()

    def _start(self) -> LiveServer:
        self._count += 1
        return self._stack.enter_context(running_server(self._settings, self._folder / f"server-{self._count}.log"))


@pytest.fixture
def restarting(
    settings: Settings, tablets: Tablets, tmp_path: Path, relays: Callable[[str], Relay]
) -> Iterator[Restarting]:
    del tablets
    made = Restarting(settings, tmp_path, relays)
    yield made
    made.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "foto.jpg"
    file.write_bytes(a_large_photo(SIZE))
    return file


def sends_bytes(line: str) -> bool:
    return line.startswith("PATCH ")


def assert_kept(wiring: Wiring, file: Path) -> None:
    """Hold what is kept against the file, byte by byte; the one upload is complete."""
    content = file.read_bytes()
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content
    with wiring.database.reading() as session:
        assert [row.state for row in session.scalars(select(PhotoUpload))] == ["complete"]


@pytest.mark.parametrize("foreign", CLIENTS)
def test_a_connection_that_breaks_at_any_byte_costs_far_less_than_a_part(
    foreign: str, restarting: Restarting, tablets: Tablets, photo: Path, wiring: Wiring
) -> None:
    # The next break comes so many bytes behind the last one.
    breaks = [0, 1, 70_000, STRETCH - 70_001, 3, 2 * MB, SIZE - STRETCH - 2 * MB - 4]
    for cut_after in breaks:
        restarting.relay.order(Fault(sends_bytes, cut_after=cut_after))
    # tuspy gives up after ten tries, tus-js-client after six without progress.
    CLIENTS[foreign](restarting.relay.url, tablets.first.token, photo)
    assert_kept(wiring, photo)
    patches = [request for request in restarting.relay.seen if request.method == "PATCH"]
    offsets = [int(request.headers["upload-offset"]) for request in patches]
    assert offsets == sorted(offsets)
    assert len(patches) > len(breaks)
    # What the server had not read yet when the connection went is sent again, and no more.
    assert sum(request.body_bytes for request in patches) - SIZE <= len(breaks) * MOST_UNREAD


@each_storage_with_one_of_them
def test_an_answer_that_is_lost_costs_nothing(
    foreign: str, restarting: Restarting, tablets: Tablets, photo: Path, wiring: Wiring
) -> None:
    restarting.relay.order(Fault(sends_bytes, lose_answer=True)).order(Fault(sends_bytes, lose_answer=True))
    CLIENTS[foreign](restarting.relay.url, tablets.first.token, photo, chunk_bytes=5 * MB + 17)
    assert_kept(wiring, photo)
    patches = [request for request in restarting.relay.seen if request.method == "PATCH"]
    assert sum(request.body_bytes for request in patches) == SIZE


@each_storage_with_one_of_them
def test_a_last_answer_that_is_lost_needs_no_second_upload(
    foreign: str, restarting: Restarting, tablets: Tablets, photo: Path, wiring: Wiring
) -> None:
    restarting.relay.order(Fault(sends_bytes, lose_answer=True))
    CLIENTS[foreign](restarting.relay.url, tablets.first.token, photo)
    assert_kept(wiring, photo)
    assert sum(request.body_bytes for request in restarting.relay.seen if request.method == "PATCH") == SIZE


@each_storage_with_one_of_them
def test_a_server_that_is_killed_between_two_parts_costs_nothing(
    foreign: str, restarting: Restarting, tablets: Tablets, photo: Path, wiring: Wiring
) -> None:
    restarting.relay.order(
        Fault(lambda line: sends_bytes(line) and len(restarting.relay.seen) == 3, before=restarting.restart)
    )
    CLIENTS[foreign](restarting.relay.url, tablets.first.token, photo, chunk_bytes=2 * MB)
    assert_kept(wiring, photo)
    assert sum(request.body_bytes for request in restarting.relay.seen if request.method == "PATCH") == SIZE


@each_storage_with_one_of_them
def test_a_server_that_is_killed_in_the_middle_of_a_part_costs_less_than_a_part(
    foreign: str, restarting: Restarting, tablets: Tablets, photo: Path, wiring: Wiring
) -> None:
    recorded: list[int] = []

    def kill_once_something_is_recorded() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not recorded:
            with wiring.database.reading() as session:
                recorded.extend(row.received for row in session.scalars(select(PhotoUpload)) if row.received)
            time.sleep(0.01)
        restarting.server.kill()

    restarting.relay.order(Fault(sends_bytes, cut_after=STRETCH + 4 * MB, at_cut=kill_once_something_is_recorded))
    restarting.relay.order(Fault(lambda line: line.startswith("HEAD "), before=restarting.restart))
    CLIENTS[foreign](restarting.relay.url, tablets.first.token, photo)
    assert_kept(wiring, photo)
    assert recorded[0] >= STRETCH
    second = [request for request in restarting.relay.seen if request.method == "PATCH"][1]
    assert int(second.headers["upload-offset"]) >= recorded[0]


def test_the_browsers_client_may_send_with_the_creation_and_without_patch(
    restarting: Restarting, tablets: Tablets, photo: Path, wiring: Wiring
) -> None:
    restarting.relay.order(Fault(lambda line: line.startswith("POST /v1/photos/uploads/"), cut_after=100_000))
    upload_with_tus_js(
        restarting.relay.url, tablets.first.token, photo, chunk_bytes=MB, with_creation=True, override=True
    )
    assert_kept(wiring, photo)
    assert {request.method for request in restarting.relay.seen} == {"POST", "HEAD"}
    assert sum(request.body_bytes for request in restarting.relay.seen) - SIZE <= MOST_UNREAD
