"""The door at which a draft is tried out: `/openrosa/draft/{key}`, for ODK Collect and for our own try-out page.

It speaks OpenRosa as the real door does, and offers nothing but the draft. What is sent is kept as a trial
(`field_forms/form_trials.py`): never counted, never routed; its files are named and thrown away.
"""

import hashlib
from typing import Any

import anyio.to_thread
import msgspec
from litestar import Request, Response, Router, get, head, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.form_offers import Offer, give
from api.openrosa_answers import XML, ListedList, answer, form_list, integrity, manifest, openrosa_headers
from api.openrosa_post import ACCEPTED_BYTES, PostTooLarge, read_submission_post
from api.problems import NotFound
from api.routes.openrosa import NO_CONTENT, STATUS_BY_CODE, openrosa_unavailable
from api.wiring import Wiring
from field_forms.compile import md5_tag
from field_forms.drafts import draft_files, draft_of_key
from field_forms.form_trials import keep_trial
from field_forms.library import OfferedFile, OfferedForm
from field_forms.publishing import media_type_of
from field_forms.served_lists import SERVED_LISTS, served_lists_in
from field_forms.submission_xml import UnreadableSubmission
from field_forms.tables import FormDraft, FormState
from foundation.clock import ISTANBUL
from foundation.errors import SahaError
from visits.sample_lists import sample_list


class TrialEnded(SahaError):
    """The link is unknown, ended, or its draft is settled; the three look the same."""

    code = "openrosa.trial_ended"

    def __init__(self) -> None:
        super().__init__("Bu deneme bağlantısı artık geçerli değil. Merkezden yeni bir bağlantı isteyin.")


class TriedForm(msgspec.Struct, frozen=True):
    """What our try-out page needs to know of a draft."""

    form_id: str
    version: str
    title: str
    files: list[str]
    lists: list[str]


class Tried(msgspec.Struct, frozen=True):
    """A draft and what a tablet is offered of it."""

    form: OfferedForm
    xform: bytes
    files: dict[str, bytes]
    root: str


def find_draft(request: Request[Any, Any, Any], wiring: NamedDependency[Wiring]) -> Tried:
    """Read the draft that the key in the path leads to. Raises `TrialEnded`."""
    key = request.path_params["key"]
    with wiring.database.reading() as session:
        draft = draft_of_key(session, key, wiring.clock())
        if draft is None:
            raise TrialEnded
        files = draft_files(session, draft.id)
        return Tried(_offered(draft, files), draft.xform, files, f"{wiring.settings.base_url}/openrosa/draft/{key}")


def _offered(draft: FormDraft, files: dict[str, bytes]) -> OfferedForm:
    return OfferedForm(
        form_id=draft.form_id, version=draft.version, version_id=draft.id, title=f"DENEME – {draft.title}",
        xform_hash=md5_tag(draft.xform), state=FormState.OPEN, visit_type=draft.visit_type,
        files=tuple(OfferedFile(name, media_type_of(name), md5_tag(content)) for name, content in files.items()),
        entity_lists=served_lists_in(draft.xform, files),
    )  # fmt: skip


def trial_problem(_: Request[Any, Any, Any], error: SahaError) -> Response[bytes]:
    """Answer an error in OpenRosa's XML; one that is no fault of ours is not worth sending again."""
    status = 400 if isinstance(error, UnreadableSubmission) else STATUS_BY_CODE.get(error.code, 503)
    return answer(status, error.sentence, code=error.code)


@get("/formList", sync_to_thread=False)
def list_draft(request: Request[Any, Any, Any], tried: NamedDependency[Tried]) -> Response[bytes]:
    """List the draft and nothing else."""
    return give(request, _tagged(form_list([tried.form], tried.root), XML))


@get("/about", sync_to_thread=False)
def show_about(tried: NamedDependency[Tried]) -> TriedForm:
    """Tell our try-out page what to fetch."""
    form = tried.form
    return TriedForm(form.form_id, form.version, form.title, list(tried.files), list(form.entity_lists))


@get("/versions/{version_id:uuid}/manifest", sync_to_thread=False)
def show_draft_manifest(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], tried: NamedDependency[Tried]
) -> Response[bytes]:
    """List the files of the draft and its entity lists, which hold made-up rows."""
    lists = [ListedList(name, md5_tag(_sample(wiring, tried, name))) for name in tried.form.entity_lists]
    return give(request, _tagged(manifest(tried.root, tried.form, lists), XML))


