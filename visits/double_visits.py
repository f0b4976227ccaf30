"""Two teams at one household by mistake: found among what is planned and done, settled by a coordinator.

Two visits of one target, by two teams, on one day or on neighbouring ones, neither of them cancelled or given up. What
is done closes its double by itself where that is still planned (`next_attempts.py`); the rest a person decides.
"""

from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from foundation.day_arithmetic import days_later
from foundation.errors import SahaError
from foundation.insertion import insert_or_replace
from sync.change_log import FeedChanges
from visits.assignment_changes import cancelling, change_assignments
from visits.assignment_states import DONE, OPEN
from visits.recording import Recording
from visits.tables import DoubleDecision, VisitAssignment

# Further back nobody can do anything about it any more.
LOOKED_BACK = timedelta(days=7)
_COUNTING = (*sorted(OPEN), DONE)
Choice = Literal["first", "second", "both"]


class DoubleChanged(SahaError):
    """The two are no double any more: one was moved, made or cancelled meanwhile, or somebody has decided."""

    code = "double.changed"

    def __init__(self) -> None:
        super().__init__("Bu iki ziyaret artık çakışmıyor ya da başkası karar vermiş. Sayfayı yenileyin.")


class DoneStays(SahaError):
    """A visit that was made cannot be cancelled."""

    code = "double.done_stays"

    def __init__(self) -> None:
        super().__init__("Yapılmış ziyaret iptal edilemez. Öbürünü iptal edin ya da ikisini de bırakın.")


class Double(NamedTuple):
    """Two visits, the one with the smaller id first."""

    first_id: UUID
    second_id: UUID


def find_doubles(session: Session, today: date, *, limit: int = 200) -> list[Double]:
    """Find pairs that nobody has decided, from a week ago on, those of the nearest day first."""
    first, second = aliased(VisitAssignment), aliased(VisitAssignment)
    since = today - LOOKED_BACK
    # That the second lies near the first follows from the pair; said with a day, it comes from an index as well.
    pairs = _pairs(first, second).where(first.day >= since, second.day >= since - timedelta(days=1))
    return [Double(*row) for row in session.execute(pairs.order_by(first.day, first.id, second.id).limit(limit))]


def settle_double(session: Session, double: Double, choice: Choice, feed: FeedChanges, recording: Recording) -> None:
    """Keep one and cancel the other, or keep both. Raises `DoubleChanged`, `DoneStays`.

    The two are locked in the order of their ids, so that two coordinators do not decide differently.
    """
    locked = select(VisitAssignment).where(VisitAssignment.id.in_(double)).order_by(VisitAssignment.id)
    rows = {row.id: row for row in session.scalars(locked.with_for_update())}
    first, second = aliased(VisitAssignment), aliased(VisitAssignment)
    still = _pairs(first, second).where(first.id == double.first_id, second.id == double.second_id)
    if session.execute(still).first() is None:
        raise DoubleChanged
    if choice == "both":
        _keep_both(session, double, recording)
        return
    loser = double.second_id if choice == "first" else double.first_id
    if rows[loser].status == DONE:
        raise DoneStays
    for row in rows.values():
        session.expire(row)
    reason = "Aynı yere başka bir ekip de gönderilmişti."
    change_assignments(session, {loser: cancelling(reason)}, feed, recording)


def _keep_both(session: Session, double: Double, recording: Recording) -> None:
    assert recording.user_id is not None  # noqa: S101 - for the type checker: a coordinator decides
    row = {
        "first_id": double.first_id,
        "second_id": double.second_id,
        "decided_by": recording.user_id,
        "decided_at": recording.at,
    }
    insert_or_replace(session, DoubleDecision, [row])


def _pairs(first: Any, second: Any) -> Select[UUID, UUID]:  # noqa: ANN401 - aliases of the table
    """Select the pairs: through the index on day for the one, on target and day for the other."""
    decided = exists().where(DoubleDecision.first_id == first.id, DoubleDecision.second_id == second.id)
    return select(first.id, second.id).where(
        second.target_id == first.target_id,
        first.id < second.id,
        first.team_id != second.team_id,
        first.status.in_(_COUNTING),
        second.status.in_(_COUNTING),
        first.is_removed.is_(False),
        second.is_removed.is_(False),
        second.day.between(days_later(first.day, -1), days_later(first.day, 1)),
        ~decided,
    )
