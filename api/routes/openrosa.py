"""The door for ODK Collect: OpenRosa 1.0 at `/openrosa` (Basic) and `/openrosa/key/{token}`.

Only reads and writes the wire; what a submission means is `service_requests/intake.py`, which every door ends in.
"""

from typing import Any
from uuid import UUID

import anyio.to_thread
from litestar import Request, Response, Router, get, head, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.form_offers import Offer
from api.openrosa_answers import answer, openrosa_headers
from api.openrosa_post import ACCEPTED_BYTES, PostTooLarge, SubmissionPost, read_submission_post
from api.problems import RETRY_AFTER_S, NotFound, Unavailable, log
from api.wiring import Wiring
from foundation.errors import SahaError
from photos.incoming import IncomingPhoto
from photos.inspection import refusal, sniff_media_type
from photos.storage import PhotoStorage
from service_requests.incoming import ArrivedPhoto, IncomingSubmission, Outcome, Refused
from teams.permissions import Actor

NO_CONTENT, NOT_MODIFIED = 204, 304
# A file of a form may be anything, a page with its script too; opened in a browser it must not act as one of ours.
NOT_A_PAGE = {"Content-Security-Policy": "default-src 'none'; sandbox"}


class PasswordAsked(SahaError):
    """No Basic header, or one that fits nobody."""

    code = "openrosa.password_asked"

    def __init__(self) -> None:
        super().__init__("Kullanıcı adı ya da parola yanlış. Ayarlardan düzeltip yeniden deneyin.")


class KeyRefused(SahaError):
    """The key in the address is unknown or revoked."""

    code = "openrosa.key_refused"

    def __init__(self) -> None:
        super().__init__("Bu tabletin erişimi kapatılmış. Kayıtları silmeyin, koordinatörünüze haber verin.")


STATUS_BY_CODE = {
    "openrosa.password_asked": 401,
    "openrosa.key_refused": 403,
    "openrosa.unreadable_post": 400,
    "openrosa.post_too_large": 413,
    "not_found": 404,
    "unavailable": 503,
    "photos.storage_unavailable": 503,
    "submission.too_large": 413,
    "submission.unknown_form": 404,
    "submission.edit_of_unknown": 404,
    "submission.closed_form": 403,
    "submission.not_authorised": 403,
    "submission.other_content": 409,
    "submission.edit_superseded": 409,
}


def openrosa_problem(_: Request[Any, Any, Any], error: SahaError) -> Response[bytes]:
    """Answer an error in OpenRosa's XML; what is not in the table is a submission we cannot read: 400."""
    status = STATUS_BY_CODE.get(error.code, 400)
    extra = {"WWW-Authenticate": 'Basic realm="Saha", charset="UTF-8"'} if status == 401 else {}  # noqa: PLR2004
    if status == 503:  # noqa: PLR2004
        extra["Retry-After"] = RETRY_AFTER_S
    return answer(status, error.sentence, code=error.code, extra=extra)


def openrosa_unavailable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer that nothing is stored, so that the tablet keeps its copy and sends again."""
    log.error("openrosa failure on %s", request.method, exc_info=error)
    return openrosa_problem(request, Unavailable())


async def find_sender(request: Request[Any, Any, Any], wiring: NamedDependency[Wiring]) -> Actor:
    """Find who asks, by the key in the path or the Basic header. Raises `KeyRefused`, `PasswordAsked`."""
    token = request.path_params.get("token")
    if token is not None:
        actor = await wiring.sign_ins.by_collect_key(token)
        if actor is None:
            raise KeyRefused
        return actor
    header = request.headers.get("authorization")
    actor = await wiring.sign_ins.by_basic_header(header) if header else None
    if actor is None:
        raise PasswordAsked
    return actor


def door_of(request: Request[Any, Any, Any], wiring: Wiring) -> str:
    """Return the absolute address of this door, with the key where the tablet uses one."""
    token = request.path_params.get("token")
    return f"{wiring.settings.base_url}/openrosa" + (f"/key/{token}" if token else "")


def give(request: Request[Any, Any, Any], offer: Offer | None) -> Response[bytes]:
    """Answer with an offer, or 304 where the tablet has it. Raises `NotFound`."""
    if offer is None:
        raise NotFound
    headers = {**openrosa_headers(), "ETag": offer.etag, "Cache-Control": "private, no-cache", **NOT_A_PAGE}
    if request.headers.get("if-none-match") == offer.etag:
        return Response(b"", status_code=NOT_MODIFIED, headers=headers, media_type=offer.media_type)
    return Response(offer.body, headers=headers, media_type=offer.media_type)


@get(["/formList", "/key/{token:str}/formList"])
async def list_forms(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sender: NamedDependency[Actor],
    form_id: FromQuery[str | None] = None,
) -> Response[bytes]:  # fmt: skip
    """List the open forms."""
    del sender
    form_id = request.query_params.get("formID", form_id)
    return give(request, await wiring.form_offers.form_list(door_of(request, wiring), form_id))


@get(["/versions/{version_id:uuid}/manifest", "/key/{token:str}/versions/{version_id:uuid}/manifest"])
async def show_manifest(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sender: NamedDependency[Actor],
    version_id: FromPath[UUID],
) -> Response[bytes]:  # fmt: skip
    """List the files a form version needs."""
    del sender
    return give(request, await wiring.form_offers.manifest(door_of(request, wiring), version_id))


@get(["/versions/{version_id:uuid}/form.xml", "/key/{token:str}/versions/{version_id:uuid}/form.xml"])
async def download_form(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sender: NamedDependency[Actor],
    version_id: FromPath[UUID],
) -> Response[bytes]:  # fmt: skip
    """Give the XForm, exactly the bytes that the list's hash was taken of."""
    del sender
    return give(request, await wiring.form_offers.xform(version_id))


