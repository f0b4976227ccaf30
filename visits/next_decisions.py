"""What a coordinator decides of visits to which nobody goes again by itself: who goes when, or that nobody goes.

That one waits is noted where what follows from it is seen to (`following_up.py`, by the rules of `next_attempts.py`).
"""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from sync.change_log import FeedChanges
from visits.assignment_states import NOT_HOME, POSTPONED
from visits.next_attempts import Visit, next_attempt_on, successor_no
from visits.recording import Recording, record_assignments
from visits.single_visits import refuse_past, refuse_removed_team, refuse_target
from visits.tables import VisitAssignment


class NothingToDecide(SahaError):
    """It does not wait for a decision any more: somebody has decided, or its result was corrected."""

    code = "assignment.decided"

    def __init__(self) -> None:
        super().__init__(
            "Bu ziyaret artık karar beklemiyor: başkası karar vermiş ya da sonucu değişmiş. Sayfayı yenileyin."
        )


class NextDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day of the next attempt and its team (empty: the same one); without a day nobody goes again."""

    day: date | None = None
    team_id: UUID | None = None


def decide_next(
    session: Session, visit_id: UUID, decision: NextDecision, feed: FeedChanges, recording: Recording, *, today: date
) -> bool:
    """Plan the next attempt of a visit that waits for it, or none; False where there is no such visit.

    Raises `NothingToDecide`, `BadVisit`.
    """
    wanted = select(VisitAssignment).where(VisitAssignment.id == visit_id, VisitAssignment.is_removed.is_(False))
    row = session.scalars(wanted.with_for_update()).one_or_none()
    if row is None:
        return False
    # The mark is taken off by the sweep; the tablet may have told another result since.
    if not row.awaits_decision or row.status not in {NOT_HOME, POSTPONED}:
        raise NothingToDecide
    if decision.day is not None:
        refuse_past(decision.day, today)
        team_id = decision.team_id or row.team_id
        refuse_removed_team(session, team_id)
        refuse_target(session, row.target_id)
        visit = Visit(
            row.id, row.target_id, team_id, row.visit_type, row.day, row.status, row.external_no, row.fields
        )  # fmt: skip
        again = next_attempt_on(visit, decision.day, f"{successor_no(row.id)}:{recording.source_id}")
        record_assignments(session, [again], feed, recording)
    decided(session, row.target_id, row.visit_type)
    return True


def decided(session: Session, target_id: UUID, visit_type: str) -> None:
    """Let nothing wait any more of visits of this type at this target: a person has planned one, or given it up."""
    waiting = update(VisitAssignment).where(
        VisitAssignment.target_id == target_id,
        VisitAssignment.visit_type == visit_type,
        VisitAssignment.awaits_decision,
    )
    session.execute(waiting.values(awaits_decision=False).execution_options(synchronize_session=False))
