"""The wire of tus 1.0 (tus.io/protocols/resumable-upload): headers read and written, nothing kept.

What the bytes become is in `api/photo_receiving.py`; the routes are in `api/routes/photo_uploads.py`.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from typing import Any

from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from api.problems import domain_problem
from photos.inspection import MAX_PHOTO_BYTES
from photos.upload_problems import (
    BadUpload,
    OtherContentType,
    OtherTusVersion,
    UploadTooLarge,
    WrongChecksum,
    WrongOffset,
)
from photos.uploads import Upload

UPLOADS = "/v1/photos/uploads"
VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
# Told to whoever asks before an upload.
ABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
    "Tus-Max-Size": str(MAX_PHOTO_BYTES),
    "Tus-Checksum-Algorithm": "sha256,sha1",
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


class Checksum:
    """What the bytes of one request must hash to."""

    def __init__(self, algorithm: str, digest: bytes) -> None:
        self._expected = digest
        self._hash = _ALGORITHMS[algorithm](usedforsecurity=False)

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._hash.update(chunk)

    def refuse_others(self) -> None:
        """Raise `WrongChecksum` unless these were the bytes."""
        if not hmac.compare_digest(self._hash.digest(), self._expected):
            raise WrongChecksum


def refuse_other_versions(request: Request[Any, Any, Any]) -> None:
    """Let only tus 1.0.0 in; whoever asks what we can (OPTIONS) need not say one. Raises `OtherTusVersion`."""
    if request.method != "OPTIONS" and request.headers.get("tus-resumable") != VERSION:
        raise OtherTusVersion


def has_body(headers: Mapping[str, str]) -> bool:
    """Say whether bytes come along with a creation."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def refuse_other_content(request: Request[Any, Any, Any]) -> None:
    """Raise `OtherContentType` where the body is not said to be bytes at an offset."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != BYTES:
        raise OtherContentType


def read_byte_size(headers: Mapping[str, str]) -> int:
    """Read `Upload-Length`. Raises `BadUpload` (0, deferred, no number), `UploadTooLarge`."""
    byte_size = _read_number(headers, "Upload-Length")
    if byte_size == 0:
        raise BadUpload("Upload-Length")
    if byte_size > MAX_PHOTO_BYTES:
        raise UploadTooLarge
    return byte_size


def read_offset(headers: Mapping[str, str]) -> int:
    """Read `Upload-Offset`. Raises `BadUpload`."""
    return _read_number(headers, "Upload-Offset")


def read_sha256(headers: Mapping[str, str]) -> str:
    """Read the hash out of `Upload-Metadata`, whatever else is in there. Raises `BadUpload`."""
    pairs = (pair.strip().partition(" ") for pair in headers.get("upload-metadata", "").split(","))
    values = [value for key, _, value in pairs if key == "sha256"]
    sha256 = _decode(values[0], "Upload-Metadata").decode("ascii", "replace").lower() if len(values) == 1 else ""
    if not _SHA256.fullmatch(sha256):
        raise BadUpload("Upload-Metadata")
    return sha256


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Read `Upload-Checksum`, where there is one. Raises `BadUpload` (an algorithm that is none of ours, too)."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, digest = header.strip().partition(" ")
    if algorithm not in _ALGORITHMS:
        raise BadUpload("Upload-Checksum")
    return Checksum(algorithm, _decode(digest, "Upload-Checksum"))


def refuse_too_many_bytes(headers: Mapping[str, str], left: int) -> None:
    """Raise `UploadTooLarge` before a body is read that is longer than what is still to come."""
    if "content-length" in headers and _read_number(headers, "Content-Length") > left:
        raise UploadTooLarge


def write_state(upload: Upload) -> dict[str, str]:
    """Make the headers that say how far an upload is, and until when it can go on."""
    headers = {"Upload-Offset": str(upload.received)}
    if not upload.is_complete:
        headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return headers


def write_announced(upload: Upload) -> dict[str, str]:
    """Make the headers that repeat what was announced."""
    metadata = f"sha256 {b64encode(upload.sha256.encode()).decode()}"
    return {"Upload-Length": str(upload.byte_size), "Upload-Metadata": metadata, "Cache-Control": "no-store"}


def add_tus_headers() -> Callable[[Message, Scope], Awaitable[None]]:
    """Make a `before_send` of the application: the protocol wants its version on every answer, refusals too."""

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start" and scope["path"].startswith(UPLOADS):
            headers = MutableScopeHeaders.from_message(message)
            headers["Tus-Resumable"] = VERSION

    return before_send


def _wrong_offset(request: Request[Any, Any, Any], error: WrongOffset) -> Response[dict[str, Any]]:
    answer = domain_problem(request, error)
    answer.headers["Upload-Offset"] = str(error.facts["upload_offset"])
    return answer


def _other_version(request: Request[Any, Any, Any], error: OtherTusVersion) -> Response[dict[str, Any]]:
    answer = domain_problem(request, error)
    answer.headers["Tus-Version"] = VERSION
    return answer


# What the protocol wants to be told in a header as well.
TUS_PROBLEMS: dict[Any, Any] = {WrongOffset: _wrong_offset, OtherTusVersion: _other_version}


def _read_number(headers: Mapping[str, str], name: str) -> int:
    written = headers.get(name.lower(), "")
    if not _NUMBER.fullmatch(written):
        raise BadUpload(name)
    return int(written)


def _decode(text: str, header: str) -> bytes:
    try:
        return b64decode(text.strip(), validate=True)
    except (NotBase64, ValueError) as error:
        raise BadUpload(header) from error
