"""The door for tablets with our own application: enrolling, and fetching what they are to hold.

Every route but the enrolment takes a bearer token, so none asks for the office's header against other sites. The
contract is docs/sync-protocol.md.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from api.app_versions import demand_app
from api.device_door import bearer_token, find_calling_device
from api.device_profiles import DeviceProfileView
from api.packed_answers import json_answer
from api.part_answers import answer_part
from api.pulling import note_contact, pull
from api.routes.push import push_operations
from api.routes.returned_to_tablets import show_returned, show_returned_photo
from api.routes.worker_sign_in import sign_worker_in
from api.sync_body import SyncUnreadable, read_sync_json
from api.wiring import Wiring
from sync.pull import DEFAULT_ITEMS, MOST_ITEMS
from teams.devices import CallingDevice
from teams.enrolment import NewEnrolment, enrol

_NOT_MODIFIED = 304
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MOST_ITEMS)]


class EnrolledView(msgspec.Struct, frozen=True):
    """What a tablet needs to begin; `signing_key` is the raw Ed25519 public key in base64url."""

    device_id: UUID
    profile: DeviceProfileView
    signing_key: str
    key_id: str
    server_time: datetime


@post("/enrol", sync_to_thread=True, request_max_body_size=None, dependencies={"sent": Provide(read_sync_json)})
def enrol_tablet(sent: NamedDependency[Any], wiring: NamedDependency[Wiring]) -> EnrolledView:
    """Make the tablet that sends a code a team's; the same request again is answered again."""
    try:
        given = msgspec.convert(sent, NewEnrolment)
    except msgspec.ValidationError as error:
        raise SyncUnreadable from error
    at = wiring.clock()
    with wiring.database.writing() as session:
        device = enrol(session, given, at)
        profile, _ = wiring.device_profiles.profile(session, device.team_id, device.id, device.label)
    return EnrolledView(device.id, profile, wiring.packages.public_key, wiring.packages.key_id, at)


@get("/profile", sync_to_thread=True, opt={"any_app": True})
def show_profile(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> Response[Any]:
    """Tell a tablet who it is and who may use it."""
    with wiring.database.reading() as session:
        profile, tag = wiring.device_profiles.profile(session, device.team_id, device.id, device.label)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(b"", status_code=_NOT_MODIFIED, headers=headers)
    return Response(profile, headers=headers)


@get("/pull")
async def pull_changes(
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_ITEMS,
) -> Response[bytes]:
    """Give the next page of what changed for this tablet."""
    demand_app(request, wiring.settings.oldest_app)
    token, takes = bearer_token(request), request.headers.get("accept-encoding", "")
    async with wiring.pulls_under_way.enter():
        return await asyncio.get_running_loop().run_in_executor(None, _page, wiring, token, cursor, limit, takes)


def _page(wiring: Wiring, token: str, cursor: str | None, limit: int, accept_encoding: str) -> Response[bytes]:
    pulled = pull(wiring, token, cursor, limit)
    answer = json_answer(pulled.body, accept_encoding)
    if pulled.contact_of is not None:
        answer.background = BackgroundTask(note_contact, wiring, pulled.contact_of)
    return answer


@get("/package", sync_to_thread=True)
def show_package(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> Response[bytes]:
    """Give the signed manifest of the package."""
    del device
    package = wiring.packages.current()
    etag = f'"{package.version}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Saha-Signature": package.signature,
        "Saha-Key-Id": wiring.packages.key_id,
    }
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=_NOT_MODIFIED, headers=headers)
    return Response(package.manifest, media_type="application/json", headers=headers)


@get("/parts/{sha256:str}", sync_to_thread=True)
def download_part(
    sha256: FromPath[str],
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    device: NamedDependency[CallingDevice],
) -> Response[Any]:
    """Give a part of the package by the hash of its bytes."""
    del device
    return answer_part(request, wiring, sha256)


SYNC = Router(
    "/v1/sync",
    route_handlers=[
        enrol_tablet, show_profile, sign_worker_in, pull_changes, push_operations, show_package, download_part,
        show_returned, show_returned_photo,
    ],
    dependencies={"device": Provide(find_calling_device, sync_to_thread=True)},
)  # fmt: skip
