"""What was refused, listed for the coordinator who decides; refusing and replaying are `quarantine.py`, `replay.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from photos.tables import Photo
from service_requests.keyset_pages import PageView, PageWanted, count_rows, one_page, page_of
from service_requests.quarantine import NotInQuarantine
from service_requests.tables import Quarantine
from teams.permissions import Actor
from teams.tables import User

# What is shown of the XML; the rest stays in the database.
SHOWN_XML_BYTES = 200_000
_LONGEST_REASON = 1000


class NoReason(SahaError):
    """Field work is put aside, so it must be said why."""

    code = "quarantine.no_reason"

    def __init__(self) -> None:
        super().__init__("Kaydı neden kapattığınızı yazın (en çok 1000 karakter).")


class ReasonView(msgspec.Struct, frozen=True):
    """Why it was refused."""

    code: str
    sentence: str


class ReplayedView(msgspec.Struct, frozen=True):
    """What became of it when it was replayed: a submission, or a change of an entity (None)."""

    submission_id: UUID | None


class QuarantineRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One refused submission or operation (`content`) in the list."""

    id: UUID
    content: str
    is_repaired: bool
    received_at: datetime
    reason: ReasonView
    form_id: str | None
    instance_id: str | None
    submitted_by: str | None
    byte_size: int
    times_seen: int
    last_seen_at: datetime
    state: str
    result: ReplayedView | None


class KeptPhotoView(msgspec.Struct, frozen=True):
    """A photo that came along."""

    name: str
    byte_size: int | None


class ClosedView(msgspec.Struct, frozen=True):
    """Who put it aside, when and why."""

    by: str | None
    at: datetime
    reason: str


class RepairedView(msgspec.Struct, frozen=True):
    """What a coordinator made of it; a replay takes this text."""

    text: str
    by: str | None
    at: datetime


class QuarantineView(QuarantineRowView, frozen=True, kw_only=True):
    """One refused submission or operation with what arrived: `xml_text` is its XML or JSON as it came."""

    xml_text: str
    repaired: RepairedView | None
    photos: list[KeptPhotoView]
    closed: ClosedView | None


def list_quarantine(session: Session, state: str | None, wanted: PageWanted) -> PageView[QuarantineRowView]:
    """List one page of what was refused, newest first; `state` is open, replayed or closed, None all of them."""
    narrowed = [Quarantine.state == state] if state else []
    total = count_rows(session, select(Quarantine.id).where(*narrowed))
    found = session.execute(one_page(_rows().where(*narrowed), Quarantine.id, wanted)).all()
    rows = [QuarantineRowView(**_facts(row)) for row in found]
    return page_of(rows, [row.id for row in rows], wanted, total)


def next_quarantined(session: Session, state: str | None, wanted: PageWanted) -> list[QuarantineRowView]:
    """Read the next piece of an export, uncounted; the last row's id is where the next piece continues."""
    narrowed = [Quarantine.state == state] if state else []
    statement = one_page(_rows().where(*narrowed), Quarantine.id, wanted).limit(wanted.limit)
    return [QuarantineRowView(**_facts(row)) for row in session.execute(statement).all()]


def view_quarantine(session: Session, quarantine_id: UUID) -> QuarantineView | None:
    """Read one refused submission; None when there is none."""
    row = session.execute(_rows().where(Quarantine.id == quarantine_id)).one_or_none()
    if row is None:
        return None
    kept = session.get_one(Quarantine, quarantine_id)
    return QuarantineView(
        **_facts(row),
        xml_text=kept.xml[:SHOWN_XML_BYTES].decode("utf-8", "replace"),
        repaired=_repaired(session, kept),
        photos=_photos(session, kept.photos),
        closed=_closed(session, kept),
    )


def close_quarantined(session: Session, actor: Actor, quarantine_id: UUID, reason: str, at: datetime) -> bool:
    """Put a refused submission aside for good; False when there is none. Raises `NoReason`, `NotInQuarantine`."""
    tidy = reason.strip()
    if not 0 < len(tidy) <= _LONGEST_REASON:
        raise NoReason
    kept = session.get(Quarantine, quarantine_id, with_for_update=True)
    if kept is None:
        return False
    if kept.state != "open":
        raise NotInQuarantine
    kept.state, kept.closed_by, kept.closed_at, kept.close_reason = "closed", actor.user_id, at, tidy
    session.flush()
    return True


def _rows() -> Select[*tuple[Any, ...]]:
    # The length is asked for, not the bytes: a page of refused submissions may hold gigabytes.
    return select(
        Quarantine.id, Quarantine.received_at, Quarantine.reason, Quarantine.sentence, Quarantine.form_id,
        Quarantine.instance_id, User.display_name, func.length(Quarantine.xml).label("byte_size"),
        Quarantine.times_seen, Quarantine.last_seen_at, Quarantine.state, Quarantine.submission_id,
        Quarantine.content, Quarantine.repaired_at.is_not(None).label("is_repaired"),
    ).outerjoin(User, User.id == Quarantine.user_id)  # fmt: skip


def _facts(row: Row[Any]) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in QuarantineRowView.__struct_fields__ if name in row._fields}
    result = ReplayedView(row.submission_id) if row.state == "replayed" else None
    return {**facts, "reason": ReasonView(row.reason, row.sentence), "submitted_by": row.display_name, "result": result}


def _photos(session: Session, names: dict[str, str]) -> list[KeptPhotoView]:
    known = select(Photo.sha256, Photo.byte_size).where(Photo.sha256.in_(names.values()))
    sizes = {row.sha256: row.byte_size for row in session.execute(known)}
    return [KeptPhotoView(name, sizes.get(sha256)) for name, sha256 in sorted(names.items())]


def _repaired(session: Session, kept: Quarantine) -> RepairedView | None:
    if kept.repaired is None or kept.repaired_at is None:
        return None
    by = session.get(User, kept.repaired_by) if kept.repaired_by else None
    return RepairedView(kept.repaired.decode("utf-8", "replace"), by.display_name if by else None, kept.repaired_at)


def _closed(session: Session, kept: Quarantine) -> ClosedView | None:
    if kept.closed_at is None:
        return None
    closer = session.get(User, kept.closed_by) if kept.closed_by else None
    return ClosedView(closer.display_name if closer else None, kept.closed_at, kept.close_reason or "")
