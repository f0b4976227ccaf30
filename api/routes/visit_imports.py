"""Lists from other offices: uploaded, looked at, corrected, imported. The work itself is done beside the requests."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, JSONBody
from litestar.response import Stream
from sqlalchemy.orm import Session

from api.dependencies import shows
from api.problems import NotFound
from api.wiring import Wiring
from foundation.errors import SahaError
from reports.visit_imports import ImportList, ImportView, ProgressView, list_imports, view_import
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from visits.bad_rows_file import write_bad_rows
from visits.import_jobs import NewMapping, begin_import, cancel_import, choose_columns, start_recording
from visits.import_parts import read_bad
from visits.import_tables import VisitImport
from visits.list_file_errors import MAX_FILE_BYTES, ListTooLarge

VISITS = shows(Resource.VISITS)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoListFile(SahaError):
    """The upload lacks the part `file`."""

    code = "visit_list.no_file"

    def __init__(self) -> None:
        super().__init__("Liste dosyası (CSV ya da XLSX) seçilmemiş. Dosyayı seçip yeniden yükleyin.")


class UploadedList(msgspec.Struct):
    """What the import page sends."""

    file: UploadFile | None = None


Upload = Annotated[UploadedList, BodyKwarg(media_type=RequestEncodingType.MULTI_PART, multipart_form_part_limit=5)]


@get("/visit-imports", sync_to_thread=True, opt=VISITS)
def show_imports(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> ImportList:
    """List the last uploads."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return list_imports(session)


@post("/visit-imports", status_code=201, sync_to_thread=True, opt=VISITS,
      request_max_body_size=MAX_FILE_BYTES + 65_536)  # fmt: skip
def take_list(
    data: Upload, wiring: NamedDependency[Wiring], actor: NamedDependency[Actor], sees: NamedDependency[Scope]
) -> ImportView:
    """Keep an upload, and have it read."""
    del sees
    if data.file is None:
        raise NoListFile
    content = data.file.file.read()
    if len(content) > MAX_FILE_BYTES:
        raise ListTooLarge
    with wiring.database.writing() as session:
        job = begin_import(session, content, data.file.filename or "liste", actor.user_id, wiring.clock())
        view = _view(session, wiring, job.id)
    wiring.list_importer.nudge()
    return view


@get("/visit-imports/{import_id:uuid}", sync_to_thread=True, opt=VISITS)
def show_import(
    import_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> ImportView:  # fmt: skip
    """Show an upload and how far it is. Asked every second while a list is worked on, so it writes nothing."""
    del sees
    with wiring.database.reading() as session:
        return _view(session, wiring, import_id)


@post("/visit-imports/{import_id:uuid}/columns", status_code=200, sync_to_thread=True, opt=VISITS)
def map_columns(
    import_id: FromPath[UUID],
    data: JSONBody[NewMapping],
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
) -> ImportView:
    """Say what the columns are, and have the rows checked."""
    del sees
    with wiring.database.writing() as session:
        choose_columns(session, _job(session, import_id, lock=True), data, wiring.clock())
        view = _view(session, wiring, import_id)
    wiring.list_importer.nudge()
    return view


@post("/visit-imports/{import_id:uuid}/start", status_code=200, sync_to_thread=True, opt=VISITS)
def start_import(
    import_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> ImportView:  # fmt: skip
    """Have the good rows of a checked list imported."""
    del sees
    with wiring.database.writing() as session:
        start_recording(_job(session, import_id, lock=True), wiring.clock())
        session.flush()
        view = _view(session, wiring, import_id)
    wiring.list_importer.nudge()
    return view


@post("/visit-imports/{import_id:uuid}/cancel", status_code=204, sync_to_thread=True, opt=VISITS)
def give_up_import(import_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> None:
    """Give an import up; nothing of it stays."""
    del sees
    # First without the database: on SQLite nobody can write while a list is recorded.
    if wiring.list_importer.cancel(import_id):
        return
    with wiring.database.writing() as session:
        cancel_import(session, _job(session, import_id, lock=True), wiring.clock())


@get("/visit-imports/{import_id:uuid}/bad.xlsx", sync_to_thread=True, opt=VISITS)
def export_bad_rows(
    import_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> Stream:
    """Give out the rows that were not taken, with their reasons, to be corrected and uploaded again."""
    del sees
    with wiring.database.writing() as session:
        job = _job(session, import_id)
        record_access(session, actor, Access.EXPORTED, Subject.VISIT_LIST, import_id, at=wiring.clock())
        headers = [column["header"] for column in job.columns]
        bad = list(read_bad(session, import_id))
    name = 'attachment; filename="alinmayan-satirlar.xlsx"'
    return Stream(write_bad_rows(headers, bad), media_type=_XLSX, headers={"Content-Disposition": name})


def _job(session: Session, import_id: UUID, *, lock: bool = False) -> VisitImport:
    job = session.get(VisitImport, import_id, with_for_update=lock)
    if job is None:
        raise NotFound
    return job


def _view(session: Session, wiring: Wiring, import_id: UUID) -> ImportView:
    at_work = wiring.list_importer.at_work
    here = at_work is not None and at_work.import_id == import_id
    progress = ProgressView(at_work.done, at_work.total) if at_work is not None and here else None
    return view_import(session, _job(session, import_id), progress)
