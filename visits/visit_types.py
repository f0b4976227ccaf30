"""Asking for visit types, which are data of the municipality."""

from sqlalchemy.orm import Session

from foundation.errors import SahaError
from visits.tables import VisitType


class UnknownVisitType(SahaError):
    """There is no visit type of this code."""

    code = "visit_type.unknown"


def refuse_unknown_visit_type(session: Session, code: str | None) -> None:
    """Let a known code pass, or none at all. Raises `UnknownVisitType`."""
    if code is not None and session.get(VisitType, code) is None:
        raise UnknownVisitType(f"«{code}» diye bir ziyaret türü yok: kodu denetleyin (ör. hane, esnaf, taziye).")
