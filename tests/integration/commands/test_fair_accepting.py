"""Workers that share a socket share those who call."""

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvicorn
from litestar import Litestar, get

from api.commands.bounded_headers import BoundedHeaders
from api.commands.fair_accepting import FairLoop

_REQUEST = b"GET / HTTP/1.1\r\nHost: saha\r\n\r\n"


@contextmanager
def a_worker(listening: socket.socket, **tls: str) -> Iterator[str]:
    """Serve on a socket that others listen on, too, in a loop and a thread of its own; yields its name."""
    name = f"worker-{threading.active_count()}"

    @get("/", sync_to_thread=False)
    def who_answers() -> str:
        return threading.current_thread().name

    app = Litestar([who_answers], openapi_config=None)
    server = uvicorn.Server(uvicorn.Config(app, http=BoundedHeaders, log_level="critical", lifespan="off", **tls))
    shared = listening.dup()

    def serve() -> None:
        with asyncio.Runner(loop_factory=FairLoop) as runner:
            runner.run(server.serve([shared]))

    thread = threading.Thread(target=serve, name=name)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield name
    finally:
        server.should_exit = True
        thread.join()
        shared.close()


def _ask(connection: socket.socket) -> bytes:
    connection.sendall(_REQUEST)
    answer = b""
    # The names of workers are equally long.
    while not answer.startswith(b"HTTP/1.1 200") or b"worker-" not in answer:
        more = connection.recv(4096)
        if not more:
            break
        answer += more
    return answer


def test_those_who_come_together_are_shared_among_the_workers() -> None:
    with ExitStack() as open_:
        listening = open_.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        workers = [open_.enter_context(a_worker(listening)) for _ in range(2)]
        callers = [open_.enter_context(socket.create_connection(listening.getsockname())) for _ in range(32)]
        answers = [_ask(caller) for caller in callers]
        for worker in workers:
            assert sum(answer.endswith(worker.encode()) for answer in answers) >= 8  # 16, but for a hiccup
        # Those who are there stay, and whoever comes later is answered as well.
        assert [_ask(caller)[-8:] for caller in callers] == [answer[-8:] for answer in answers]
        with socket.create_connection(listening.getsockname()) as late:
            assert _ask(late).startswith(b"HTTP/1.1 200")


def test_a_worker_that_has_stopped_takes_nobody_from_the_others() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening, a_worker(listening) as staying:
        with a_worker(listening):
            pass
        for _ in range(8):
            with socket.create_connection(listening.getsockname()) as caller:
                assert _ask(caller).endswith(staying.encode())


def test_tls_is_spoken_and_what_is_none_stops_nobody(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    trusting = ssl.create_default_context(cafile=certificate)
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        a_worker(listening, ssl_keyfile=str(key), ssl_certfile=str(certificate)),
    ):
        with socket.create_connection(listening.getsockname()) as stranger:
            stranger.sendall(_REQUEST)
            assert not stranger.recv(4096).startswith(b"HTTP")
        with (
            socket.create_connection(listening.getsockname()) as plain,
            trusting.wrap_socket(plain, server_hostname="localhost") as caller,
        ):
            assert _ask(caller).startswith(b"HTTP/1.1 200")
