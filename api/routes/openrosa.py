"""The door for ODK Collect: OpenRosa 1.0 at `/openrosa` (Basic) and `/openrosa/key/{token}`.

Only reads and writes the wire; what a submission means is `service_requests/intake.py`, which every door ends in.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, head, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.device_clock import read_device_time
from api.form_offers import give
from api.openrosa_answers import answer, openrosa_headers
from api.openrosa_post import ACCEPTED_BYTES, PostTooLarge, SubmissionPost, read_submission_post
from api.problems import RETRY_AFTER_S, Unavailable, log, where
from api.routes.openrosa_lists import download_list, show_integrity
from api.wiring import Wiring
from foundation.errors import SahaError
from photos.incoming import IncomingPhoto
from photos.inspection import OTHER_MEDIA_TYPE, refusal, sniff_media_type
from photos.storage import PhotoStorage
from service_requests.incoming import ArrivedPhoto, IncomingSubmission, Outcome, Refused
from teams.permissions import Actor, Nothing, Resource, scope_of

NO_CONTENT = 204


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


class NotAFieldWorker(SahaError):
    """The account is right, but no field worker's: there is nothing for it at this door."""

    code = "openrosa.not_a_field_worker"

    def __init__(self) -> None:
        super().__init__("Bu hesap saha personeli hesabı değil. Saha uygulamasına ekibinizin hesabıyla girin.")


STATUS_BY_CODE = {
    "openrosa.password_asked": 401,
    "openrosa.key_refused": 403,
    "openrosa.unreadable_post": 400,
    "openrosa.post_too_large": 413,
    "openrosa.not_a_field_worker": 403,
    "auth.too_many_attempts": 429,
    "openrosa.trial_ended": 403,
    "openrosa.not_this_draft": 409,
    "not_found": 404,
    "unavailable": 503,
    "photos.storage_unavailable": 503,
    "photos.storage_full": 503,
    "submission.too_large": 413,
    "submission.unknown_form": 404,
    "submission.edit_of_unknown": 404,
    "submission.closed_form": 403,
    "submission.not_authorised": 403,
    "submission.other_content": 409,
    "submission.edit_superseded": 409,
}


def openrosa_problem(request: Request[Any, Any, Any], error: SahaError) -> Response[bytes]:
    """Answer an error in OpenRosa's XML; what is not in the table is our own fault: the tablet shall send again."""
    status = STATUS_BY_CODE.get(error.code, 503)
    if status == 503:  # noqa: PLR2004
        log.error("%s on %s: %s", error.code, where(request), error.facts.get("cause", error.sentence))
    extra = {"WWW-Authenticate": 'Basic realm="Saha", charset="UTF-8"'} if status == 401 else {}  # noqa: PLR2004
    if status in {429, 503}:
        extra["Retry-After"] = str(error.facts.get("retry_after_s", RETRY_AFTER_S))
    return answer(status, error.sentence, code=error.code, extra=extra)


def openrosa_unavailable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer that nothing is stored, so that the tablet keeps its copy and sends again."""
    log.error("failure on %s", where(request), exc_info=error)
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


def find_worker(sender: NamedDependency[Actor]) -> Actor:
    """Let only field workers read here (the visibility table). What others send is taken, refused and kept."""
    if isinstance(scope_of(sender, Resource.OPENROSA), Nothing):
        raise NotAFieldWorker
    return sender


def find_team(worker: NamedDependency[Actor]) -> UUID:
    """Find whose entity lists the worker's tablet gets."""
    if worker.team_id is None:
        raise NotAFieldWorker
    return worker.team_id


def door_of(request: Request[Any, Any, Any], wiring: Wiring) -> str:
    """Return the absolute address of this door, with the key where the tablet uses one."""
    token = request.path_params.get("token")
    return f"{wiring.settings.base_url}/openrosa" + (f"/key/{token}" if token else "")


@get(["/formList", "/key/{token:str}/formList"])
async def list_forms(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], worker: NamedDependency[Actor],
    form_id: FromQuery[str | None] = None,
) -> Response[bytes]:  # fmt: skip
    """List the open forms."""
    del worker
    form_id = request.query_params.get("formID", form_id)
    return give(request, await wiring.form_offers.form_list(door_of(request, wiring), form_id))


@get(["/versions/{version_id:uuid}/manifest", "/key/{token:str}/versions/{version_id:uuid}/manifest"])
async def show_manifest(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], team: NamedDependency[UUID],
    version_id: FromPath[UUID],
) -> Response[bytes]:  # fmt: skip
    """List the files and entity lists a form version needs."""
    return give(request, await wiring.form_offers.manifest(door_of(request, wiring), version_id, team))


