"""The answers of requests, for reading: which one stands, and those that the tablets of a household's area are told.

An answer is a step of its request (`RequestEvent`): the first is `answered`, each that replaces it `corrected`. None is
ever overwritten; the newest stands. Whoever answers: `answering.py`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service_requests.tables import RequestEvent
from sync.entity_records import chunks
from teams.tables import User

ANSWERED, CORRECTED = "answered", "corrected"


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: who gave it when, and what it says."""

    id: UUID
    at: datetime
    by: str | None
    text: str


def standing_answer(session: Session, request_id: UUID) -> AnswerView | None:
    """Read the answer that stands; None where there is none yet."""
    row = session.execute(
        _answers(RequestEvent.id, RequestEvent.at, User.display_name, RequestEvent.note)
        .outerjoin(User, User.id == RequestEvent.actor_id)
        .where(RequestEvent.request_id == request_id)
        .order_by(RequestEvent.id.desc())
        .limit(1)
    ).one_or_none()
    return AnswerView(id=row.id, at=row.at, by=row.display_name, text=row.note or "") if row else None


def standing_texts(session: Session, request_ids: Collection[UUID]) -> dict[UUID, tuple[datetime, str]]:
    """Read when each of these requests was answered last and in what words, in the order of these answers."""
    found: list[tuple[UUID, UUID, datetime, str]] = []
    for some in chunks(request_ids):
        columns = (RequestEvent.id, RequestEvent.request_id, RequestEvent.at, RequestEvent.note)
        rows = session.execute(_answers(*columns).where(RequestEvent.request_id.in_(some)))
        found += [(row.id, row.request_id, row.at, row.note or "") for row in rows]
    texts: dict[UUID, tuple[datetime, str]] = {}
    for _, request_id, at, text in sorted(found):
        texts.pop(request_id, None)
        texts[request_id] = (at, text)
    return texts


def _answers(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns of any type
    return select(*columns).where(RequestEvent.kind.in_((ANSWERED, CORRECTED)))
