"""Single visits that a coordinator plans, moves or cancels by hand."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from sync.change_log import FeedChanges
from teams.work_times import active_teams
from visits.assignment_changes import cancelling, change_assignments
from visits.assignment_fields import clean_assignment
from visits.assignment_states import OPEN
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget
from visits.visit_types import refuse_unknown_visit_type

_REASONS = {
    "saatler": "Saat aralığı 09:00-12:00 gibi, başı sonundan önce yazılır.",
    "saat": "Varış saati 09:30 gibi yazılır.",
    "sure_dk": "Süre 1 ile 480 dakika arasında olmalı.",
    "oncelik": "Öncelik: acil, yüksek, olağan ya da düşük.",
    "aciklama": "Ekibe not en çok 500 karakter olabilir.",
    "son_gun": "Son gün bir tarih olmalı.",
}


class BadVisit(SahaError):
    """What is asked for is no visit that could be planned; `field` names what to correct."""

    code = "assignment.bad"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field=field)


class VisitSettled(SahaError):
    """It was made, given up or cancelled meanwhile, so it can be neither moved nor cancelled."""

    code = "assignment.settled"

    def __init__(self) -> None:
        super().__init__("Bu ziyaret artık planlı değil: sonucu gelmiş ya da iptal edilmiş. Sayfayı yenileyin.")


class SingleVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit planned by hand. Texts as in docs/sync-protocol.md, "Fields"."""

    target_id: UUID
    team_id: UUID
    visit_type: str
    day: date
    windows: str = ""
    time: str = ""
    priority: int = 3
    minutes: int | None = None
    visitor: str = ""
    preferred_team_id: UUID | None = None
    last_day: date | None = None
    is_pinned: bool = False
    instructions: str = ""


class VisitMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another day or team of a planned visit, or its cancellation with a reason.

    `preferred_team_id`: the team that the visit itself asks for; None: as its household does.
    """

    day: date | None = None
    team_id: UUID | None = None
    preferred_team_id: UUID | msgspec.UnsetType | None = msgspec.UNSET
    cancel_reason: str | None = None


def plan_single_visit(
    session: Session, plan: SingleVisit, feed: FeedChanges, recording: Recording, *, today: date
) -> UUID:
    """Plan one visit; returns its id. Raises `BadVisit`, `UnknownVisitType`."""
    refuse_unknown_visit_type(session, plan.visit_type)
    refuse_past(plan.day, today)
    refuse_removed_team(session, plan.team_id)
    if plan.preferred_team_id is not None:
        refuse_removed_team(session, plan.preferred_team_id, "preferred_team_id")
    refuse_target(session, plan.target_id)
    if plan.last_day is not None and plan.last_day < plan.day:
        raise BadVisit("last_day", "Son gün, ziyaret gününden önce. Günleri düzeltin.")
    fields = _fields(plan)
    new = NewAssignment(plan.target_id, plan.team_id, plan.visit_type, plan.day, fields=fields)
    (recorded,) = record_assignments(session, [new], feed, recording)
    return recorded.id


def move_visit(
    session: Session, assignment_id: UUID, move: VisitMove, feed: FeedChanges, recording: Recording, *, today: date
) -> bool:
    """Move or cancel a visit that is still planned; False where there is none. Raises `BadVisit`, `VisitSettled`."""
    wanted = select(VisitAssignment).where(VisitAssignment.id == assignment_id, VisitAssignment.is_removed.is_(False))
    visit = session.scalars(wanted.with_for_update()).one_or_none()
    if visit is None:
        return False
    if visit.status not in OPEN:
        raise VisitSettled
    values = _moved(session, move, today)
    # Read before, written below by the one way that all changes take.
    session.expire(visit)
    change_assignments(session, {assignment_id: values}, feed, recording)
    return True


def _moved(session: Session, move: VisitMove, today: date) -> Mapping[str, str]:
    if move.cancel_reason is not None:
        reason = move.cancel_reason.strip()
        if not 0 < len(reason) <= 500:  # noqa: PLR2004 the field has 500
            raise BadVisit("cancel_reason", "İptalin nedenini yazın (en çok 500 karakter): ekip bunu görecek.")
        return cancelling(reason)
    values: dict[str, str] = {}
    if move.day is not None:
        refuse_past(move.day, today)
        values["gun"] = move.day.isoformat()
    if move.team_id is not None:
        refuse_removed_team(session, move.team_id)
        values["ekip"] = str(move.team_id)
    return values | _wished(session, move.preferred_team_id)


def _wished(session: Session, team_id: UUID | msgspec.UnsetType | None) -> dict[str, str]:
    if isinstance(team_id, msgspec.UnsetType):
        return {}
    if team_id is not None:
        refuse_removed_team(session, team_id, "preferred_team_id")
    return {"istenen_ekip": str(team_id or "")}


def _fields(plan: SingleVisit) -> dict[str, str]:
    written = {
        "saatler": plan.windows,
        "saat": plan.time,
        "oncelik": str(plan.priority),
        "sure_dk": "" if plan.minutes is None else str(plan.minutes),
        "ziyaretci": plan.visitor,
        "istenen_ekip": str(plan.preferred_team_id or ""),
        "son_gun": plan.last_day.isoformat() if plan.last_day else "",
        "sabit": "evet" if plan.is_pinned else "",
        "aciklama": plan.instructions,
    }
    cleaned = clean_assignment(written, creates=False)
    for field in cleaned.bad:
        raise BadVisit(field, _REASONS.get(field, "Bu değer olamaz. Düzeltip yeniden deneyin."))
    return {name: text for name, text in cleaned.values.items() if text}


def refuse_target(session: Session, target_id: UUID) -> None:
    """Refuse a target that is gone or not to be visited. Raises `BadVisit`."""
    target = session.get(VisitTarget, target_id)
    if target is None or target.is_removed:
        raise BadVisit("target_id", "Seçilen hedef listede yok. Hedefi yeniden seçin.")
    if target.is_do_not_visit:
        raise BadVisit("target_id", "Bu hedef «ziyaret edilmesin» diye işaretli. Ziyaret planlanmadı.")


def refuse_past(day: date, today: date) -> None:
    """Refuse a day that is over. Raises `BadVisit`."""
    if day < today:
        raise BadVisit("day", "Geçmiş bir güne ziyaret planlanamaz. Bugünü ya da sonraki bir günü seçin.")


def refuse_removed_team(session: Session, team_id: UUID, field: str = "team_id") -> None:
    """Refuse a team that was removed. Raises `BadVisit`."""
    if not active_teams(session, {team_id}):
        raise BadVisit(field, "Seçilen ekip kaldırılmış. Başka bir ekip seçin.")
