"""Whether a team stands out on the live board: stuck, late, or not heard of. Pure; times are passed in.

The figures are ours: a visit with all its talk rarely takes more than an hour and a half, and a tablet that has a
network speaks to the server at least every quarter of an hour.
"""

from datetime import datetime, timedelta

import msgspec

from foundation.clock import ISTANBUL
from teams.work_times import Shift

STUCK_AFTER, LATE_AFTER, SILENT_AFTER = timedelta(minutes=90), timedelta(minutes=20), timedelta(minutes=60)
# The gravest first.
PACES = {"stuck": "Takıldı", "late": "Gecikiyor", "silent": "Haber yok", "": ""}


class Doing(msgspec.Struct, frozen=True):
    """What a team is doing: since when on the way, when its next visit was planned ("HH:MM"), what it did last."""

    open_count: int
    on_the_way_since: datetime | None
    next_time: str
    last_result_at: datetime | None
    last_contact_at: datetime | None


def minutes_late(next_time: str, now: datetime) -> int:
    """Return by how much the planned time of the next visit has passed; 0 where it has not, or none was planned."""
    if not next_time:
        return 0
    here = now.astimezone(ISTANBUL)
    hour, minute = map(int, next_time.split(":"))
    return max(here.hour * 60 + here.minute - hour * 60 - minute, 0)


def judge_pace(doing: Doing, shift: Shift | None, now: datetime) -> str:
    """Say what stands out of a team, as a code of `PACES`. Outside its shift, or with nothing left to do, nothing."""
    here = now.astimezone(ISTANBUL)
    if shift is None or not shift.holds(here.time()) or not doing.open_count:
        return ""
    began = datetime.combine(here.date(), shift.starts, ISTANBUL)
    # What was last heard of it, at the earliest when the shift began.
    moved = max(filter(None, (doing.on_the_way_since, doing.last_result_at, began)))
    if now - moved > STUCK_AFTER:
        return "stuck"
    if minutes_late(doing.next_time, now) > LATE_AFTER.total_seconds() // 60:
        return "late"
    heard = max(filter(None, (doing.last_contact_at, began)))
    return "silent" if now - heard > SILENT_AFTER else ""
