"""The head of a request has an end."""

import asyncio
import socket

import uvicorn
from litestar import Litestar, post
from litestar.params import RawBody

from api.commands.bounded_headers import LONGEST_HEAD_BYTES, BoundedHeaders


@post("/", status_code=200)
async def count_bytes(body: RawBody) -> int:
    """Tell how long the body was."""
    return len(body)


async def _answers(*requests: bytes) -> list[bytes]:
    """Run a server, send each request on a connection of its own, and return what came back until its end."""
    app = Litestar([count_bytes], openapi_config=None)
    server = uvicorn.Server(uvicorn.Config(app, http=BoundedHeaders, log_level="critical", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        answers = [await _answer(listening.getsockname()[1], request) for request in requests]
        server.should_exit = True
        await serving
    return answers


async def _answer(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_a_head_without_end_is_cut_off_and_a_long_body_is_not() -> None:
    start = b"POST / HTTP/1.1\r\nHost: saha\r\nConnection: close\r\n"
    body = b"x" * 10 * LONGEST_HEAD_BYTES
    endless = start + b"X-Endless: " + b"a" * 2 * LONGEST_HEAD_BYTES
    whole = start + b"X-Long: " + b"a" * 20_000 + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    cut_off, answered = asyncio.run(_answers(endless, whole))
    assert cut_off == b""
    assert answered.startswith(b"HTTP/1.1 200")
    assert answered.endswith(str(len(body)).encode())
