"""What a row of a visit list means: a target, and perhaps a visit planned to it, or what is wrong with it. Pure.

`visit_list_file.py` reads the rows, `visit_list_import.py` records what they mean.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from geo.mahalle_index import MahalleIndex
from geo.turkish import mahalle_name, search_key
from visits.field_values import tidy_position
from visits.recording import NewTarget
from visits.target_fields import KINDS, clean_target
from visits.visit_list_file import ListRow

# The kind of target that a type of visit goes to, where the list does not say it.
KIND_OF_VISIT = {
    "hane": "hane", "hos_geldiniz": "hane", "depremzede": "hane", "memnuniyet": "hane", "esnaf": "esnaf",
    "hayirli_olsun": "esnaf", "taziye": "taziye_ailesi", "asker_ugurlama": "asker", "isveren": "isveren",
    "stk_muhtarlik": "stk_muhtarlik", "yasli_ziyareti": "yasli_engelli", "dagitim": "adres",
}  # fmt: skip
_KINDS = {search_key(word): code for code, name in KINDS.items() for word in (code, name)}
_COPIED = ("ad", "yetkili", "telefon", "telefon_2", "adres", "uavt", "not")
_PLANS = ("ekip", "ziyaret_turu", "gun")
_TURKISH_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_REASONS = {
    "tur": f"Tür tanınmıyor ya da yazılmamış: {', '.join(KINDS)}.",
    "ad": "Ad, adres ya da konum yazılmamış (ya da ad 200 karakterden uzun): ekip kimi, nerede bulacak?",
    "yetkili": "En çok 200 karakter olabilir.",
    "telefon": "Telefon numarası değil: 0532 123 45 67 gibi yazın.",
    "telefon_2": "Telefon numarası değil: 0532 123 45 67 gibi yazın.",
    "adres": "En çok 400 karakter olabilir.",
    "uavt": "Adres kodu yalnız rakamdır, en çok 10 hane.",
    "enlem": "Enlem ve boylam birlikte, derece olarak yazılır: 41,0053 ve 29,2134.",
    "not": "En çok 4.000 karakter olabilir.",
}


class BadRow(msgspec.Struct, frozen=True):
    """What is wrong with a row: its number in the sheet, the column, what stands there, and why it was not taken."""

    row: int
    column: str
    value: str
    reason: str


class PlannedRow(msgspec.Struct, frozen=True):
    """The visit that a row plans."""

    team_id: UUID
    visit_type: str
    day: date
    position: int


class TargetRow(msgspec.Struct, frozen=True):
    """A row that can be recorded. `key` is by which the same row is found again."""

    number: int
    key: str
    target: NewTarget
    plan: PlannedRow | None


class KnownNames(msgspec.Struct, frozen=True):
    """What names of a list refer to, by their folded names and codes."""

    mahalle: Mapping[str, UUID]
    teams: Mapping[str, UUID]
    visit_types: Mapping[str, str]
    index: MahalleIndex


class _Unusable(Exception):
    """Something in a row that cannot be."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read_row(row: ListRow, names: KnownNames) -> TargetRow | BadRow:
    """Say what a row means, or the first thing that is wrong with it."""
    try:
        plan = _plan(row.values, names)
        fields = _fields(row.values, plan.visit_type if plan else "")
        mahalle_id = _mahalle(row.values, fields, names)
    except _Unusable as wrong:
        return BadRow(row.number, wrong.column, row.values.get(wrong.column, "")[:200], wrong.reason)
    key = _key(row.values, fields, mahalle_id)
    return TargetRow(row.number, key, NewTarget(fields, key, mahalle_id), plan)