@get(
    [
        "/versions/{version_id:uuid}/media/{file_name:str}",
        "/key/{token:str}/versions/{version_id:uuid}/media/{file_name:str}",
    ]
)
async def download_media(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sender: NamedDependency[Actor],
    version_id: FromPath[UUID], file_name: FromPath[str],
) -> Response[bytes]:  # fmt: skip
    """Give a file of a form version."""
    del sender
    known = request.headers.get("if-none-match")
    return give(request, await wiring.form_offers.media(version_id, file_name, known))


@head(["/submission", "/key/{token:str}/submission"], status_code=NO_CONTENT)
async def announce_submission(sender: NamedDependency[Actor]) -> Response[None]:
    """Say that submissions are taken here: 204 and nothing else, or Collect does not believe it."""
    del sender
    return Response(None, status_code=NO_CONTENT, headers=openrosa_headers())


@post(["/submission", "/key/{token:str}/submission"], request_max_body_size=None)
async def post_submission(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sender: NamedDependency[Actor],
) -> Response[bytes]:  # fmt: skip
    """Receive one post of a submission; the reply comes after its COMMIT."""
    if int(request.headers.get("content-length") or 0) > ACCEPTED_BYTES:
        raise PostTooLarge
    content_type = request.headers.get("content-type", "")
    received = await read_submission_post(content_type, request.stream(), wiring.photo_storage.new_incoming)
    try:
        photos = await keep_photos(wiring.photo_storage, received)
    finally:
        # Those behind one that could not be kept: on a full disk they must not stay.
        received.discard()
    item = IncomingSubmission(
        xml=received.xml,
        actor=sender,
        # PostgreSQL takes no NUL, and a submission must not fail for the name of a device.
        device_id=request.query_params.get("deviceID", "").replace("\0", ""),
        received_at=wiring.clock(),
        photos=photos,
        is_complete=received.is_complete,
    )
    return tell(door_of(request, wiring), await wiring.intake.write(item))


async def keep_photos(storage: PhotoStorage, received: SubmissionPost) -> tuple[ArrivedPhoto, ...]:
    """Make the photos of a post durable before the submission that names them is recorded."""
    if not received.photos:
        return ()
    return await anyio.to_thread.run_sync(lambda: tuple(_keep_photo(storage, *photo) for photo in received.photos))


def _keep_photo(storage: PhotoStorage, file_name: str, photo: IncomingPhoto) -> ArrivedPhoto:
    refused = refusal(photo.byte_size, photo.head)
    if refused:
        photo.discard()
        return ArrivedPhoto(file_name, photo.byte_size, refusal=refused.sentence)
    media_type = sniff_media_type(photo.head) or ""
    return ArrivedPhoto(file_name, photo.byte_size, storage.keep(photo), media_type)


def tell(door: str, outcome: Outcome) -> Response[bytes]:
    """Tell the tablet what became of its submission: 201 only for what is durably committed."""
    if isinstance(outcome, Refused):
        status = STATUS_BY_CODE.get(outcome.code, 400)
        return answer(status, outcome.sentence, code=outcome.code)
    numbers = ", ".join(outcome.tracking_numbers)
    sentence = f"Merkeze ulaştı. Talep no: {numbers}" if numbers else "Merkeze ulaştı."
    return answer(201, sentence, extra={"Location": f"{door}/submission"})


OPENROSA = Router(
    "/openrosa",
    route_handlers=[list_forms, show_manifest, download_form, download_media, announce_submission, post_submission],
    dependencies={"sender": Provide(find_sender)},
    exception_handlers={
        SahaError: openrosa_problem,
        DBAPIError: openrosa_unavailable,
        PoolTimeout: openrosa_unavailable,
        # Nothing was stored then either; and the log of the office's routes would show the key in the path.
        Exception: openrosa_unavailable,
    },
    include_in_schema=False,
)
