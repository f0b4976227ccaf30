"""What a visit type may hold: the command that adds one, the change of one, and what is refused. Pure.

How they are stored is `visit_types.py`.
"""

import re
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from foundation.errors import SahaError

if TYPE_CHECKING:
    from visits.tables import VisitType

_CODE = re.compile(r"[a-z][a-z0-9_]{1,49}")
_LONGEST_NAME, _LONGEST_INDICATOR = 120, 200
_LONGEST_DAYS, _LONGEST_MINUTES = 3650, 1440


class BadVisitType(SahaError):
    """A visit type cannot be like this; the sentence says what to change."""

    code = "visit_type.invalid"


class DeadlineRule(StrEnum):
    """Counted from what: nothing, the event (a death, a move, an opening), or towards it (a departure)."""

    NONE = ""
    AFTER_EVENT = "after_event"
    BEFORE_EVENT = "before_event"


class NewVisitType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit type to add."""

    code: str
    name: str
    form_id: str | None = None
    deadline_rule: DeadlineRule = DeadlineRule.NONE
    deadline_days: int | None = None
    cadence_days: int | None = None
    expected_minutes: int = 15
    indicator: str = ""
    is_active: bool = True
    proposes_next: bool = False


class VisitTypeChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a visit type; what is not named stays."""

    name: str | UnsetType = UNSET
    form_id: str | UnsetType | None = UNSET
    deadline_rule: DeadlineRule | UnsetType = UNSET
    deadline_days: int | UnsetType | None = UNSET
    cadence_days: int | UnsetType | None = UNSET
    expected_minutes: int | UnsetType = UNSET
    indicator: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    proposes_next: bool | UnsetType = UNSET


def changed_columns(given: NewVisitType | VisitTypeChange) -> dict[str, object]:
    """Return the columns that are given, texts tidied. Raises `BadVisitType` for a code that cannot be one."""
    columns = {name: getattr(given, name) for name in given.__struct_fields__ if getattr(given, name) is not UNSET}
    tidy = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in columns.items()}
    if "code" in tidy and not _CODE.fullmatch(str(tidy["code"])):
        raise BadVisitType(
            "Kod küçük İngilizce harfle başlar; yalnız harf, rakam ve alt çizgi içerir, 2-50 karakterdir."
        )
    if tidy.get("deadline_rule") == DeadlineRule.NONE:
        tidy["deadline_days"] = None
    return tidy


def refuse_bad_columns(visit_type: "VisitType") -> None:
    """Refuse a visit type that cannot be. Raises `BadVisitType`."""
    if not 0 < len(visit_type.name) <= _LONGEST_NAME:
        raise BadVisitType(f"Ad 1-{_LONGEST_NAME} karakter olmalı.")
    if len(visit_type.indicator) > _LONGEST_INDICATOR:
        raise BadVisitType(f"Gösterge en çok {_LONGEST_INDICATOR} karakter olabilir.")
    if not 0 < visit_type.expected_minutes <= _LONGEST_MINUTES:
        raise BadVisitType(f"Beklenen süre 1-{_LONGEST_MINUTES} dakika olmalı.")
    _refuse_bad_days(visit_type)


def _refuse_bad_days(visit_type: "VisitType") -> None:
    cadence, days = visit_type.cadence_days, visit_type.deadline_days
    if cadence is not None and not 0 < cadence <= _LONGEST_DAYS:
        raise BadVisitType(f"Ziyaret sıklığı 1-{_LONGEST_DAYS} gün olmalı; yoksa boş bırakın.")
    if not visit_type.deadline_rule:
        if days is not None:
            raise BadVisitType("Gün sayısı bir süre kuralıyla birlikte verilir. Kuralı seçin ya da günü silin.")
    elif days is None or not 0 <= days <= _LONGEST_DAYS:
        raise BadVisitType(f"Süre kuralının gün sayısı 0-{_LONGEST_DAYS} olmalı.")
