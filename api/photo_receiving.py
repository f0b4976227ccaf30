"""The bytes of one tus request on their way into an upload: read as they arrive, made durable every 5 MiB and last.

Nothing is locked while bytes travel or are stored: a stretch is stored under a name of its own, then recorded, and of
two requests for the same bytes the second is told where the upload is. Storing runs in the threads of the storage,
recording in those of the handlers, so that nobody waits for a database connection while a disk is slow.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from litestar import Request
from litestar.exceptions import InternalServerException
from sqlalchemy.orm import Session

from api.tus import Checksum
from api.wiring import Wiring
from foundation.errors import SahaError
from photos.incoming import IncomingPhoto
from photos.inspection import OTHER_MEDIA_TYPE, sniff_media_type
from photos.storage_errors import StorageUnavailable
from photos.stretches import STRETCH_BYTES, Kept, StretchLost, join_stretches, keep_stretch, remove_stretches
from photos.upload_problems import UploadTooLarge, WrongHash, WrongOffset
from photos.uploads import Stretch, Upload, end_upload, find_upload, go_back, record_bytes
from service_requests.uploaded_photos import record_uploaded

log = logging.getLogger("saha")

Result = TypeVar("Result")

# After so long without a byte, what has come is made durable.
_SILENCE_S = 2.0


class BrokenOff(Exception):
    """The body ended before its end: whoever was sending is gone, and there is nobody to answer."""


async def bytes_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """Iterate over the body as it arrives. Raises `BrokenOff` where it ends before its end."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as error:
        raise BrokenOff from error


async def receive_bytes(
    wiring: Wiring, upload: Upload, chunks: AsyncIterator[bytes], checksum: Checksum | None
) -> Upload:
    """Add the bytes of one request to an upload, and return it as it is then.

    What came before a break counts, unless a checksum was to be kept: then all bytes of the request count or none.
    Raises `UploadTooLarge`, `WrongChecksum`, `WrongHash`, `WrongOffset`, `NoUpload`, `TooManyUploads`,
    `StorageUnavailable`.
    """
    receiver = _Receiver(wiring, upload, checksum)
    with wiring.uploads_under_way.noted(upload.id, receiver):
        try:
            async for chunk in _heeding_silence(chunks, receiver.record_so_far):
                await receiver.take(chunk)
            await receiver.end()
        except BrokenOff:
            await receiver.record_so_far()
        finally:
            receiver.discard()
    return receiver.upload


