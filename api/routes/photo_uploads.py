"""Photos from tablets with our own application: which are needed (`plan`), and their upload by tus 1.0.

docs/sync-protocol.md, section Photos. The headers are read in `api/tus.py`, the bytes in `api/photo_receiving.py`.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, head, patch, post, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from api.device_door import find_calling_device
from api.photo_receiving import bytes_of, drop_upload, receive_bytes
from api.read_ahead import read_ahead
from api.routes.sealed_photos import take_sealed_photo
from api.tus import (
    ABILITIES,
    TUS_PROBLEMS,
    UPLOADS,
    has_body,
    read_byte_size,
    read_checksum,
    read_offset,
    read_sha256,
    refuse_other_content,
    refuse_other_versions,
    refuse_too_many_bytes,
    write_announced,
    write_state,
)
from api.wiring import Wiring
from photos.upload_problems import BadUpload, WrongOffset
from photos.uploads import Upload, begin_upload, find_open_uploads, find_upload
from service_requests.uploaded_photos import awaited_of_held, photos_held_by, settle_held
from teams.devices import CallingDevice

NO_CONTENT, CREATED, OK = 204, 201, 200
_DRAINS = {"drains": True}


class PlannedPhoto(msgspec.Struct, frozen=True):
    """A photo that a tablet would send."""

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    byte_size: Annotated[int, msgspec.Meta(ge=0)] = 0


class PhotoQuestion(msgspec.Struct, frozen=True):
    """The photos of a tablet's outbox."""

    photos: Annotated[list[PlannedPhoto], msgspec.Meta(max_length=200)]


class PhotoPlanView(msgspec.Struct, frozen=True):
    """What to do with one photo; `upload` is where it goes on, where it is under way."""

    sha256: str
    do: str
    upload: str | None


class PlanView(msgspec.Struct, frozen=True):
    """What to do with each photo, in the order of the question."""

    photos: list[PhotoPlanView]