def _fields(values: Mapping[str, str], visit_type: str) -> dict[str, str]:
    kind = _KINDS.get(search_key(values["tur"]), "?") if "tur" in values else KIND_OF_VISIT.get(visit_type, "")
    written = {"tur": kind} | {name: values[name] for name in _COPIED if name in values}
    point = _point(values)
    cleaned = clean_target(written | ({"geometry": point} if point else {}), creates=True)
    for column in (*cleaned.bad, *cleaned.missing):
        shown = "enlem" if column == "geometry" else column
        raise _Unusable(shown, _REASONS[shown])
    return {name: text for name, text in cleaned.values.items() if text}


def _point(values: Mapping[str, str]) -> str:
    lat, lon = (values.get(name, "").replace(",", ".") for name in ("enlem", "boylam"))
    if not lat and not lon:
        return ""
    try:
        return f"{float(lat)} {float(lon)} 0 0"
    except ValueError:
        raise _Unusable("enlem", _REASONS["enlem"]) from None


def _mahalle(values: Mapping[str, str], fields: Mapping[str, str], names: KnownNames) -> UUID | None:
    """Find the mahalle by the point, else by its name."""
    if "geometry" in fields and names.index.areas:
        lat, lon = map(float, fields["geometry"].split()[:2])
        located = names.index.locate(lon, lat, 0).mahalle_id
        if located is None:
            raise _Unusable("enlem", "Nokta ilçe sınırlarının dışında: enlem ve boylamı denetleyin.")
        return located
    written = values.get("mahalle", "")
    if not written:
        return None
    found = names.mahalle.get(search_key(mahalle_name(written)))
    if found is None:
        raise _Unusable("mahalle", "Bu adda bir mahalle yok: Türkçe harfleriyle, kısaltmadan yazın.")
    return found


def _plan(values: Mapping[str, str], names: KnownNames) -> PlannedRow | None:
    if not any(name in values for name in _PLANS):
        return None
    for name in _PLANS:
        if name not in values:
            raise _Unusable(name, "Ziyaret için ekip, ziyaret türü ve gün birlikte yazılır.")
    team_id = names.teams.get(search_key(values["ekip"]))
    if team_id is None:
        raise _Unusable("ekip", "Bu ad ya da kodda bir ekip yok.")
    visit_type = names.visit_types.get(search_key(values["ziyaret_turu"]))
    if visit_type is None:
        raise _Unusable("ziyaret_turu", "Bu ad ya da kodda bir ziyaret türü yok (ör. hane, esnaf, taziye).")
    position = tidy_position(values.get("sira", ""))
    if position is None:
        raise _Unusable("sira", "Sıra 0 ile 99999 arasında bir sayıdır.")
    return PlannedRow(team_id, visit_type, _day(values["gun"]), int(position))


def _day(written: str) -> date:
    turkish = _TURKISH_DAY.fullmatch(written)
    try:
        if turkish:
            day, month, year = map(int, turkish.groups())
            return date(year, month, day)
        return date.fromisoformat(written)
    except ValueError:
        raise _Unusable("gun", "Gün değil: 20.11.2026 ya da 2026-11-20 gibi yazın.") from None


def _key(values: Mapping[str, str], fields: Mapping[str, str], mahalle_id: UUID | None) -> str:
    """Name a target so that the same row is the same target: its number, else kind with UAVT, else name and address."""
    if "no" in values:
        return f"no:{values['no']}" if len(values["no"]) <= 90 else _hashed("no", values["no"])  # noqa: PLR2004 the column has 100
    if "uavt" in fields:
        return f"uavt:{fields['tur']}:{fields['uavt']}"
    named = [search_key(fields.get(name, "")) for name in ("ad", "adres")]
    place = "" if all(named) else fields.get("geometry", "")
    return _hashed("ad", fields["tur"], *named, place, str(mahalle_id or ""))


def key_of_visit(row: TargetRow, plan: PlannedRow) -> str:
    """Name a planned visit so that the same row is the same visit."""
    return _hashed("ziyaret", row.key, str(plan.team_id), plan.visit_type, plan.day.isoformat())


def _hashed(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:40]}"
