"""Photos that leave a tablet while their worker is not signed in: encrypted with the worker's key, opened here.

In one request and of bounded size, because what is opened must be whole; larger files wait for their worker and go by
tus (`photo_uploads.py`), resumably. Once opened, it is an upload like any other.
"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.photo_receiving import BrokenOff, bytes_of, receive_bytes
from api.sync_body import until_silence
from api.tus import read_sha256
from api.wiring import Wiring
from photos.stretches import STRETCH_BYTES
from photos.upload_problems import BadUpload, UploadTooLarge, WrongHash
from photos.uploads import begin_upload
from teams.devices import CallingDevice
from teams.tablet_keys import IV_BYTES, TAG_BYTES, open_sealed, worker_key

MOST_SEALED_BYTES = STRETCH_BYTES + IV_BYTES + TAG_BYTES


@post(
    "/v1/photos/sealed/{worker_id:uuid}/{bound_to:str}", request_max_body_size=None, status_code=204,
    opt={"drains": True},
)  # fmt: skip
async def take_sealed_photo(
    worker_id: FromPath[UUID], bound_to: FromPath[str], request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice],
) -> Response[None]:  # fmt: skip
    """Open a photo and keep it. Raises `FellSilent`, `WrongHash` where it cannot be opened or is not as announced."""
    sha256 = read_sha256(request.headers)
    sealed = await _read(request)
    key = worker_key(wiring.secret_key, device.key_id, worker_id)
    photo = await sync_to_thread(open_sealed, key, sealed[:IV_BYTES], sealed[IV_BYTES:], bound_to.encode())
    if not photo:
        raise WrongHash
    await receive_bytes(wiring, begin_upload(device, sha256, len(photo), wiring.clock()), _at_once(photo), None)
    return Response(None, status_code=204)


async def _read(request: Request[Any, Any, Any]) -> bytes:
    body = bytearray()
    try:
        # None of it counts before all of it is there, so there is nothing to wait for on a line that is lost.
        async for chunk in until_silence(bytes_of(request)):
            body += chunk
            if len(body) > MOST_SEALED_BYTES:
                raise UploadTooLarge
    except BrokenOff as error:
        raise BadUpload("Content-Length") from error
    return bytes(body)


async def _at_once(photo: bytes) -> AsyncIterator[bytes]:
    yield photo