@post("/v1/photos/plan", status_code=OK, sync_to_thread=True, opt=_DRAINS)
def plan_photos(
    data: JSONBody[PhotoQuestion], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> PlanView:
    """Say which photos are needed. A tablet that was revoked is told nothing of what is here."""
    hashes = sorted({photo.sha256 for photo in data.photos})
    with wiring.database.reading() as session:
        held = set() if device.drains else photos_held_by(session, device.team_id, hashes)
        under_way = find_open_uploads(session, device.id, hashes, wiring.clock())
        awaited = awaited_of_held(session, device.team_id, held)
    if awaited:
        # The tablet will not send what we have, so whoever awaits it is told now.
        with wiring.database.writing() as session:
            settle_held(session, wiring.forms, device.team_id, awaited, wiring.clock())
    return PlanView([_plan(photo.sha256, held, under_way) for photo in data.photos])


@route("/", http_method="OPTIONS", status_code=NO_CONTENT)
async def tell_abilities() -> Response[None]:
    """Say what of tus we speak."""
    return Response(None, status_code=NO_CONTENT, headers=ABILITIES)


@post("/", request_max_body_size=None, status_code=CREATED, opt=_DRAINS)
async def create_upload(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> Response[None]:
    """Begin an upload, with its first bytes or all of them where they come along."""
    upload = begin_upload(device, read_sha256(request.headers), read_byte_size(request.headers), wiring.clock())
    if has_body(request.headers):
        refuse_other_content(request)
    upload = await _receive(wiring, upload, request)
    headers = {"Location": _address(upload.id), **write_state(upload)}
    return Response(None, status_code=CREATED, headers=headers)


@head("/{upload_id:uuid}", status_code=OK, opt=_DRAINS)
async def show_offset(
    upload_id: FromPath[UUID], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> Response[None]:
    """Say how far an upload is."""
    return await _show_offset(upload_id, wiring, device)


async def _show_offset(upload_id: UUID, wiring: Wiring, device: CallingDevice) -> Response[None]:
    upload = await _find(wiring, device, upload_id)
    # Bytes of a connection that broke may have come and not have been read yet.
    if await wiring.uploads_under_way.wait_for_silence(upload_id):
        upload = await _find(wiring, device, upload_id)
    return Response(None, status_code=OK, headers={**write_state(upload), **write_announced(upload)})


@patch("/{upload_id:uuid}", request_max_body_size=None, status_code=NO_CONTENT, opt=_DRAINS)
async def continue_upload(
    upload_id: FromPath[UUID], request: Request[Any, Any, Any], wiring: NamedDependency[Wiring],
    device: NamedDependency[CallingDevice],
) -> Response[None]:  # fmt: skip
    """Take the next bytes of an upload."""
    return await _continue_upload(upload_id, request, wiring, device)


async def _continue_upload(
    upload_id: UUID, request: Request[Any, Any, Any], wiring: Wiring, device: CallingDevice
) -> Response[None]:
    refuse_other_content(request)
    offset = read_offset(request.headers)
    upload = await _find(wiring, device, upload_id)
    if offset != upload.received:
        raise WrongOffset(upload.received)
    upload = await _receive(wiring, upload, request)
    return Response(None, status_code=NO_CONTENT, headers=write_state(upload))


@delete("/{upload_id:uuid}", status_code=NO_CONTENT, opt=_DRAINS)
async def terminate_upload(
    upload_id: FromPath[UUID], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> Response[None]:
    """End an upload and forget its bytes."""
    await drop_upload(wiring, device.id, upload_id)
    return Response(None, status_code=NO_CONTENT)


@post("/{upload_id:uuid}", request_max_body_size=None, status_code=NO_CONTENT, opt=_DRAINS)
async def override_method(
    upload_id: FromPath[UUID], request: Request[Any, Any, Any], wiring: NamedDependency[Wiring],
    device: NamedDependency[CallingDevice],
) -> Response[None]:  # fmt: skip
    """Do what `X-HTTP-Method-Override` says, for clients whose way here lets no PATCH through."""
    match request.headers.get("x-http-method-override", "").upper():
        case "PATCH":
            return await _continue_upload(upload_id, request, wiring, device)
        case "HEAD":
            return await _show_offset(upload_id, wiring, device)
        case "DELETE":
            await drop_upload(wiring, device.id, upload_id)
            return Response(None, status_code=NO_CONTENT)
    raise BadUpload("X-HTTP-Method-Override")


async def _receive(wiring: Wiring, upload: Upload, request: Request[Any, Any, Any]) -> Upload:
    refuse_too_many_bytes(request.headers, upload.byte_size - upload.received)
    return await receive_bytes(wiring, upload, bytes_of(request), read_checksum(request.headers))


async def _find(wiring: Wiring, device: CallingDevice, upload_id: UUID) -> Upload:
    upload = await sync_to_thread(_read, wiring, device, upload_id)
    if await wiring.uploads_under_way.record_so_far(upload_id):
        upload = await sync_to_thread(_read, wiring, device, upload_id)
    return upload


def _read(wiring: Wiring, device: CallingDevice, upload_id: UUID) -> Upload:
    with wiring.database.reading() as session:
        return find_upload(session, device.id, upload_id, wiring.clock())


def _address(upload_id: UUID) -> str:
    return f"{UPLOADS}/{upload_id}"


def _plan(sha256: str, held: set[str], under_way: dict[str, UUID]) -> PhotoPlanView:
    if sha256 in held:
        return PhotoPlanView(sha256, "have", None)
    return PhotoPlanView(sha256, "upload", _address(under_way[sha256]) if sha256 in under_way else None)


_UPLOADS = Router(
    UPLOADS,
    route_handlers=[
        tell_abilities, create_upload, show_offset, continue_upload, terminate_upload, override_method,
    ],
    middleware=[read_ahead],
    before_request=refuse_other_versions,
    exception_handlers=TUS_PROBLEMS,
)  # fmt: skip
PHOTO_UPLOADS = Router(
    "/",
    route_handlers=[plan_photos, take_sealed_photo, _UPLOADS],
    dependencies={"device": Provide(find_calling_device, sync_to_thread=True)},
)
