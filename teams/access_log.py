"""Who looked at whose data (KVKK art. 12): written in the transaction that shows it, so that none goes unrecorded.

Kept for breach reports, which are due within 72 hours: by person who looked, and by what was looked at.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from teams.permissions import Actor
from teams.tables import AccessLog


class Access(StrEnum):
    """In what way somebody looked."""

    VIEWED = "viewed"
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"
    CHANGED = "changed"


class Subject(StrEnum):
    """What was looked at."""

    SUBMISSION = "submission"
    REQUEST = "service_request"
    QUARANTINE = "quarantine"
    CONFLICT = "entity_conflict"
    PHOTO = "photo"
    USER = "user"
    COLLECT_KEY = "collect_key"
    DEVICE = "device"
    TEAM = "team"
    TARGET = "visit_target"
    ASSIGNMENT = "visit_assignment"
    VISIT_LIST = "visit_list"
    CAMPAIGN = "campaign"
    DAY_PLAN = "day_plan"


def record_access(
    session: Session,
    actor: Actor,
    access: Access,
    subject: Subject,
    subject_id: object,
    *,
    at: datetime,
    detail: str = "",
) -> None:
    """Record that `actor` looked at (exported, changed) `subject_id`; `detail` holds e.g. the filters of an export."""
    record_staff_access(session, actor.user_id, access, subject, subject_id, at=at, detail=detail)


def record_staff_access(
    session: Session,
    user_id: UUID,
    access: Access,
    subject: Subject,
    subject_id: object,
    *,
    at: datetime,
    detail: str = "",
) -> None:
    """Record it of somebody whose request is over, because the work went on after it."""
    session.add(
        AccessLog(
            id=uuid7(at), at=at, user_id=user_id, action=access, subject_kind=subject,
            subject_id=str(subject_id)[:80], detail=detail,
        )
    )  # fmt: skip
