"""How many submissions a server takes: full work, over HTTP, each reply after its COMMIT.

Prints JSON lines: requests/s, median and p99 at 1, 8 and 32 clients, small and with a 300 KB photo; formList and
manifests; memory per worker; with `--rows N` first fills the tables to N submissions (how flat is it?).
`python -m benchmarks.intake [--rows 500000] [--seconds 8] [--only postgresql]`; `make bench` runs it without rows.
"""

import argparse
import base64
import io
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from urllib.request import Request, urlopen
from uuid import UUID

from PIL import Image

from benchmarks.fill import fill_submissions
from benchmarks.load import run_load
from benchmarks.serving import Server, a_server, database_kinds
from foundation.clock import utc_now
from tests.builders import AFinding, a_submission
from tests.fixtures.municipality import PASSWORD, version_of

BOUNDARY = b"saha-bench"
AUTHORIZATION = b"Basic " + base64.b64encode(f"saha:{PASSWORD}".encode())


def main() -> None:
    """Measure on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8, 32])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in database_kinds():
        if given.only in {None, kind}:
            with a_server(kind, workers=1 if kind == "sqlite" else 2) as server:
                _measure(kind, server, given)


def _measure(kind: str, server: Server, given: argparse.Namespace) -> None:
    if given.rows:
        fill_submissions(server.database_url, given.rows)
    for what, requests in (("small submission", small_submissions), ("with a 300 KB photo", with_a_photo)):
        # Sign-ins are remembered, statements prepared, folders made: what a server does once is not what it costs.
        run_load(server.address, requests, clients=32, seconds=4)
        for clients in given.clients:
            load = run_load(server.address, requests, clients=clients, seconds=given.seconds)
            _say(kind, what, clients, load.per_second, "1/s", median_ms=load.median_s * 1000, p99_ms=load.p99_s * 1000,
                 rows=given.rows, statuses=load.statuses)  # fmt: skip
    paths = re.findall(rb"<manifestUrl>http://[^/]+(/[^<]+)", _get(server, "/openrosa/formList"))
    for what, path in (("formList", "/openrosa/formList"), ("manifest", paths[0].decode())):
        load = run_load(server.address, lambda _, path=path: _gets(path), clients=32, seconds=given.seconds)  # type: ignore[misc]
        _say(kind, what, 32, load.per_second, "1/s", p99_ms=load.p99_s * 1000, statuses=load.statuses)
    for number, megabytes in enumerate(server.memory_mb(), 1):
        _say(kind, f"memory of worker {number}", 32, megabytes, "MB")


def _say(kind: str, what: str, clients: int, value: float, unit: str, **more: object) -> None:
    rounded = {name: round(item, 2) if isinstance(item, float) else item for name, item in more.items()}
    print(json.dumps({"name": f"intake, {kind}, {what}", "clients": clients, "value": round(value, 1), "unit": unit,
                      **rounded}), flush=True)  # fmt: skip


def small_submissions(client: int) -> Iterator[bytes]:
    """Make household visits, each with one finding, each with ids of its own."""
    return _posts(client, b"", "")


def with_a_photo(client: int) -> Iterator[bytes]:
    """Make the same with a photo of 300 KB that is different each time."""
    return _posts(client, a_picture(), "foto.jpg")


@cache
def a_picture() -> bytes:
    """Draw a real JPEG of about 300 KB, which costs as much to make thumbnails of as one from a tablet."""
    noise = Image.frombytes("RGB", (400, 300), random.Random(1).randbytes(400 * 300 * 3)).resize((1600, 1200))
    stream = io.BytesIO()
    noise.save(stream, "JPEG", quality=27)
    return stream.getvalue()


def _posts(client: int, photo: bytes, photo_name: str) -> Iterator[bytes]:
    random_ids = random.Random()
    template = a_submission(
        version=version_of("hane"),
        instance_id="uuid:INSTANCE",
        findings=[AFinding(id="FINDING", photo=photo_name)],
        # Just finished: a late one costs the words that say so.
        end=utc_now().isoformat(),
    )
    del client
    while True:
        instance_id, finding_id = (str(UUID(int=random_ids.getrandbits(128), version=4)).encode() for _ in range(2))
        xml = template.replace(b"INSTANCE", instance_id).replace(b"FINDING", finding_id)
        yield _post(xml, told_apart(photo, instance_id) if photo else b"", photo_name)


def told_apart(picture: bytes, comment: bytes) -> bytes:
    """Put a JPEG comment behind the first marker: another file, the same picture."""
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


def _post(xml: bytes, photo: bytes, photo_name: str) -> bytes:
    parts = _part(b'name="xml_submission_file"; filename="form.xml"', b"text/xml", xml)
    if photo:
        name = photo_name.encode()
        parts += _part(b'name="' + name + b'"; filename="' + name + b'"', b"image/jpeg", photo)
    parts.append(b"--" + BOUNDARY + b"--\r\n")
    head = (
        b"POST /openrosa/submission?deviceID=collect:bench HTTP/1.1\r\nHost: bench\r\nAuthorization: "
        + AUTHORIZATION
        + b"\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: multipart/form-data; boundary="
        + BOUNDARY
        + b"\r\nContent-Length: %d\r\n\r\n" % sum(map(len, parts))
    )
    return b"".join([head, *parts])


def _part(names: bytes, media_type: bytes, content: bytes) -> list[bytes]:
    head = b"\r\nContent-Disposition: form-data; " + names + b"\r\nContent-Type: " + media_type + b"\r\n\r\n"
    return [b"--", BOUNDARY, head, content, b"\r\n"]


def _gets(path: str) -> Iterator[bytes]:
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\n".encode() + b"Authorization: " + AUTHORIZATION + b"\r\n\r\n"
    while True:
        yield request


def _get(server: Server, path: str) -> bytes:
    with urlopen(Request(server.address + path, headers={"Authorization": AUTHORIZATION.decode()})) as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    main()
