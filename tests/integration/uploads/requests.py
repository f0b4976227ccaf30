"""Requests of tus 1.0, written out, so that a test sees what is on the wire; and the push that promises photos."""

import hashlib
from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from litestar.testing import TestClient

from tests.builders import AFinding, a_photo, a_submission
from tests.fixtures.municipality import NOON, version_of
from tests.fixtures.tablets import Tablet

UPLOADS = "/v1/photos/uploads"
BYTES = {"Content-Type": "application/offset+octet-stream"}


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_large_photo(byte_size: int, seed: int = 1) -> bytes:
    """Return a JPEG of exactly this size: a small one, filled up with what a decoder leaves aside."""
    small = a_photo(seed)
    filling = hashlib.shake_256(str(seed).encode()).digest(byte_size - len(small))
    return small + filling


class TusTablet:
    """A tablet that speaks tus to a server, request by request."""

    def __init__(self, client: "TestClient[Any] | httpx.Client", token: str) -> None:
        self.client = client
        self.token = token

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        always = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.token}"}
        answer: httpx.Response = self.client.request(method, path, headers={**always, **(headers or {})}, **given)
        return answer

    def create(
        self, content: bytes, first: bytes = b"", *, sha256: str | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        announced = {
            "Upload-Length": str(len(content)),
            "Upload-Metadata": f"sha256 {b64encode((sha256 or sha256_of(content)).encode()).decode()}",
            **(BYTES if first else {}),
            **(headers or {}),
        }
        return self.ask("POST", UPLOADS, announced, content=first)

    def begin(self, content: bytes, first: bytes = b"") -> str:
        """Create an upload and return its address."""
        answer = self.create(content, first)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(self, upload: str, offset: int, part: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        at = {"Upload-Offset": str(offset), **BYTES, **(headers or {})}
        return self.ask("PATCH", upload, at, content=part)

    def offset(self, upload: str) -> int:
        answer = self.ask("HEAD", upload)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def finish(self, upload: str, content: bytes) -> httpx.Response:
        """Send what is missing, in one request."""
        offset = self.offset(upload)
        return self.patch(upload, offset, content[offset:])

    def plan(self, *contents: bytes) -> list[dict[str, Any]]:
        photos = [{"sha256": sha256_of(content), "byte_size": len(content)} for content in contents]
        answer = self.ask("POST", "/v1/photos/plan", json={"photos": photos})
        assert answer.status_code == 200, answer.text
        return answer.json()["photos"]


def push_promise(tablet: Tablet, worker: UUID, photos: dict[str, bytes]) -> dict[str, object]:
    """Push one submission with a finding for each photo, which is promised and not sent."""
    findings = [AFinding(photo=name) for name in photos]
    payload = {
        "xml": a_submission(version=version_of("hane"), findings=findings).decode(),
        "photos": [
            {"name": name, "sha256": sha256_of(content), "byte_size": len(content), "media_type": "image/jpeg"}
            for name, content in photos.items()
        ],
    }
    operation = {
        "id": str(uuid4()), "device_seq": 1, "kind": "submission", "worker_id": str(worker), "at": NOON.isoformat(),
        "payload": payload,
    }  # fmt: skip
    body = {
        "sent_at": NOON.isoformat(), "app_version": "1.0.0", "unsent_count": 1, "oldest_unsent_at": NOON.isoformat(),
        "operations": [operation],
    }  # fmt: skip
    answer = tablet.ask("POST", "/v1/sync/push", content=msgspec.json.encode(body))
    assert answer.status_code == 200, answer.text
    result: dict[str, object] = answer.json()["results"][0]
    assert result["status"] == "applied", result
    return result