@get(["/versions/{version_id:uuid}/form.xml", "/key/{token:str}/versions/{version_id:uuid}/form.xml"])
async def download_form(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], worker: NamedDependency[Actor],
    version_id: FromPath[UUID],
) -> Response[bytes]:  # fmt: skip
    """Give the XForm, exactly the bytes that the list's hash was taken of."""
    del worker
    return give(request, await wiring.form_offers.xform(version_id))


@get(
    [
        "/versions/{version_id:uuid}/media/{file_name:str}",
        "/key/{token:str}/versions/{version_id:uuid}/media/{file_name:str}",
    ]
)
async def download_media(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], worker: NamedDependency[Actor],
    version_id: FromPath[UUID], file_name: FromPath[str],
) -> Response[bytes]:  # fmt: skip
    """Give a file of a form version."""
    del worker
    known = request.headers.get("if-none-match")
    return give(request, await wiring.form_offers.media(version_id, file_name, known))


@head(["/submission", "/key/{token:str}/submission"], status_code=NO_CONTENT)
async def announce_submission(worker: NamedDependency[Actor]) -> Response[None]:
    """Say that submissions are taken here: 204 and nothing else, or Collect does not believe it."""
    del worker
    return Response(None, status_code=NO_CONTENT, headers=openrosa_headers())


@post(["/submission", "/key/{token:str}/submission"], request_max_body_size=None)
async def post_submission(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], sender: NamedDependency[Actor],
) -> Response[bytes]:  # fmt: skip
    """Receive one post of a submission; the reply comes after its COMMIT."""
    if int(request.headers.get("content-length") or 0) > ACCEPTED_BYTES:
        raise PostTooLarge
    began_at = wiring.clock()
    device_time = read_device_time(request.headers.get("date"), began_at)
    content_type = request.headers.get("content-type", "")
    received = await read_submission_post(content_type, request.stream(), wiring.photo_storage.new_incoming)
    with wiring.intake.announce():
        photos = await keep_photos(wiring, received)
    received_at = wiring.clock()
    item = IncomingSubmission(
        xml=received.xml,
        actor=sender,
        # PostgreSQL takes no NUL, and a submission must not fail for the name of a device.
        device_id=request.query_params.get("deviceID", "").replace("\0", ""),
        received_at=received_at,
        photos=photos,
        is_complete=received.is_complete,
        # The header was written before the photos travelled, which takes minutes where the network is poor.
        device_time=device_time + (received_at - began_at) if device_time else None,
    )
    return tell(await wiring.intake.write(item))


async def keep_photos(wiring: Wiring, received: SubmissionPost) -> tuple[ArrivedPhoto, ...]:
    """Make the photos of a post durable before the submission that names them is recorded."""
    if not received.photos:
        return ()
    return await wiring.in_storage_threads(_keep_all, wiring.photo_storage, received)


def _keep_all(storage: PhotoStorage, received: SubmissionPost) -> tuple[ArrivedPhoto, ...]:
    try:
        return tuple(_keep_photo(storage, *photo) for photo in received.photos)
    finally:
        # Where one could not be kept, those behind it would stay in their files while the outage lasts.
        received.discard()


def _keep_photo(storage: PhotoStorage, file_name: str, photo: IncomingPhoto) -> ArrivedPhoto:
    refused = refusal(photo.byte_size)
    if refused:
        photo.discard()
        return ArrivedPhoto(file_name, photo.byte_size, refusal=refused.sentence)
    # What is no image is kept, too: after a 201 the tablet deletes its copy.
    media_type = sniff_media_type(photo.head) or OTHER_MEDIA_TYPE
    return ArrivedPhoto(file_name, photo.byte_size, storage.keep(photo), media_type)


def tell(outcome: Outcome) -> Response[bytes]:
    """Tell the tablet what became of its submission: 201 only for what is durably committed."""
    if isinstance(outcome, Refused):
        status = STATUS_BY_CODE.get(outcome.code, 400)
        return answer(status, outcome.sentence, code=outcome.code)
    numbers = ", ".join(outcome.tracking_numbers)
    sentence = f"Merkeze ulaştı. Talep no: {numbers}" if numbers else "Merkeze ulaştı."
    return answer(201, sentence)


OPENROSA = Router(
    "/openrosa",
    route_handlers=[
        list_forms, show_manifest, download_form, download_media, download_list, show_integrity, announce_submission,
        post_submission,
    ],
    dependencies={
        "sender": Provide(find_sender),
        "worker": Provide(find_worker, sync_to_thread=False),
        "team": Provide(find_team, sync_to_thread=False),
    },
    exception_handlers={
        SahaError: openrosa_problem,
        DBAPIError: openrosa_unavailable,
        PoolTimeout: openrosa_unavailable,
        # Nothing was stored then either; and the log of the office's routes would show the key in the path.
        Exception: openrosa_unavailable,
    },
    include_in_schema=False,
)  # fmt: skip
