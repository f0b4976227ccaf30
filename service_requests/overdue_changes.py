"""Applying held changes whose predecessors did not come in five days, and saying so on the forms they came with."""

from datetime import datetime

from sqlalchemy.orm import Session

from geo.mahalle_index import MahalleIndex
from service_requests.flagging_changes import flag_released
from service_requests.released_operations import settle_released_operations
from service_requests.target_history import tell_histories, visited_already
from sync.change_log import FeedChanges, take_numbers, write_feed
from sync.entity_changes import release_overdue
from visits.kinds import visit_kinds
from visits.target_areas import TARGET


def sweep_overdue_changes(session: Session, index: MahalleIndex, at: datetime) -> int:
    """Apply up to 200 of them; returns how many, with those that waited for one of them. The caller commits."""
    feed = FeedChanges()
    released = release_overdue(session, visit_kinds(index), feed, at)
    flag_released(session, released)
    settle_released_operations(session, released)
    made = {one.change.entity_id for one in released if one.was_made and one.change.kind == TARGET}
    take_numbers(session)  # in hand before the past is read
    tell_histories(session, feed, visited_already(session, made), at)
    write_feed(session, feed, at)
    return len(released)
