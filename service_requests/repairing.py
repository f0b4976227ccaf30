"""Repairing what stands in quarantine: the coordinator's text is replayed, the original stays as it came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from field_forms.xml_tree import MAX_BYTES
from foundation.errors import SahaError
from service_requests.quarantine import OPEN, NotInQuarantine
from service_requests.tables import Quarantine
from teams.permissions import Actor


class BadRepair(SahaError):
    """Empty, too large, or no text."""

    code = "quarantine.bad_repair"

    def __init__(self) -> None:
        super().__init__("Düzeltilmiş metin boş ya da 5 MB'tan büyük olamaz.")


def repair_quarantined(session: Session, actor: Actor, quarantine_id: UUID, text: str, at: datetime) -> bool:
    """Keep a repaired text beside the original; False when there is no such row.

    Raises `BadRepair`, `NotInQuarantine`.
    """
    try:
        repaired = text.encode()
    except UnicodeEncodeError as error:
        raise BadRepair from error
    if not repaired.strip() or len(repaired) > MAX_BYTES:
        raise BadRepair
    kept = session.get(Quarantine, quarantine_id, with_for_update=True)
    if kept is None:
        return False
    if kept.state != OPEN:
        raise NotInQuarantine
    kept.repaired, kept.repaired_by, kept.repaired_at = repaired, actor.user_id, at
    session.flush()
    return True
