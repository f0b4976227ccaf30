"""The fields of a visit target: which there are, who writes them, what they may hold, what is read from them. Pure.

The contract is docs/sync-protocol.md, "Fields". How targets are stored is `target_kind.py`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from field_forms.points import Point, parse_point
from geo.turkish import search_key, sort_key
from sync.entity_kinds import Cleaned
from visits.field_values import tidy_address_no, tidy_day, tidy_id_or_none, tidy_phone, tidy_point, tidy_text

KINDS = {
    "hane": "Hane",
    "esnaf": "Esnaf",
    "taziye_ailesi": "Taziye ailesi",
    "asker": "Asker",
    "isveren": "İşveren",
    "stk_muhtarlik": "STK ya da muhtarlık",
    "yasli_engelli": "Yaşlı ya da engelli",
    "kurum": "Kurum",
    "adres": "Adres",
}
# How exactly a place is known that is not its own (`approximate_places.py`).
ROUGH = frozenset({"sokak", "mahalle"})
# What a target is taken for that was made from an update, whose creation never came.
UNKNOWN_KIND = "adres"
NAMELESS = "(adı yazılmamış)"

LABELS = {
    "tur": "Tür",
    "ad": "Ad",
    "yetkili": "Görüşülecek kişi",
    "telefon": "Telefon",
    "telefon_2": "İkinci telefon",
    "adres": "Adres",
    "uavt": "Adres no (UAVT)",
    "geometry": "Konum",
    "not": "Not",
    "ziyaret_edilmesin": "Ziyaret edilmesin",
    "olay_tarihi": "Olay tarihi",
    "istenen_ekip": "İstenen ekip",
}
SENSITIVE = frozenset({"ad", "yetkili", "telefon", "telefon_2", "ziyaret_edilmesin"})
WRITABLE_IN_OFFICE = frozenset(LABELS)
# Which team goes is the office's to say.
WRITABLE_AT_CREATION = WRITABLE_IN_OFFICE - {"istenen_ekip"}
WRITABLE_IN_FIELD = WRITABLE_AT_CREATION - {"tur", "olay_tarihi"}
# By one of these a team finds it.
_FOUND_BY = ("ad", "adres", "geometry")
_LONGEST_NAME, _LONGEST_SEARCH, _LONGEST_SORT = 200, 700, 300


def _kind(text: str) -> str | None:
    return text.strip() if text.strip() in KINDS else None


def _do_not_visit(text: str) -> str | None:
    # A yes-or-no question answers "hayir" where the list holds nothing.
    return {"evet": "evet", "hayir": "", "": ""}.get(text.strip())


_TIDY: dict[str, Callable[[str], str | None]] = {
    "tur": _kind,
    "ad": partial(tidy_text, longest=200),
    "yetkili": partial(tidy_text, longest=200),
    "telefon": tidy_phone,
    "telefon_2": tidy_phone,
    "adres": partial(tidy_text, longest=400),
    "uavt": tidy_address_no,
    "geometry": tidy_point,
    "not": partial(tidy_text, longest=4_000),
    "ziyaret_edilmesin": _do_not_visit,
    "olay_tarihi": tidy_day,
    "istenen_ekip": tidy_id_or_none,
}


def clean_target(values: Mapping[str, str], *, creates: bool) -> Cleaned:
    """Check and tidy values; one that is created needs its kind and something by which a team finds it."""
    tidy = {name: _TIDY[name](text) if name in _TIDY else None for name, text in values.items()}
    kept = {name: text for name, text in tidy.items() if text is not None}
    missing: tuple[str, ...] = ()
    if creates:
        missing = () if kept.get("tur") else ("tur",)
        missing += () if any(kept.get(name) for name in _FOUND_BY) else ("ad",)
    return Cleaned(kept, tuple(name for name, text in tidy.items() if text is None), missing)


def target_name(fields: Mapping[str, str]) -> str:
    """Name a target for lists; never empty, because Collect stops reading a list at an empty label."""
    first = fields.get("ad") or fields.get("yetkili") or fields.get("adres") or NAMELESS
    return " ".join(first.split())[:_LONGEST_NAME]


def target_point(fields: Mapping[str, str]) -> Point | None:
    """Return where it lies."""
    return parse_point(fields.get("geometry", ""))


def target_columns(fields: Mapping[str, str]) -> dict[str, Any]:
    """Read the columns of `visit_target` from its fields, all but the mahalle."""
    name, point = target_name(fields), target_point(fields)
    searched = (fields.get(field, "") for field in ("ad", "yetkili", "adres", "telefon", "telefon_2"))
    return {
        "kind": fields.get("tur") or UNKNOWN_KIND,
        "name": name,
        "search_key": search_key(" ".join(filter(None, searched)))[:_LONGEST_SEARCH],
        "sort_key": sort_key(name)[:_LONGEST_SORT],
        "lon": point.lon if point else None,
        "lat": point.lat if point else None,
        "event_on": date.fromisoformat(fields["olay_tarihi"]) if fields.get("olay_tarihi") else None,
        "is_do_not_visit": fields.get("ziyaret_edilmesin") == "evet",
        "konum_hassasiyeti": "nokta" if point else "",
    }
