"""What a row of a visit list means: a target, and perhaps a visit planned to it, or everything that is wrong. Pure.

`list_file.py` reads the rows, `visit_list_import.py` records what they mean.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from geo.mahalle_index import MahalleIndex
from geo.turkish import search_key
from visits.field_values import tidy_position
from visits.recording import NewTarget
from visits.row_fields import REASONS, Problem, RowFields, read_fields
from visits.target_fields import KINDS, clean_target
from visits.written_values import MahalleNames, read_day

# The kind of target that a type of visit goes to, where the list does not say it.
KIND_OF_VISIT = {
    "hane": "hane", "hos_geldiniz": "hane", "depremzede": "hane", "memnuniyet": "hane", "esnaf": "esnaf",
    "hayirli_olsun": "esnaf", "taziye": "taziye_ailesi", "asker_ugurlama": "asker", "isveren": "isveren",
    "stk_muhtarlik": "stk_muhtarlik", "yasli_ziyareti": "yasli_engelli", "dagitim": "adres",
}  # fmt: skip
_KINDS = {search_key(word): code for code, name in KINDS.items() for word in (code, name)}
_PLANS = ("ekip", "ziyaret_turu", "gun")
# Of these the dwelling is the thing: who lives there may change. All others are who they are, wherever.
_KNOWN_BY_ADDRESS = frozenset({"hane", "adres"})
_LONGEST_KEPT_NO = 90
_NO_SUCH_TEAM = "Bu ad ya da kodda bir ekip yok."


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


class BadRow(msgspec.Struct, frozen=True):
    """A row that cannot be taken, and everything that is wrong with it."""

    number: int
    problems: tuple[Problem, ...]


class KnownNames(msgspec.Struct, frozen=True):
    """What names of a list refer to, by their folded names and codes."""

    mahalle: MahalleNames
    teams: Mapping[str, UUID]
    visit_types: Mapping[str, str]
    index: MahalleIndex


class RowReading(msgspec.Struct, frozen=True):
    """How the rows of a list are to be read: the field of each column (None: left out), and what the list is.

    `target_kind`: the kind of its targets where no column says it; empty: the visit's type says it.
    """

    columns: tuple[str | None, ...]
    target_kind: str = ""
    date_base: int = 1900


def read_row(number: int, cells: Sequence[str], reading: RowReading, names: KnownNames) -> TargetRow | BadRow:
    """Say what a row means, or everything that is wrong with it. `cells` from the first column on."""
    row = RowFields(reading.columns, cells)
    plan = _plan(row, names, reading.date_base)
    fields = read_fields(row, reading.date_base)
    kind = _kind(row, reading, plan)
    told = {"tur": kind or "", "istenen_ekip": _preferred_team(row, names)}
    fields |= {name: text for name, text in told.items() if text}
    tidy = _cleaned(row, fields, is_kind_told=kind is not None)
    mahalle_id = _mahalle(row, tidy, names)
    if row.problems:
        return BadRow(number, tuple(row.problems))
    key = _key(row.told("no"), tidy, mahalle_id)
    return TargetRow(number, key, NewTarget(tidy, key, mahalle_id), plan)


def key_of_visit(row: TargetRow, plan: PlannedRow) -> str:
    """Name a planned visit so that the same row is the same visit."""
    return _hashed("ziyaret", row.key, str(plan.team_id), plan.visit_type, plan.day.isoformat())


def _kind(row: RowFields, reading: RowReading, plan: PlannedRow | None) -> str | None:
    written = row.told("tur")
    if written:
        kind = _KINDS.get(search_key(written))
        if kind is None:
            row.blame("tur", REASONS["tur"])
        return kind
    # A list of households is the general one: there the type of the visit that is planned says more.
    if reading.target_kind in {"", "hane"} and plan is not None:
        return KIND_OF_VISIT.get(plan.visit_type, reading.target_kind or None)
    return reading.target_kind or None


def _cleaned(row: RowFields, fields: Mapping[str, str], *, is_kind_told: bool) -> dict[str, str]:
    cleaned = clean_target(fields, creates=True)
    for field in cleaned.bad:
        row.blame("enlem" if field == "geometry" else field, REASONS.get(field, REASONS["yazilan"]))
    if "tur" in cleaned.missing and (is_kind_told or not row.has_problem("tur")):
        row.blame("tur", REASONS["tur"])
    if "ad" in cleaned.missing and not row.problems:
        row.blame("ad", REASONS["ad"])
    return {name: text for name, text in cleaned.values.items() if text}


def _mahalle(row: RowFields, fields: Mapping[str, str], names: KnownNames) -> UUID | None:
    """Find the mahalle by the point, else by its name, else by the address."""
    if "geometry" in fields and names.index.areas:
        lat, lon = map(float, fields["geometry"].split()[:2])
        located = names.index.locate(lon, lat, 0).mahalle_id
        if located is None:
            row.blame("enlem", REASONS["disinda"])
        return located
    written = row.told("mahalle")
    if not written:
        return names.mahalle.in_address(fields.get("adres", ""))
    found = names.mahalle.find(written)
    if found is None:
        meant = names.mahalle.suggest(written)
        asked = f" «{'» ya da «'.join(meant)}» olabilir mi?" if meant else " Adını denetleyin."
        row.blame("mahalle", f"Bu adda tek bir mahalle bulunamadı.{asked}")
    return found


def _preferred_team(row: RowFields, names: KnownNames) -> str:
    """Find the team that the household wants; like "do not visit", an empty cell takes nothing back."""
    written = row.told("istenen_ekip")
    team_id = names.teams.get(search_key(written)) if written else None
    if written and team_id is None:
        row.blame("istenen_ekip", _NO_SUCH_TEAM)
    return str(team_id or "")


def _plan(row: RowFields, names: KnownNames, date_base: int) -> PlannedRow | None:
    if not any(row.told(name) for name in _PLANS):
        return None
    missing = next((name for name in _PLANS if not row.told(name)), None)
    if missing is not None:
        row.blame(missing, "Ziyaret için ekip, ziyaret türü ve gün birlikte yazılır.")
        return None
    team_id = names.teams.get(search_key(row.told("ekip")))
    if team_id is None:
        row.blame("ekip", _NO_SUCH_TEAM)
    visit_type = names.visit_types.get(search_key(row.told("ziyaret_turu")))
    if visit_type is None:
        row.blame("ziyaret_turu", "Bu ad ya da kodda bir ziyaret türü yok (ör. hane, esnaf, taziye).")
    position, day = tidy_position(row.told("sira")), read_day(row.told("gun"), date_base)
    for name, value in (("sira", position), ("gun", day)):
        if value is None:
            row.blame(name, REASONS[name])
    if team_id is None or visit_type is None or position is None or day is None:
        return None
    return PlannedRow(team_id, visit_type, day, int(position))


def _key(number: str, fields: Mapping[str, str], mahalle_id: UUID | None) -> str:
    """Name a target so that the same row is the same target: its number, else its dwelling, else name and address."""
    if number:
        return f"no:{number}" if len(number) <= _LONGEST_KEPT_NO else _hashed("no", number)
    if "uavt" in fields and (fields["tur"] in _KNOWN_BY_ADDRESS or "ad" not in fields):
        return f"uavt:{fields['tur']}:{fields['uavt']}"
    named = [search_key(fields.get(name, "")) for name in ("ad", "adres")]
    place = "" if all(named) else fields.get("uavt", "") + fields.get("geometry", "")
    return _hashed("ad", fields["tur"], *named, place, str(mahalle_id or ""))


def _hashed(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:40]}"
