"""What each visit type says of when its visits are due and how long they take."""

from datetime import date, timedelta
from typing import Literal, cast

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from visits.tables import VisitType

DeadlineRule = Literal["", "after_event", "before_event"]


class VisitTypeRule(msgspec.Struct, frozen=True):
    """`deadline_days` after an event, or before it; none without a rule. `expected_minutes`: of one visit.

    `proposes_next`: who was not at home is not tried again by itself.
    """

    expected_minutes: int
    deadline_rule: DeadlineRule = ""
    deadline_days: int = 0
    proposes_next: bool = False

    def last_day(self, event_on: date) -> date | None:
        """Return the last day on which a visit is in time; None where nothing is due."""
        days = timedelta(days=self.deadline_days)
        if self.deadline_rule == "after_event":
            return event_on + days
        return event_on - days if self.deadline_rule == "before_event" else None


def read_rules(session: Session) -> dict[str, VisitTypeRule]:
    """Return the rules of the visit types that are in use, by code."""
    return {
        one.code: VisitTypeRule(
            one.expected_minutes, cast("DeadlineRule", one.deadline_rule), one.deadline_days or 0, one.proposes_next
        )
        for one in session.scalars(select(VisitType).where(VisitType.is_active).order_by(VisitType.code))
    }


def minutes_of_type(session: Session, visit_type: str) -> int | None:
    """Return the expected minutes of a visit type; None for one out of use, where the team's own figure counts."""
    rule = read_rules(session).get(visit_type)
    return rule.expected_minutes if rule else None
