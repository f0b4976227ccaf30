"""Forms: which are published, checking and publishing a spreadsheet, winding one down, downloads."""

from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, JSONBody
from sqlalchemy import select
from sqlalchemy.orm import undefer

from api.dependencies import shows
from api.problems import NotFound, problem
from api.wiring import Wiring
from field_forms.compile import CompiledForm, compile_form
from field_forms.compile_problems import FormDoesNotCompile
from field_forms.drafts import refuse_unaccepted
from field_forms.publishing import publish_form, set_form_state
from field_forms.spreadsheet import markdown_to_xlsx
from field_forms.tables import FormState, FormVersion
from foundation.clock import ISTANBUL
from foundation.errors import SahaError
from reports.form_lists import FormRowView, FormView, list_forms, view_form
from service_requests.held import read_held
from service_requests.interpretation import REQUEST_LIST
from teams.permissions import Actor, Resource, Scope
from visits.visit_types import let_form_be_of_type, refuse_unknown_visit_type

FORMS = shows(Resource.FORMS)
# A spreadsheet and its lists and pictures; the intake's photos go another way.
MOST_UPLOAD_BYTES = 30 * 1024 * 1024
MOST_PARTS = 60
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoFormFile(SahaError):
    """The upload lacks the part `file`."""

    code = "form.no_file"

    def __init__(self) -> None:
        super().__init__("Form dosyası (XLSX ya da Markdown) seçilmemiş. Dosyayı seçip yeniden yükleyin.")


class UploadedForm(msgspec.Struct):
    """What the publishing page sends."""

    file: UploadFile | None = None
    attachments: list[UploadFile] = []
    visit_type: str | None = None
    # What breaks old answers was looked at (`form.breaks_answers`).
    accepts_breaks: bool = False


class FormList(msgspec.Struct, frozen=True):
    """All forms."""

    items: list[FormRowView]


class FormCheckView(msgspec.Struct, frozen=True, kw_only=True):
    """What a spreadsheet would become."""

    ok: bool
    form_id: str
    version: str
    title: str
    questions: int
    opens_requests: bool
    attachments_needed: list[str]
    warnings: list[str]


class NewState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open, closing (hidden, still accepted) or closed (refused)."""

    state: FormState


def form_problem(_: Request[Any, Any, Any], error: FormDoesNotCompile) -> Response[dict[str, Any]]:
    """Answer what is wrong with a spreadsheet, place by place."""
    errors = [
        {"sheet": one.sheet, "row": one.row, "column": one.column, "message": one.sentence} for one in error.problems
    ]
    return problem(422, error.code, error.sentence, errors=errors)


UPLOADING: dict[str, Any] = {
    "request_max_body_size": MOST_UPLOAD_BYTES,
    "exception_handlers": {FormDoesNotCompile: form_problem},
}

Upload = Annotated[
    UploadedForm, BodyKwarg(media_type=RequestEncodingType.MULTI_PART, multipart_form_part_limit=MOST_PARTS)
]


@get("/forms", sync_to_thread=True, opt=FORMS)
def show_forms(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> FormList:
    """List all forms."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return FormList(list_forms(session))