async def _heeding_silence(
    chunks: AsyncIterator[bytes], fell_silent: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """Iterate over chunks; whenever none has come for a while, call `fell_silent` and go on waiting.

    A line that is lost without a word looks like one that is slow, for minutes.
    """
    while True:
        waiting = asyncio.ensure_future(anext(chunks, None))
        try:
            if not (await asyncio.wait({waiting}, timeout=_SILENCE_S))[0]:
                await fell_silent()
            chunk = await waiting
        finally:
            waiting.cancel()
        if chunk is None:
            return
        yield chunk


async def drop_upload(wiring: Wiring, device_id: UUID, upload_id: UUID) -> None:
    """End a tablet's upload and forget its bytes; a photo that is kept already stays. Raises `NoUpload`."""
    upload = await _in_transaction(wiring, _end_found, device_id, upload_id, wiring.clock())
    await _remove(wiring, upload.stretches)


def _end_found(session: Session, device_id: UUID, upload_id: UUID, at: datetime) -> Upload:
    upload = find_upload(session, device_id, upload_id, at)
    end_upload(session, upload)
    return upload


class _Receiver:
    """An upload and those of its bytes that are not recorded yet.

    Whoever asks for the upload meanwhile has them recorded (`record_so_far`), hence the lock; if that fails it is told
    to the request that brought them.
    """

    def __init__(self, wiring: Wiring, upload: Upload, checksum: Checksum | None) -> None:
        self.upload = upload
        self._arrived = wiring.photo_storage.new_incoming()
        self._wiring = wiring
        self._checksum = checksum
        self._lock = asyncio.Lock()
        self.came = 0
        self._failure: Exception | None = None

    async def take(self, chunk: bytes) -> None:
        async with self._lock:
            self._refuse_failed()
            if self.upload.received + self._arrived.byte_size + len(chunk) > self.upload.byte_size:
                raise UploadTooLarge
            self._arrived.write(chunk)
            self.came += len(chunk)
            if self._checksum:
                self._checksum.update(chunk)
            elif self._arrived.byte_size >= STRETCH_BYTES:
                await self._record()

    async def end(self) -> None:
        async with self._lock:
            self._refuse_failed()
            if self._checksum:
                self._checksum.refuse_others()
            if self._arrived.byte_size or not self.upload.is_recorded:
                await self._record()

    async def record_so_far(self) -> None:
        async with self._lock:
            if self._checksum or self._failure or not self._arrived.byte_size:
                return
            try:
                await self._record()
            except Exception as error:  # noqa: BLE001 - told by `take` and `end`
                self._failure = error

    def discard(self) -> None:
        self._arrived.discard()

    def _refuse_failed(self) -> None:
        if self._failure:
            raise self._failure

    async def _record(self) -> None:
        # Used up whatever comes of it: a file that was only read from would stay in the way of others for a day.
        with self._arrived:
            self.upload = await _add(self._wiring, self.upload, self._arrived)
        self._arrived = self._wiring.photo_storage.new_incoming()


async def _add(wiring: Wiring, upload: Upload, arrived: IncomingPhoto) -> Upload:
    try:
        if upload.received + arrived.byte_size == upload.byte_size:
            return await _finish(wiring, upload, arrived)
        if arrived.byte_size == 0:
            return await _in_transaction(wiring, record_bytes, upload, (), wiring.clock())
        return await _keep(wiring, upload, arrived)
    except StretchLost as lost:
        log.error("upload %s goes back to byte %d: the storage has lost what it held", upload.id, lost.start)  # noqa: TRY400
        shorter = await _in_transaction(wiring, go_back, upload, lost.start)
        raise WrongOffset(shorter.received) from lost


async def _keep(wiring: Wiring, upload: Upload, arrived: IncomingPhoto) -> Upload:
    kept: Kept = await wiring.in_storage_threads(keep_stretch, wiring.photo_storage, upload, arrived)
    try:
        longer = await _in_transaction(wiring, record_bytes, upload, kept.stretches, wiring.clock())
    except SahaError:
        # Refused, so not recorded. After any other failure it may be: then the sweep decides.
        await _remove(wiring, kept.stretches[-1:])
        raise
    await _remove(wiring, kept.replaced)
    return longer


async def _finish(wiring: Wiring, upload: Upload, last: IncomingPhoto) -> Upload:
    """Hash the whole, keep it under its hash and tell who awaits it, or end the upload."""
    storage = wiring.photo_storage
    whole = last
    if upload.stretches:
        whole = await wiring.in_storage_threads(join_stretches, storage, upload, last)
    with whole:
        if whole.sha256 != upload.sha256:
            await _in_transaction(wiring, end_upload, upload)
            await _remove(wiring, upload.stretches)
            raise WrongHash
        media_type = sniff_media_type(whole.head) or OTHER_MEDIA_TYPE
        await wiring.in_storage_threads(storage.keep, whole)
    complete = await _in_transaction(wiring, record_uploaded, wiring.forms, upload, media_type, wiring.clock())
    wiring.photo_processor.nudge()
    await _remove(wiring, upload.stretches)
    return complete


async def _in_transaction(wiring: Wiring, change: Callable[..., Result], *what: object) -> Result:
    """Run `change(session, …)` in a handler's thread; durably committed when it returns."""

    def run() -> Result:
        with wiring.database.writing() as session:
            return change(session, *what)

    return await asyncio.get_running_loop().run_in_executor(None, run)


async def _remove(wiring: Wiring, stretches: tuple[Stretch, ...]) -> None:
    """Remove stretches that nothing names; what cannot be removed now is swept."""
    if not stretches:
        return
    try:
        await wiring.in_storage_threads(remove_stretches, wiring.photo_storage, stretches)
    except StorageUnavailable as error:
        log.warning("stretches wait for the sweep: %s", error.facts.get("cause"))
