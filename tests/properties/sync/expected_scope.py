"""What a tablet must hold, told from the tables alone: no feed, no area, no code of the product but its columns."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_requests.tables import ExpectedPhoto, ServiceRequest, Submission
from teams.tables import Device, TeamArea
from visits.tables import VisitAssignment, VisitTarget

ISTANBUL = ZoneInfo("Europe/Istanbul")
# An assignment stays on the tablet for a week after its day.
_STAYS = timedelta(days=7)
Held = dict[str, dict[str, Any]]


def expected_on(session: Session, device_id: UUID, now: datetime) -> dict[str, Held]:
    """Say what the tablet holds once it has pulled: kind -> id -> item, empty fields left out."""
    device = session.get_one(Device, device_id)
    first_day = now.astimezone(ISTANBUL).date() - _STAYS
    assignments = {
        str(row.id): {"version": row.version, "fields": _filled(row.fields)}
        for row in session.scalars(
            select(VisitAssignment).where(
                VisitAssignment.team_id == device.team_id,
                VisitAssignment.day >= first_day,
                VisitAssignment.is_removed.is_(False),
            )
        )
    }
    targets = {
        str(row.id): {
            "version": row.version,
            "fields": _filled(row.fields),
            "mahalle": None if row.mahalle_id is None else str(row.mahalle_id),
        }
        for row in targets_of(session, device.team_id, first_day)
    }
    return {
        "assignment": assignments,
        "target": targets,
        "history": _history(session, set(targets)),
        "submission": _submissions(session, device_id),
    }


def targets_of(session: Session, team_id: UUID, first_day: Any) -> list[VisitTarget]:  # noqa: ANN401 - a date
    """List the targets that a team may hold."""
    planned = select(VisitAssignment.target_id).where(
        VisitAssignment.team_id == team_id,
        VisitAssignment.day >= first_day,
        VisitAssignment.is_removed.is_(False),
    )
    areas = select(TeamArea.mahalle_id).where(TeamArea.team_id == team_id)
    return list(
        session.scalars(
            select(VisitTarget).where(
                VisitTarget.is_removed.is_(False),
                VisitTarget.id.in_(planned)
                | VisitTarget.mahalle_id.in_(areas)
                | (VisitTarget.created_by_team_id == team_id),
            )
        )
    )


def as_held(items: Held) -> Held:
    """Bring what a tablet holds into the same form; a history of nothing is none."""
    held: Held = {}
    for entity_id, item in items.items():
        told = {name: value for name, value in item.items() if name not in {"op", "kind", "id", "received_at"}}
        if item["kind"] == "assignment":
            told.pop("mahalle", None)
        if "fields" in told:
            told["fields"] = _filled(told["fields"])
        if item["kind"] == "history" and not told["visits"] and not told["requests"]:
            continue
        if "requests" in told:
            told["requests"] = _sorted(told["requests"])
        held[entity_id] = told
    return held


def _filled(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _sorted(requests: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(requests, key=lambda one: one["tracking_no"])


def _requests(session: Session) -> dict[UUID, list[ServiceRequest]]:
    by_submission = defaultdict(list)
    for row in session.scalars(select(ServiceRequest).where(ServiceRequest.submission_id.is_not(None))):
        by_submission[row.submission_id].append(row)
    return by_submission  # type: ignore[return-value]


def _told(rows: list[ServiceRequest]) -> list[dict[str, str]]:
    return _sorted(
        [{"tracking_no": row.tracking_no, "category": row.category_code, "status": row.status} for row in rows]
    )


def _open(rows: list[ServiceRequest]) -> list[dict[str, str]]:
    days = {row.tracking_no: row.opened_on.isoformat() for row in rows}
    return [{**told, "opened_on": days[told["tracking_no"]]} for told in _told(rows)]


def _history(session: Session, targets: set[str]) -> Held:
    requests = _requests(session)
    visits = defaultdict(list)
    for row in session.scalars(
        select(Submission)
        .where(Submission.target_id.is_not(None), Submission.superseded_by_id.is_(None))
        .order_by(Submission.visited_at.desc(), Submission.id.desc())
    ):
        visits[str(row.target_id)].append(row)
    return {
        target: {
            "visits": [
                {"on": row.visited_on.isoformat(), "type": row.visit_type, "result": row.result} for row in rows[:3]
            ],
            "requests": _open([one for row in rows for one in requests[row.id] if one.closed_at is None]),
            # Nobody in this world answers any.
            "answered": [],
        }
        for target, rows in visits.items()
        if target in targets
    }


def _submissions(session: Session, device_id: UUID) -> Held:
    requests, photos = _requests(session), defaultdict(dict)
    for photo in session.scalars(select(ExpectedPhoto)):
        photos[photo.submission_id][photo.file_name] = photo.state
    return {
        str(row.id): {
            "worker_id": str(row.user_id),
            "instance_id": row.instance_id,
            "form_id": row.form_id,
            "state": _state(row),
            "question": row.return_question if _state(row) == "returned" else None,
            "requests": _told(requests[row.id]),
            # What nobody named (yet: the form is held) is kept all the same, so the tablet need not keep it.
            "photos": {
                name: {"received": "verified", "unexpected": "verified"}.get(state, state)
                for name, state in photos[row.id].items()
            },
        }
        for row in session.scalars(select(Submission).where(Submission.sent_by_device_id == device_id))
    }


def _state(row: Submission) -> str:
    if row.superseded_by_id is not None:
        return "superseded"
    if row.review == "returned":
        return "returned"
    return "held" if row.form_version_id is None else "received"
