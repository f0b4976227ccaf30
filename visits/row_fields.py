"""The cells of one row by the fields that their columns mean, made into fields of a target. Pure.

A row is told everything that is wrong with it at once: who corrects it shall not have to come back for the next reason.
"""

from collections.abc import Sequence
from typing import NamedTuple

from visits.field_values import tidy_phone
from visits.written_values import is_shortened, means_yes, read_day, read_degrees, read_point, split_phones
from visits.xlsx_cells import FORMULA_WITHOUT_VALUE

_PHONE = "Telefon numarası değil: 0532 123 45 67 gibi, alan koduyla yazın."
REASONS = {
    "tur": "Hedefin türü tanınmıyor ya da yazılmamış: hane, esnaf, taziye ailesi, asker, işveren … yazın.",
    "ad": "Ad, adres ya da konum yazılmamış: ekip kimi, nerede bulacak?",
    "yetkili": "En çok 200 karakter olabilir.",
    "telefon": _PHONE,
    "telefon_2": _PHONE,
    "adres": "En çok 400 karakter olabilir.",
    "uavt": "Adres kodu (UAVT) yalnız rakamdır, en çok 10 hane.",
    "geometry": "Enlem ve boylam birlikte, derece olarak yazılır: 41,0053 ve 29,2134.",
    "disinda": "Nokta ilçe sınırlarının dışında: enlem ve boylamı denetleyin, yerleri değişmiş olabilir.",
    "olay_tarihi": "Tarih değil: 20.11.2026 gibi yazın.",
    "gun": "Gün değil: 20.11.2026 ya da 2026-11-20 gibi yazın.",
    "sira": "Sıra 0 ile 99999 arasında bir sayıdır.",
    "not": "En çok 4.000 karakter olabilir.",
    "yazilan": "Bu değer buraya yazılamaz.",
    "kisaltilmis": "Excel sayıyı kısaltmış (ör. 1,23E+09), rakamları kaybolmuş. Sütunu «Metin» yapıp yeniden yazın.",
    "formul": "Hücrede formül var, sonucu dosyada kayıtlı değil. Excel'de açıp kaydedin ya da değeri yazın.",
    "hata": "Hücrede hata var (#YOK, #DEĞER! gibi). Doğru değeri yazın.",
    "uzun_ad": "Ad en çok 200 karakter olabilir.",
}
_COPIED = ("yetkili", "not")
_ERRORS = (
    "#YOK",
    "#N/A",
    "#DEĞER!",
    "#VALUE!",
    "#BAŞV!",
    "#REF!",
    "#AD?",
    "#NAME?",
    "#SAYI/0!",
    "#DIV/0!",
    "#BOŞ!",
    "#NULL!",
)
# Both coordinates and what is in one cell are one thing to whoever looks at the table.
_POINT_COLUMNS = ("enlem", "boylam", "konum")
_LONGEST_NAME = 200


class Problem(NamedTuple):
    """What is wrong with a cell: its column from 0 (None: no column holds it), what stands there, and why."""

    column: int | None
    value: str
    reason: str


class RowFields:
    """The texts of a row by field; `problems` grows as it is read."""

    def __init__(self, columns: Sequence[str | None], cells: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self._places = {field: place for place, field in enumerate(columns) if field is not None}
        self._cells = cells
        self._blamed: set[str] = set()
        for field, place in self._places.items():
            text = cells[place] if place < len(cells) else ""
            if text == FORMULA_WITHOUT_VALUE:
                self.blame(field, REASONS["formul"])
            elif text.startswith("#") and text.upper() in _ERRORS:
                self.blame(field, REASONS["hata"])

    def told(self, field: str) -> str:
        """Return what stands in the column of a field; empty where there is none, or it cannot be used."""
        place = self._places.get(field)
        if place is None or place >= len(self._cells) or field in self._blamed:
            return ""
        return self._cells[place]

    def blame(self, field: str, reason: str) -> None:
        """Note what is wrong with a field, once."""
        if field in self._blamed:
            return
        self._blamed.add(field)
        shown = field if field in self._places else next((one for one in self._nearby(field)), None)
        place = self._places.get(shown) if shown else None
        value = self._cells[place] if place is not None and place < len(self._cells) else ""
        self.problems.append(Problem(place, "" if value == FORMULA_WITHOUT_VALUE else value[:200], reason))

    def has_problem(self, field: str) -> bool:
        """Say whether something is wrong with a field already."""
        return field in self._blamed

    def _nearby(self, field: str) -> list[str]:
        """Name the columns that a field without one of its own is put together from."""
        groups = (_POINT_COLUMNS, ("ad", "soyad"), ("adres", "sokak", "kapi", "daire"), ("telefon_2", "telefon"))
        return [one for group in groups if field in group for one in group if one in self._places]


def read_fields(row: RowFields, date_base: int) -> dict[str, str]:
    """Put together the fields of a target from a row, without its kind; what cannot be read is a problem."""
    fields = {name: text for name in _COPIED if (text := row.told(name))}
    fields |= _filled(ad=_name(row), adres=_address(row), uavt=_address_no(row), geometry=_point(row))
    fields |= _phones(row)
    event = row.told("olay_tarihi")
    if event:
        day = read_day(event, date_base)
        if day is None:
            row.blame("olay_tarihi", REASONS["olay_tarihi"])
        else:
            fields["olay_tarihi"] = day.isoformat()
    # A list can say that somebody is not to be visited, never that they are again: that is a person's decision.
    if means_yes(row.told("ziyaret_edilmesin")):
        fields["ziyaret_edilmesin"] = "evet"
    return fields


def _filled(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _name(row: RowFields) -> str:
    name = " ".join(filter(None, (row.told("ad"), row.told("soyad"))))
    if len(name) > _LONGEST_NAME:
        row.blame("ad", REASONS["uzun_ad"])
    return name


def _address(row: RowFields) -> str:
    street, door, flat = (row.told(name) for name in ("sokak", "kapi", "daire"))
    doors = f"{door}/{flat}" if door and flat else door or (f"D: {flat}" if flat else "")
    return " ".join(filter(None, (row.told("adres"), street, doors)))


def _address_no(row: RowFields) -> str:
    written = row.told("uavt")
    if is_shortened(written):
        row.blame("uavt", REASONS["kisaltilmis"])
        return ""
    return written.replace(" ", "")


def _phones(row: RowFields) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("telefon", "telefon_2"):
        written = row.told(name)
        if written and (is_shortened(written) or "E+" in written.upper()):
            row.blame(name, REASONS["kisaltilmis"])
            continue
        for phone in split_phones(written):
            tidy = tidy_phone(phone)
            if tidy is None:
                row.blame(name, REASONS[name])
            elif tidy not in found.values():
                found[_next_phone(found, name)] = tidy
    return found


def _next_phone(found: dict[str, str], name: str) -> str:
    # A second number in the cell of the first is the second phone; a third has no place and is the least needed.
    return "telefon_2" if name in found or name == "telefon_2" else name


def _point(row: RowFields) -> str:
    together = row.told("konum")
    point = read_point(together) if together else None
    lat, lon = row.told("enlem"), row.told("boylam")
    if not together and (lat or lon):
        degrees = (read_degrees(lat), read_degrees(lon))
        point = None if degrees[0] is None or degrees[1] is None else (degrees[0], degrees[1])
    if point is None:
        if together or lat or lon:
            row.blame("konum" if together else "enlem", REASONS["geometry"])
        return ""
    return f"{point[0]} {point[1]} 0 0"
