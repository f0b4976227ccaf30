"""The form desk: drafts that are tried out, compared with what is current, and published or discarded."""

from urllib.parse import unquote
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.collect_provisioning import provision_collect
from api.dependencies import shows
from api.problems import NotFound
from api.qr_codes import draw_qr_code
from api.routes.forms import UPLOADING, Upload, compile_upload, read_held_apart
from api.wiring import Wiring
from field_forms.drafts import changes_between, discard_draft, lock_open_draft, make_draft, publish_draft, renew_key
from field_forms.form_changes import FormChange
from field_forms.tables import FormVersion
from reports.draft_views import DraftRowView, DraftView, list_drafts, view_draft
from reports.form_lists import FormView, view_form
from teams.permissions import Actor, Everything, Resource, Scope, scope_of
from visits.visit_types import let_form_be_of_type, refuse_unknown_visit_type

FORMS = shows(Resource.FORMS)


class DraftList(msgspec.Struct, frozen=True):
    """The open drafts."""

    items: list[DraftRowView]


class TrialLinkView(msgspec.Struct, frozen=True):
    """How a draft is tried out: on our own application by a link, on ODK Collect by its settings. Shown once."""

    draft_id: UUID
    url: str
    url_qr_svg: str
    collect_url: str
    collect_qr_svg: str


class Publishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Over which current version (None: the form is new), and whether what breaks old answers is accepted."""

    over: str | None = None
    accepts_breaks: bool = False


class ChangeList(msgspec.Struct, frozen=True):
    """What changed from one version to another."""

    older: str
    newer: str
    items: list[FormChange]


@get("/form-drafts", sync_to_thread=True, opt=FORMS)
def show_drafts(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> DraftList:
    """List the drafts that are being tried out."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return DraftList(list_drafts(session))


@post("/form-drafts", sync_to_thread=True, opt=FORMS, **UPLOADING)
def add_draft(
    data: Upload, wiring: NamedDependency[Wiring], actor: NamedDependency[Actor], sees: NamedDependency[Scope]
) -> TrialLinkView:
    """Keep a spreadsheet as a draft and give the link it is tried out with."""
    del sees
    compiled = compile_upload(data, wiring)
    files = {file.filename: file.file.read() for file in data.attachments}
    visit_type = data.visit_type or None
    with wiring.database.writing() as session:
        refuse_unknown_visit_type(session, visit_type)
        draft, key = make_draft(
            session, compiled, files, at=wiring.clock(), by=actor.user_id, visit_type=visit_type
        )  # fmt: skip
        return _link(wiring, draft.id, draft.title, key)


@get("/form-drafts/{draft_id:uuid}", sync_to_thread=True, opt=FORMS)
def show_draft(
    draft_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> DraftView:
    """Show a draft: what it changes, and what was tried out; answers only to whoever may see persons."""
    del sees
    persons = scope_of(actor, Resource.SUBMISSIONS)
    with_persons = isinstance(persons, Everything) and persons.with_persons
    # Locked for a moment, so that it is not settled between its parts.
    with wiring.database.writing() as session:
        draft = lock_open_draft(session, draft_id)
        return view_draft(session, draft, wiring.knowledge.current(session), with_persons=with_persons)


@post("/form-drafts/{draft_id:uuid}/link", status_code=200, sync_to_thread=True, opt=FORMS)
def give_link(
    draft_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> TrialLinkView:  # fmt: skip
    """Give a new link; the one before ends."""
    del sees
    with wiring.database.writing() as session:
        draft, key = renew_key(session, draft_id, wiring.clock())
        return _link(wiring, draft.id, draft.title, key)


@post("/form-drafts/{draft_id:uuid}/publish", status_code=200, sync_to_thread=True, opt=FORMS)
def publish_tried(
    draft_id: FromPath[UUID],
    data: JSONBody[Publishing],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> FormView:
    """Make a draft a version. Of several who publish at once one wins, the others are told."""
    del sees
    with wiring.database.writing() as session:
        version = publish_draft(
            session, draft_id, over=data.over, accepts_breaks=data.accepts_breaks, at=wiring.clock(), by=actor.user_id
        )
        form_id, published = version.form_id, version.version
        view = view_form(session, form_id)
        if view is None:
            raise NotFound
        let_form_be_of_type(session, form_id, view.visit_type.code if view.visit_type else None)
    read_held_apart(wiring, form_id, published)
    return view


@post("/form-drafts/{draft_id:uuid}/discard", status_code=204, sync_to_thread=True, opt=FORMS)
def discard(
    draft_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:
    """Give a draft up, with what was tried out."""
    del sees
    with wiring.database.writing() as session:
        discard_draft(session, draft_id, at=wiring.clock(), by=actor.user_id)


@get("/forms/{form_id:str}/changes", sync_to_thread=True, opt=FORMS)
def show_changes(
    *,
    form_id: FromPath[str],
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    older: FromQuery[str] = "",
    newer: FromQuery[str] = "",
) -> ChangeList:
    """Show what changed from one version of a form to another."""
    del sees
    with wiring.database.reading() as session:
        versions = [_version(session, unquote(form_id), version) for version in (older, newer)]
        return ChangeList(older, newer, changes_between(session, *versions))


def _version(session: Session, form_id: str, version: str) -> FormVersion:
    key = FormVersion.form_id == form_id, FormVersion.version == version
    found = session.scalar(select(FormVersion).where(*key))
    if found is None:
        raise NotFound
    return found


def _link(wiring: Wiring, draft_id: UUID, title: str, key: str) -> TrialLinkView:
    # Behind the #, so that it stands in no log.
    url = f"{wiring.settings.base_url}/tablet/deneme#{key}"
    collect = provision_collect(wiring.settings, key, f"DENEME – {title}", door="draft")
    return TrialLinkView(draft_id, url, draw_qr_code(url), collect.server_url, collect.qr_svg)
