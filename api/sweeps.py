"""What `api/housekeeping.py` tidies up every minute, in this order. A new sweep is a line in `sweeps_of`."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from api.housekeeping import Sweep
from api.intake_line import KnowledgeCache
from field_forms.drafts import sweep_drafts
from foundation.database import Database
from photos.storage import PhotoStorage
from photos.upload_sweep import sweep_abandoned_photos, sweep_orphaned_bytes, sweep_uploads
from planning.learnt_paces import learn_paces
from planning.plan_records import sweep_plans
from planning.travel_times import sweep_travel_times
from service_requests.answered_visits import plan_answered_visits, visited_since
from service_requests.found_photos import StorageSweep
from service_requests.overdue_changes import sweep_overdue_changes
from sync.change_log import FeedChanges, write_feed
from sync.tombstones import sweep_tombstones
from teams.positions import sweep_positions
from visits.automatic_visits import plan_automatic_visits
from visits.campaign_planning import plan_due_rounds
from visits.duplicate_sweep import sweep_changed_targets
from visits.following_up import follow_up_visits
from visits.import_jobs import sweep_old_imports
from visits.leaving import sweep_past_assignments

_TARGET_BATCHES = 20


def sweeps_of(database: Database, storage: PhotoStorage, knowledge: KnowledgeCache) -> list[Sweep]:
    """List the sweeps of this installation."""

    def release(session: Session, at: datetime) -> int:
        return sweep_overdue_changes(session, knowledge.current(session).index, at)

    of_backup = StorageSweep(database, storage)

    def look_in_storage(at: datetime) -> int:
        with database.reading() as session:
            forms = knowledge.current(session).forms
        return of_backup.look(forms, at)

    return [
        Sweep("old tombstones", lambda at: _in_transaction(database, sweep_tombstones, at)),
        Sweep("changes held for five days", lambda at: _in_transaction(database, release, at)),
        Sweep("assignments a week past", lambda at: _in_transaction(database, _sweep_assignments, at)),
        Sweep("what follows from visits", lambda at: _in_transaction(database, _follow_up, at)),
        Sweep("visits that an event or an answer asks for", lambda at: _in_transaction(database, _plan_by_itself, at)),
        Sweep("rounds of campaigns", lambda at: _in_transaction(database, _plan_rounds, at)),
        Sweep("day plans", lambda at: _in_transaction(database, sweep_plans, at)),
        Sweep("what tracks say of the roads", lambda at: learn_paces(database, at)),
        Sweep("old travel times", lambda at: _in_transaction(database, sweep_travel_times, at)),
        Sweep("positions older than 30 days", lambda at: _in_transaction(database, sweep_positions, at)),
        Sweep("lists that nobody touched for a week", lambda at: _in_transaction(database, sweep_old_imports, at)),
        Sweep("drafts of forms made 90 days ago", lambda at: _in_transaction(database, sweep_drafts, at)),
        Sweep("targets that changed", lambda at: _sweep_targets(database, at)),
        Sweep("expired uploads", lambda at: sweep_uploads(database, storage, at)),
        Sweep("bytes that no upload knows", lambda at: sweep_orphaned_bytes(database, storage, at)),
        Sweep("photos abandoned on their way", lambda at: sweep_abandoned_photos(storage, at)),
        Sweep("photos that a restored backup forgot", look_in_storage),
    ]


def _sweep_assignments(session: Session, at: datetime) -> int:
    feed = FeedChanges()
    swept = sweep_past_assignments(session, feed, at)
    write_feed(session, feed, at)
    return swept


def _follow_up(session: Session, at: datetime) -> int:
    feed = FeedChanges()
    seen_to = follow_up_visits(session, feed, at)
    write_feed(session, feed, at)
    return seen_to


def _plan_by_itself(session: Session, at: datetime) -> int:
    feed = FeedChanges()
    planned = plan_automatic_visits(session, feed, at) + plan_answered_visits(session, feed, at)
    write_feed(session, feed, at)
    return planned


def _plan_rounds(session: Session, at: datetime) -> int:
    feed = FeedChanges()
    seen_to = plan_due_rounds(session, feed, at, visited_since)
    write_feed(session, feed, at)
    return seen_to


def _sweep_targets(database: Database, at: datetime) -> None:
    # Some thousand a minute at most, each batch in a short transaction of its own.
    for _ in range(_TARGET_BATCHES):
        if not _in_transaction(database, sweep_changed_targets, at):
            return


def _in_transaction(database: Database, sweep: Callable[[Session, datetime], int], at: datetime) -> int:
    with database.writing() as session:
        return sweep(session, at)
