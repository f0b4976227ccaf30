"""What was refused: the coordinator reads why, repairs the cause and replays it, or closes it with a reason."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from api.csv_answers import csv_stream
from api.dependencies import shows
from api.list_filters import PAGE
from api.problems import NotFound
from api.wiring import Wiring
from reports.csv_export import write_csv
from reports.office_lists_csv import QUARANTINE_HEADER, quarantine_cells
from service_requests.keyset_pages import PageView, PageWanted
from service_requests.quarantine_lists import (
    QuarantineRowView,
    QuarantineView,
    close_quarantined,
    list_quarantine,
    next_quarantined,
    view_quarantine,
)
from service_requests.repairing import repair_quarantined
from service_requests.replay import replay
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope

QUARANTINE = shows(Resource.QUARANTINE)
# `state` is a word of the framework's own.
InState = Annotated[Literal["open", "replayed", "closed", "all"], QueryParameter(name="state")]


class NewClosing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why field work is put aside."""

    reason: str


class NewRepair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The repaired text: XML of a submission, JSON of an operation."""

    text: str


class ReplayView(msgspec.Struct, frozen=True):
    """What it became; None where that is no submission but a change of an entity."""

    submission_id: UUID | None
    state: str = "replayed"


@get("/quarantine", sync_to_thread=True, opt=QUARANTINE, dependencies=PAGE)
def show_quarantine(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    page: NamedDependency[PageWanted],
    in_state: InState = "open",
) -> PageView[QuarantineRowView]:
    """List what was refused, newest first."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return list_quarantine(session, _one_state(in_state), page)


@get("/quarantine.csv", sync_to_thread=True, opt=QUARANTINE)
def export_quarantine(
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
    in_state: InState = "open",
) -> Stream:
    """Export the list in the same state."""
    del sees

    def read(wanted: PageWanted) -> list[QuarantineRowView]:
        with wiring.database.reading() as session:
            return next_quarantined(session, _one_state(in_state), wanted)

    with wiring.database.writing() as session:
        record_access(session, actor, Access.EXPORTED, Subject.QUARANTINE, "*", at=wiring.clock(), detail=in_state)
    return csv_stream(write_csv(QUARANTINE_HEADER, read, quarantine_cells), "karantina.csv")


def _one_state(in_state: str) -> str | None:
    return None if in_state == "all" else in_state


@get("/quarantine/{quarantine_id:uuid}", sync_to_thread=True, opt=QUARANTINE)
def show_quarantined(
    quarantine_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> QuarantineView:
    """Show one refused submission with its XML, which names persons."""
    del sees
    with wiring.database.writing() as session:
        view = view_quarantine(session, quarantine_id)
        if view is None:
            raise NotFound
        record_access(session, actor, Access.VIEWED, Subject.QUARANTINE, quarantine_id, at=wiring.clock())
    return view


@post("/quarantine/{quarantine_id:uuid}/replay", status_code=200, sync_to_thread=True, opt=QUARANTINE)
def replay_quarantined(
    quarantine_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> ReplayView:
    """Send a refused submission through the intake again, as its sender's."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        replayed = replay(session, wiring.knowledge.current(session), quarantine_id, at)
        if replayed is None:
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.QUARANTINE, quarantine_id, at=at, detail="işlendi")
    return ReplayView(replayed.submission_id)


@post(
    "/quarantine/{quarantine_id:uuid}/repair", status_code=204, sync_to_thread=True, opt=QUARANTINE,
    # JSON may write a byte of the 5 MB that are taken as six.
    request_max_body_size=32 * 1024 * 1024,
)  # fmt: skip
def repair_quarantine(
    quarantine_id: FromPath[UUID],
    data: JSONBody[NewRepair],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:
    """Keep a repaired text beside the original; the replay takes it."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        if not repair_quarantined(session, actor, quarantine_id, data.text, at):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.QUARANTINE, quarantine_id, at=at, detail="düzeltildi")


@post("/quarantine/{quarantine_id:uuid}/close", status_code=204, sync_to_thread=True, opt=QUARANTINE)
def close_quarantine(
    quarantine_id: FromPath[UUID],
    data: JSONBody[NewClosing],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:
    """Put a refused submission aside for good."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        if not close_quarantined(session, actor, quarantine_id, data.reason, at):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.QUARANTINE, quarantine_id, at=at, detail="kapatıldı")