@get("/versions/{version_id:uuid}/form.xml", sync_to_thread=False)
def download_draft(request: Request[Any, Any, Any], tried: NamedDependency[Tried]) -> Response[bytes]:
    """Give the XForm."""
    return give(request, _tagged(tried.xform, XML))


@get("/form.xml", sync_to_thread=False)
def download_tried(request: Request[Any, Any, Any], tried: NamedDependency[Tried]) -> Response[bytes]:
    """Give the XForm to our try-out page."""
    return give(request, _tagged(tried.xform, XML))


@get(["/versions/{version_id:uuid}/media/{file_name:str}", "/media/{file_name:str}"], sync_to_thread=False)
def download_draft_file(
    request: Request[Any, Any, Any], tried: NamedDependency[Tried], file_name: FromPath[str]
) -> Response[bytes]:  # fmt: skip
    """Give a file of the draft."""
    content = tried.files.get(file_name)
    return give(request, None if content is None else _tagged(content, media_type_of(file_name)))


@get("/lists/{file_name:str}", sync_to_thread=False)
def download_sample_list(
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    tried: NamedDependency[Tried],
    file_name: FromPath[str],
) -> Response[bytes]:
    """Give an entity list with made-up rows."""
    name = file_name.removesuffix(".csv")
    if name not in SERVED_LISTS:
        raise NotFound
    return give(request, _tagged(_sample(wiring, tried, name), "text/csv"))


@get("/lists/{name:str}/integrity", sync_to_thread=False)
def show_sample_integrity(request: Request[Any, Any, Any], tried: NamedDependency[Tried]) -> Response[bytes]:
    """Say that a tablet shall forget nothing."""
    del tried
    written = [text for text in request.query_params.get("id", "").split(",") if text]
    return Response(integrity(written, ()), headers=openrosa_headers(), media_type=XML)


@head("/submission", status_code=NO_CONTENT, sync_to_thread=False)
def announce_trial(tried: NamedDependency[Tried]) -> Response[None]:
    """Say that trials are taken here."""
    del tried
    return Response(None, status_code=NO_CONTENT, headers=openrosa_headers())


@post("/submission", request_max_body_size=None)
async def post_trial(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], tried: NamedDependency[Tried]
) -> Response[bytes]:  # fmt: skip
    """Keep what a tablet filled the draft with; its files are named only."""
    if int(request.headers.get("content-length") or 0) > ACCEPTED_BYTES:
        raise PostTooLarge
    del tried
    content_type = request.headers.get("content-type", "")
    received = await read_submission_post(content_type, request.stream(), wiring.photo_storage.new_incoming)
    names = [name for name, _ in received.photos]
    received.discard()
    device = request.query_params.get("deviceID", "").replace("\0", "")
    await anyio.to_thread.run_sync(_keep, wiring, request.path_params["key"], received.xml, names, device)
    return answer(201, "Deneme merkeze ulaştı. Sayılmaz, talep açmaz.")


def _keep(wiring: Wiring, key: str, xml: bytes, file_names: list[str], device_id: str) -> None:
    at = wiring.clock()
    with wiring.database.writing() as session:
        # Asked anew: it may have been settled while the photos travelled.
        draft = draft_of_key(session, key, at)
        if draft is None:
            raise TrialEnded
        keep_trial(session, draft, xml, file_names, device_id=device_id, at=at)


def _sample(wiring: Wiring, tried: Tried, name: str) -> bytes:
    return sample_list(name, tried.form.visit_type or tried.form.form_id, wiring.clock().astimezone(ISTANBUL).date())


def _tagged(body: bytes, media_type: str) -> Offer:
    return Offer(body, f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"', media_type)


FORM_TRIALS = Router(
    "/openrosa/draft/{key:str}",
    route_handlers=[
        list_draft, show_about, show_draft_manifest, download_draft, download_tried, download_draft_file,
        download_sample_list, show_sample_integrity, announce_trial, post_trial,
    ],
    dependencies={"tried": Provide(find_draft, sync_to_thread=True)},
    exception_handlers={
        SahaError: trial_problem,
        DBAPIError: openrosa_unavailable,
        PoolTimeout: openrosa_unavailable,
        Exception: openrosa_unavailable,
    },
    include_in_schema=False,
)  # fmt: skip
