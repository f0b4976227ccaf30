"""How many photos of 300 KB tablets of our own can upload by tus, into the folder and into S3, and what a break costs.

Each upload is one request (creation with all its bytes), answered when the photo is durable and recorded. After that,
uploads are cut in the middle of their PATCH, and go on from where HEAD says: what was sent twice is counted. The S3 is
the one of the tests, a whole Swift on the same two cores, which takes most of them.
`python -m benchmarks.uploads [--seconds 6] [--clients 1 16] [--breaks 50] [--only postgresql]`.
"""

import argparse
import hashlib
import http.client
import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.intake import a_picture, told_apart
from benchmarks.load import run_load
from benchmarks.push import enrol_tablets
from benchmarks.serving import Server, a_server, database_kinds
from tests.fixtures.s3_server import S3Server, running_s3_server

_BYTES = {"Content-Type": "application/offset+octet-stream"}
_UPLOADS = "/v1/photos/uploads"


def main() -> None:
    """Measure both places of photos on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 16])
    parser.add_argument("--breaks", type=int, default=50)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in database_kinds():
        if given.only in {None, kind}:
            for place in ("folder", "s3"):
                with ExitStack() as stack:
                    settings = {} if place == "folder" else _settings_for(stack.enter_context(running_s3_server()))
                    workers = 1 if kind == "sqlite" else 2
                    server = stack.enter_context(a_server(kind, workers=workers, settings=settings))
                    _measure(f"uploads, {kind}, {place}", server, given)


def _settings_for(s3: S3Server) -> dict[str, str]:
    return {
        "SAHA_PHOTO_STORAGE": "s3",
        "SAHA_S3_ENDPOINT": s3.endpoint,
        "SAHA_S3_BUCKET": s3.bucket,
        "SAHA_S3_ACCESS_KEY": s3.access_key,
        "SAHA_S3_SECRET_KEY": s3.secret_key,
    }


def _measure(name: str, server: Server, given: argparse.Namespace) -> None:
    _, tokens = enrol_tablets(server.database_url)

    def uploads(client: int) -> Iterator[bytes]:
        return _uploads(tokens[client])

    run_load(server.address, uploads, clients=4, seconds=2)
    for clients in given.clients:
        load = run_load(server.address, uploads, clients=clients, seconds=given.seconds)
        _say(name, load.per_second, "uploads/s", clients=clients, median_ms=round(load.median_s * 1000, 1),
             p99_ms=round(load.p99_s * 1000, 1), statuses=load.statuses)  # fmt: skip
    repeated = [_repeated_after_a_break(server.address, tokens[0]) for _ in range(given.breaks)]
    if repeated:
        _say(f"{name}, sent again after a break in the middle", sum(repeated) / len(repeated), "bytes",
             most=max(repeated), breaks=len(repeated), photo=len(_a_photo()))  # fmt: skip


def _say(name: str, value: float, unit: str, **more: object) -> None:
    print(json.dumps({"name": name, "value": round(value, 1), "unit": unit, **more}), flush=True)


def _a_photo() -> bytes:
    return told_apart(a_picture(), str(uuid4()).encode())


def _headers_of(photo: bytes, token: str) -> dict[str, str]:
    sha256 = hashlib.sha256(photo).hexdigest()
    return {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(photo)),
        "Upload-Metadata": f"sha256 {b64encode(sha256.encode()).decode()}",
    }


def _uploads(token: str) -> Iterator[bytes]:
    while True:
        photo = _a_photo()
        headers = {"Host": "bench", **_headers_of(photo, token), **_BYTES, "Content-Length": str(len(photo))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        yield f"POST {_UPLOADS} HTTP/1.1\r\n{lines}\r\n".encode() + photo


def _repeated_after_a_break(address: str, token: str) -> int:
    """Upload one photo whose connection breaks when half of it is sent; return how many bytes were sent twice."""
    photo = _a_photo()
    always = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    upload = str(_ask(address, "POST", _UPLOADS, _headers_of(photo, token))["Location"])
    sent = len(photo) // 2
    cut = {**always, **_BYTES, "Upload-Offset": "0", "Content-Length": str(len(photo))}
    _break_off(address, upload, cut, photo[:sent])
    while (offset := int(_ask(address, "HEAD", upload, always)["Upload-Offset"])) < len(photo):
        # Refused where the bytes before the break were recorded only after we had asked; then we ask again.
        with suppress(OSError):
            _ask(address, "PATCH", upload, {**always, **_BYTES, "Upload-Offset": str(offset)}, photo[offset:])
        sent += len(photo) - offset
    return sent - len(photo)


def _break_off(address: str, upload: str, headers: dict[str, str], part: bytes) -> None:
    parts = urlsplit(address)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(f"PATCH {upload} HTTP/1.1\r\nHost: bench\r\n{lines}\r\n".encode() + part)


def _ask(address: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:  # noqa: ANN401 - HTTPMessage
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.headers
    finally:
        connection.close()


if __name__ == "__main__":
    main()
