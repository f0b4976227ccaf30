"""The fields of a visit assignment: which there are, who writes them, what they may hold, what is read from them. Pure.

The contract is docs/sync-protocol.md, "Fields". How assignments are stored is `assignment_kind.py`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sync.entity_kinds import Cleaned
from visits.assignment_states import NAMES, PLANNED
from visits.field_values import tidy_day, tidy_id, tidy_id_or_none, tidy_position, tidy_text, tidy_within
from visits.time_windows import tidy_time, tidy_windows

STATUSES = NAMES
# 1 goes before everything, 4 after everything; nothing written is 3.
PRIORITIES = {1: "Acil", 2: "Yüksek", 3: "Olağan", 4: "Düşük"}
ORDINARY = 3
VISITORS = {"kadin": "Kadın görevli", "erkek": "Erkek görevli"}
LONGEST_VISIT_MIN = 480
LABELS = {
    "hedef": "Hedef",
    "tur": "Ziyaret türü",
    "gun": "Gün",
    "sira": "Sıra",
    "durum": "Durum",
    "neden": "Neden",
    "tekrar_tarihi": "Tekrar tarihi",
    "ekip": "Ekip",
    "oncelik": "Öncelik",
    "son_gun": "Son gün",
    "saatler": "Uygun saatler",
    "sure_dk": "Süre (dakika)",
    "ziyaretci": "Görevli",
    "istenen_ekip": "İstenen ekip",
    "sabit": "Günü ve ekibi sabit",
    "saat": "Varış saati",
    "kampanya": "Kampanya",
    "aciklama": "Ekibe not",
    "deneme": "Deneme",
}
SENSITIVE = frozenset[str]()
WRITABLE_IN_OFFICE = frozenset(LABELS)
WRITABLE_IN_FIELD = frozenset({"durum", "neden", "tekrar_tarihi"})
_NEEDED = ("hedef", "tur", "gun", "ekip")


def _status(text: str) -> str | None:
    return text.strip() if text.strip() in STATUSES else None


def _visitor(text: str) -> str | None:
    return text.strip() if text.strip() in {"", *VISITORS} else None


def _pinned(text: str) -> str | None:
    return {"evet": "evet", "hayir": "", "": ""}.get(text.strip())


_TIDY: dict[str, Callable[[str], str | None]] = {
    "hedef": tidy_id,
    "tur": partial(tidy_text, longest=50),
    "gun": tidy_day,
    "sira": tidy_position,
    "durum": _status,
    "neden": partial(tidy_text, longest=500),
    "tekrar_tarihi": tidy_day,
    "ekip": tidy_id,
    "oncelik": partial(tidy_within, least=min(PRIORITIES), most=max(PRIORITIES)),
    "son_gun": tidy_day,
    "saatler": tidy_windows,
    "sure_dk": partial(tidy_within, least=1, most=LONGEST_VISIT_MIN),
    "ziyaretci": _visitor,
    "istenen_ekip": tidy_id_or_none,
    "sabit": _pinned,
    "saat": tidy_time,
    "kampanya": tidy_id_or_none,
    "aciklama": partial(tidy_text, longest=500),
    "deneme": partial(tidy_within, least=1, most=99),
}


def clean_assignment(values: Mapping[str, str], *, creates: bool) -> Cleaned:
    """Check and tidy values; a new one is planned, and needs its target, type, day and team."""
    tidy = {name: _TIDY[name](text) if name in _TIDY else None for name, text in values.items()}
    bad = [name for name, text in tidy.items() if text is None or (name in _NEEDED and not text)]
    kept = {name: text for name, text in tidy.items() if text is not None and name not in bad}
    missing: tuple[str, ...] = ()
    if creates:
        kept = {"durum": PLANNED, "sira": "0"} | kept
        missing = tuple(name for name in _NEEDED if name not in kept)
    return Cleaned(kept, tuple(bad), missing)


def assignment_columns(fields: Mapping[str, str]) -> dict[str, Any]:
    """Read the columns of `visit_assignment` from its fields."""
    return {
        "target_id": UUID(fields["hedef"]),
        "team_id": UUID(fields["ekip"]),
        "visit_type": fields["tur"],
        "day": date.fromisoformat(fields["gun"]),
        "position": int(fields.get("sira", "0")),
        "status": fields.get("durum", PLANNED),
        "priority": int(fields.get("oncelik") or ORDINARY),
        "last_day": date.fromisoformat(fields["son_gun"]) if fields.get("son_gun") else None,
        "planned_time": fields.get("saat", ""),
        "campaign_id": UUID(fields["kampanya"]) if fields.get("kampanya") else None,
    }
