"""A photo of everyday size on a line that breaks or falls silent: what came counts, into the folder and into S3."""

import socket
import time
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select

from api.wiring import Wiring
from photos.tables import PhotoUpload
from tests.fixtures.live_server import LiveServer
from tests.fixtures.relay import Fault, Relay
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import BYTES, TusTablet, a_large_photo, sha256_of

SIZE = 300_000
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def relay(server: LiveServer, relays: Callable[[str], Relay]) -> Relay:
    return relays(server.url)


@on_sqlite
def test_what_came_of_a_small_photo_before_a_break_is_not_sent_again(
    relay: Relay, tablets: Tablets, wiring: Wiring
) -> None:
    content = a_large_photo(SIZE)
    with httpx.Client(base_url=relay.url, timeout=60) as client:
        tablet = TusTablet(client, tablets.first.token)
        upload = tablet.begin(content)
        for cut_after in (1, 150_000, 99_998, 50_000):
            came = tablet.offset(upload)
            relay.order(Fault(lambda line: line.startswith("PATCH "), cut_after=cut_after))
            with pytest.raises(httpx.TransportError):
                tablet.patch(upload, came, content[came:])
            # Asked at once, as tus clients do.
            assert tablet.offset(upload) == came + cut_after
        assert tablet.finish(upload, content).status_code == 204
    assert sum(request.body_bytes for request in relay.seen if request.method == "PATCH") == SIZE
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content


@pytest.mark.parametrize("storage_kind", ["local"])
def test_what_came_before_a_line_fell_silent_is_recorded_without_anybody_asking(
    server: LiveServer, tablets: Tablets, wiring: Wiring
) -> None:
    content = a_large_photo(SIZE)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        upload = TusTablet(client, tablets.first.token).begin(content)
    headers = {
        "Host": "sunucu", "Authorization": f"Bearer {tablets.first.token}", "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0", "Content-Length": str(SIZE), **BYTES,
    }  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as silent:
        silent.sendall(f"PATCH {upload} HTTP/1.1\r\n{lines}\r\n".encode() + content[:120_000])
        # Another server would be asked next, which knows of this connection only what is recorded.
        deadline = time.monotonic() + 60
        while (received := _received(wiring)) != 120_000 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert received == 120_000
        silent.sendall(content[120_000:])
        assert silent.recv(12) == b"HTTP/1.1 204"
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content


def _received(wiring: Wiring) -> int:
    with wiring.database.reading() as session:
        return session.scalars(select(PhotoUpload.received)).one()
