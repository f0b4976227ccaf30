"""What each visit type says of when its visits are due and how long they take. Pure.

Municipalities will change these figures on a page; until they are columns of `visit_type`, they stand here, and
`read_rules` is the one place that has to be pointed at them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

DeadlineRule = Literal["", "after_event", "before_event"]


class VisitTypeRule(msgspec.Struct, frozen=True):
    """`deadline_days` after an event, or before it; none without a rule. `expected_minutes`: of one visit."""

    expected_minutes: int
    deadline_rule: DeadlineRule = ""
    deadline_days: int = 0

    def last_day(self, event_on: date) -> date | None:
        """Return the last day on which a visit is in time; None where nothing is due."""
        days = timedelta(days=self.deadline_days)
        if self.deadline_rule == "after_event":
            return event_on + days
        return event_on - days if self.deadline_rule == "before_event" else None


_RULES: Mapping[str, VisitTypeRule] = {
    "hane": VisitTypeRule(20),
    "hos_geldiniz": VisitTypeRule(20, "after_event", 30),
    "esnaf": VisitTypeRule(15),
    "hayirli_olsun": VisitTypeRule(15, "after_event", 15),
    "taziye": VisitTypeRule(30, "after_event", 3),
    "asker_ugurlama": VisitTypeRule(20, "before_event", 1),
    "isveren": VisitTypeRule(40),
    "stk_muhtarlik": VisitTypeRule(45),
    "memnuniyet": VisitTypeRule(10),
    "mahalle_bulusmasi": VisitTypeRule(120),
    "halk_gunu": VisitTypeRule(180),
    "mahalle_tespit": VisitTypeRule(45),
    "depremzede": VisitTypeRule(30),
    "yasli_ziyareti": VisitTypeRule(30),
    "etkinlik": VisitTypeRule(120),
    "dagitim": VisitTypeRule(5),
}


def read_rules() -> Mapping[str, VisitTypeRule]:
    """Return the rule of each visit type that has one, by code."""
    return _RULES


def minutes_of_type(visit_type: str) -> int | None:
    """Return the expected minutes of a visit type; None where nothing is said, and the team's own figure counts."""
    rule = read_rules().get(visit_type)
    return rule.expected_minutes if rule else None
