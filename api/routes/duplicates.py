"""Targets that may be the same: the coordinator merges them or says that they are not, and can take both back."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.dependencies import shows
from api.list_filters import PAGE
from api.problems import NotFound
from api.wiring import Wiring
from reports.duplicate_lists import DuplicateView, list_duplicates, view_duplicate
from service_requests.keyset_pages import PageView, PageWanted
from service_requests.target_merges import merge_with_past, undo_with_past
from sync.change_log import FeedChanges, write_feed
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from visits.duplicate_tables import DuplicatePair, TargetMerge
from visits.kinds import visit_kinds
from visits.target_merging import MergeRun, NotMergeable

VISITS = shows(Resource.VISITS)
# `state` is a word of the framework's own.
InState = Annotated[Literal["open", "decided"], QueryParameter(name="state")]


class NewMerge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of a pair stays, and the fields of which the other's value is kept."""

    survivor_id: UUID
    taken_fields: list[str] = []


@get("/duplicates", sync_to_thread=True, opt=VISITS, dependencies=PAGE)
def show_duplicates(
    wiring: NamedDependency[Wiring],
    sees: NamedDependency[Scope],
    page: NamedDependency[PageWanted],
    in_state: InState = "open",
) -> PageView[DuplicateView]:
    """List pairs that wait for a decision, likeliest first, or decided ones."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return list_duplicates(session, decided=in_state == "decided", wanted=page)


@post("/duplicates/{pair_id:uuid}/merge", status_code=200, sync_to_thread=True, opt=VISITS)
def merge_duplicates(
    pair_id: FromPath[UUID],
    data: JSONBody[NewMerge],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> DuplicateView:
    """Make one of two."""
    del sees
    with wiring.database.writing() as session:
        pair, run = _pair(session, pair_id), _run(session, wiring, actor)
        merge_with_past(run, pair, data.survivor_id, data.taken_fields)
        return _told(run, actor, pair_id, "birleştirildi")


@post("/duplicates/{pair_id:uuid}/not-same", status_code=200, sync_to_thread=True, opt=VISITS)
def keep_apart(
    pair_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> DuplicateView:
    """Remember that these two are not the same; they are not proposed again."""
    del sees
    with wiring.database.writing() as session:
        pair, run = _pair(session, pair_id), _run(session, wiring, actor)
        if pair.state != "open":
            raise NotMergeable("Bu çift için az önce karar verilmiş. Listeyi yenileyin.")
        pair.state, pair.decided_by, pair.decided_at = "not_same", run.by, run.at
        return _told(run, actor, pair_id, "aynı değil")


@post("/duplicates/{pair_id:uuid}/undo", status_code=200, sync_to_thread=True, opt=VISITS)
def undo_duplicate(
    pair_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> DuplicateView:
    """Take a decision back: merged ones become two again, those kept apart wait for a decision again."""
    del sees
    with wiring.database.writing() as session:
        pair, run = _pair(session, pair_id), _run(session, wiring, actor)
        standing = select(TargetMerge).where(TargetMerge.pair_id == pair_id, TargetMerge.undone_at.is_(None))
        merge = session.scalars(standing.with_for_update()).one_or_none()
        if merge is not None:
            undo_with_past(run, merge)
        else:
            pair.state, pair.decided_by, pair.decided_at = "open", None, None
        return _told(run, actor, pair_id, "geri alındı")


def _pair(session: Session, pair_id: UUID) -> DuplicatePair:
    pair = session.get(DuplicatePair, pair_id, with_for_update=True)
    if pair is None:
        raise NotFound
    return pair


def _run(session: Session, wiring: Wiring, actor: Actor) -> MergeRun:
    kinds = visit_kinds(wiring.knowledge.current(session).index)
    return MergeRun(session, kinds, FeedChanges(), actor.user_id, wiring.clock())


def _told(run: MergeRun, actor: Actor, pair_id: UUID, what: str) -> DuplicateView:
    """Record who decided, write the feed, and show how the pair stands."""
    run.session.flush()
    view = view_duplicate(run.session, pair_id)
    if view is None:
        raise NotFound
    for side in view.sides:
        record_access(run.session, actor, Access.CHANGED, Subject.TARGET, side.id, at=run.at, detail=what)
    run.session.flush()
    write_feed(run.session, run.feed, run.at)
    return view