@get("/forms/{form_id:str}", sync_to_thread=True, opt=FORMS)
def show_form(
    form_id: FromPath[str], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> FormView:  # fmt: skip
    """Show one form with its versions."""
    del sees
    with wiring.database.reading() as session:
        return _form_or_404(view_form(session, unquote(form_id)))


@post("/forms/check", status_code=200, sync_to_thread=True, opt=FORMS, **UPLOADING)
def check_form(data: Upload, wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> FormCheckView:
    """Compile a spreadsheet without publishing it."""
    del sees
    compiled = compile_upload(data, wiring)
    given = {file.filename for file in data.attachments} | set(compiled.made_files)
    return FormCheckView(
        ok=True,
        form_id=compiled.form_id,
        version=compiled.version,
        title=compiled.title,
        questions=sum(1 for node in compiled.definition.nodes.values() if node.control and node.labels),
        opens_requests=any(entity.dataset == REQUEST_LIST for entity in compiled.definition.entities),
        attachments_needed=[name for name in compiled.attachment_names if name not in given],
        warnings=list(compiled.warnings),
    )


@post("/forms", sync_to_thread=True, opt=FORMS, **UPLOADING)
def publish(
    data: Upload,
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> FormView:
    """Publish a spreadsheet as a new, immutable version."""
    del sees
    compiled = compile_upload(data, wiring)
    files = {file.filename: file.file.read() for file in data.attachments}
    visit_type = data.visit_type or None
    with wiring.database.writing() as session:
        refuse_unknown_visit_type(session, visit_type)
        refuse_unaccepted(session, compiled, files, accepts_breaks=data.accepts_breaks)
        publish_form(session, compiled, files, at=wiring.clock(), by=actor.user_id, visit_type=visit_type)
        let_form_be_of_type(session, compiled.form_id, visit_type)
        view = _form_or_404(view_form(session, compiled.form_id))
    read_held_apart(wiring, compiled.form_id, compiled.version)
    return view


@post("/forms/{form_id:str}/state", status_code=200, sync_to_thread=True, opt=FORMS)
def change_state(
    form_id: FromPath[str],
    data: JSONBody[NewState],
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
) -> FormView:
    """Open a form, wind it down or close it."""
    del sees
    with wiring.database.writing() as session:
        set_form_state(session, unquote(form_id), data.state)
        view = _form_or_404(view_form(session, unquote(form_id)))
    wiring.forms.forget_listing()
    return view


@get("/forms/{form_id:str}/versions/{version:str}/{file_name:str}", sync_to_thread=True, opt=FORMS)
def download_form(
    *,
    form_id: FromPath[str],
    version: FromPath[str],
    file_name: FromPath[str],
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
) -> Response[bytes]:
    """Send a version as XForm, as XLSX, or as the Markdown it was published from."""
    del sees
    found = select(FormVersion).options(undefer(FormVersion.xform), undefer(FormVersion.source))
    key = FormVersion.form_id == unquote(form_id), FormVersion.version == unquote(version)
    with wiring.database.reading() as session:
        published = session.scalar(found.where(*key))
    content, media_type = _file_of(published, file_name)
    headers = {"Content-Disposition": f'attachment; filename="{_ascii(form_id)}-{_ascii(version)}{file_name[4:]}"'}
    return Response(content, media_type=media_type, headers=headers)


def read_held_apart(wiring: Wiring, form_id: str, version: str) -> None:
    """Read what was held for a version that was just published; apart, so that it stays published if that fails."""
    wiring.forms.forget_listing()
    with wiring.database.writing() as session:
        read_held(session, wiring.knowledge.current(session), form_id, version, wiring.clock())


def compile_upload(data: UploadedForm, wiring: Wiring) -> CompiledForm:
    """Compile what was uploaded. Raises `NoFormFile`, `FormDoesNotCompile`."""
    if data.file is None:
        raise NoFormFile
    return compile_form(data.file.file.read(), data.file.filename, on=wiring.clock().astimezone(ISTANBUL).date())


def _form_or_404(view: FormView | None) -> FormView:
    if view is None:
        raise NotFound
    return view


def _file_of(published: FormVersion | None, file_name: str) -> tuple[bytes, str]:
    """Choose what to send; a form published as XLSX has no Markdown."""
    if published is None:
        raise NotFound
    is_markdown = published.source_name.lower().endswith(".md")
    match file_name:
        case "form.xml":
            return published.xform, "application/xml"
        case "form.xlsx":
            return (markdown_to_xlsx(published.source) if is_markdown else published.source), _XLSX
        case "form.md" if is_markdown:
            return published.source, "text/markdown; charset=utf-8"
    raise NotFound


def _ascii(text: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in unquote(text))
