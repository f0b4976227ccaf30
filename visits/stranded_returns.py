"""Taking back what `stranded_visits.py` moved: in one transaction, all of it but what changed meanwhile.

A visit goes back to its day, team, place and hour if it still is where it was moved to, and nobody has promised it
there. What does not go back is told with the reason.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.change_log import FeedChanges
from sync.entity_records import chunks
from visits.assignment_changes import change_assignments
from visits.assignment_states import PLANNED
from visits.recording import Recording
from visits.single_visits import refuse_removed_team
from visits.tables import VisitAssignment

NoReturn = Literal["gone", "settled", "moved", "promised", "past"]
STAYS_MOVED = {
    "gone": "Ziyaret bu arada silinmiş.",
    "settled": "Bu arada yola çıkılmış, sonucu gelmiş ya da iptal edilmiş.",
    "moved": "Bu arada başka bir güne ya da ekibe alınmış.",
    "promised": "Bu arada yeni gününe söz verilmiş: önce aileyle konuşun.",
    "past": "Eski günü geçmiş.",
}


class MovedVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit as it was moved: to which team and day, and from which day, place and hour."""

    id: UUID
    team_id: UUID
    day: date
    from_day: date
    from_position: int = 0
    from_time: str = ""


class StayedMoved(NamedTuple):
    """A visit that stays where it is now, and why."""

    visit_id: UUID
    target_id: UUID
    day: date
    reason: NoReturn


class TakenBack(NamedTuple):
    """How many visits are back, and which are not."""

    returned: int
    stayed: list[StayedMoved]


def take_back(
    session: Session, team_id: UUID, moved: Sequence[MovedVisit], feed: FeedChanges, recording: Recording, *,
    today: date,
) -> TakenBack | None:  # fmt: skip
    """Give visits back to their team; None where one of them never was. Raises `BadVisit` for a removed team."""
    refuse_removed_team(session, team_id)
    asked = {one.id: one for one in moved}
    standing = _lock(session, asked)
    if len(standing) < len(asked):
        return None
    stayed: list[StayedMoved] = []
    values: dict[UUID, dict[str, str]] = {}
    for visit in standing:
        one = asked[visit.id]
        reason = _reason_to_stay(visit, one, today)
        if reason is None:
            values[visit.id] = {
                "ekip": str(team_id), "gun": one.from_day.isoformat(), "sira": str(one.from_position),
                "saat": one.from_time,
            }  # fmt: skip
        else:
            stayed.append(StayedMoved(visit.id, visit.target_id, visit.day, reason))
    # Read before, written by the one way that all changes take.
    session.expire_all()
    change_assignments(session, values, feed, recording)
    return TakenBack(len(values), stayed)


def _lock(session: Session, asked: dict[UUID, MovedVisit]) -> list[VisitAssignment]:
    found: list[VisitAssignment] = []
    for some in chunks(sorted(asked)):
        wanted = select(VisitAssignment).where(VisitAssignment.id.in_(some)).order_by(VisitAssignment.id)
        found += session.scalars(wanted.with_for_update())
    return found


def _reason_to_stay(visit: VisitAssignment, one: MovedVisit, today: date) -> NoReturn | None:
    reasons: dict[NoReturn, bool] = {
        "gone": visit.is_removed,
        "settled": visit.status != PLANNED,
        "moved": (visit.team_id, visit.day) != (one.team_id, one.day),
        "promised": bool(visit.fields.get("sabit")),
        "past": one.from_day < today,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
