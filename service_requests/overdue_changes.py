"""Applying held changes whose predecessors did not come in five days, and saying so on the forms they came with."""

from datetime import datetime

from sqlalchemy.orm import Session

from geo.mahalle_index import MahalleIndex
from service_requests.flagging_changes import flag_released
from sync.change_log import FeedChanges, write_feed
from sync.entity_changes import release_overdue
from visits.kinds import visit_kinds


def sweep_overdue_changes(session: Session, index: MahalleIndex, at: datetime) -> int:
    """Apply up to 200 of them; returns how many, with those that waited for one of them. The caller commits."""
    feed = FeedChanges()
    released = release_overdue(session, visit_kinds(index), feed, at)
    flag_released(session, released)
    write_feed(session, feed, at)
    return len(released)
