"""pyxform's complaints as sentences: where (sheet, row, column) and, where we recognise it, in Turkish."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from foundation.errors import SahaError


class FormProblem(msgspec.Struct, frozen=True):
    """One thing to repair. `row` counts as the spreadsheet does (the headers are row 1); None when unknown."""

    sheet: str
    row: int | None
    column: str
    sentence: str


class FormDoesNotCompile(SahaError):
    """The spreadsheet is no form; `problems` says what to repair."""

    code: ClassVar[str] = "form.does_not_compile"

    def __init__(self, problems: Sequence[FormProblem]) -> None:
        super().__init__("Form derlenemedi: " + " ".join(_say(problem) for problem in problems))
        self.problems = tuple(problems)


_PLACE = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '([^']+)' sheet, (?:the '([^']+)' value|one or more column names|the entity declaration)")

# Pattern in pyxform's English, our sentence (groups by number), sheet and column where the text names none.
_KNOWN: tuple[tuple[re.Pattern[str], str, str, str], ...] = tuple(
    (re.compile(pattern), sentence, sheet, column)
    for pattern, sentence, sheet, column in (
        (r"Unknown question type '([^']*)'", "«{0}» diye bir soru türü yok.", "survey", "type"),
        (r"Could not find the name '([^']*)'", "${{{0}}} diye anılan soru formda yok.", "survey", ""),
        (r"The name '([^']*)' appears more than once", "${{{0}}} birden çok soruyu gösteriyor.", "survey", ""),
        (r"Reference variables must start", "Soru anılırken ${{ad}} biçiminde yazılmalı.", "survey", ""),
        (r"the 'name' value '([^']*)' is invalid. Questions, groups", "«{0}» adı aynı grupta iki kez kullanılmış.",
         "survey", "name"),
        (r"Repeat names must unique", "Tekrar adları formun her yerinde tek olmalı.", "survey", "name"),
        (r"Names must begin with a letter", "Ad harf ya da alt çizgiyle başlamalı; boşluk ve özel karakter içeremez.",
         "survey", "name"),
        (r"Question or group with no name", "Sorunun ya da grubun adı (name) boş.", "survey", "name"),
        (r"survey element named '([^']*)' has no label", "«{0}» sorusunun metni (label) boş.", "survey", "label"),
        (r"Question with no type", "Sorunun türü (type) boş.", "survey", "type"),
        (r"Unmatched 'begin_(\w+)'.*name '([^']*)'", "«{1}» açılmış ama kapatılmamış: end_{0} satırı eksik.",
         "survey", "type"),
        (r"Unmatched 'end_(\w+)'", "end_{0} satırının açılışı (begin_{0}) yok.", "survey", "type"),
        (r"There should be a choices sheet", "Seçenekli soru var ama «choices» sayfası yok.", "choices", ""),
        (r"List name not in choices sheet: (\S+)", "«{0}» seçenek listesi «choices» sayfasında yok.", "survey", "type"),
        (r"Choices must have a name", "Seçeneğin değeri (name) boş.", "choices", "name"),
        (r"Choices should have a label", "Seçeneğin metni (label) boş.", "choices", "label"),
        (r"Choice names must be unique", "Aynı listede bu seçenek değeri iki kez var.", "choices", "name"),
        (r"You must have a sheet named 'survey'", "«survey» adlı sayfa bulunamadı.", "survey", ""),
        (r"should end with one of the supported file extensions", "Liste dosyası .csv, .geojson ya da .xml olmalı.",
         "survey", "type"),
        (r"Missing calculation", "Hesaplama sorusunun «calculation» sütunu boş.", "survey", "calculation"),
        (r"To save entity properties using the save_to column", "save_to için «entities» sayfasına kayıt yazın.",
         "survey", "save_to"),
        (r"The save_to property '([^']*)' is already assigned by row '([^']*)'",
         "«{0}» özelliğine {1}. satır da yazıyor; birini kaldırın.", "survey", "save_to"),
        (r"does not have a label, but|does not have a 'label'", "Kaydın etiketi (label) boş.", "entities", "label"),
        (r"does not have an 'update_if'", "entity_id ile create_if yanında update_if de gerekir.", "entities",
         "update_if"),
        (r"does not have an 'entity_id'", "Güncelleme için entity_id yazılmalı.", "entities", "entity_id"),
        (r"not recognized as a supported type", "Dosya bir XLSForm değil: XLSX ya da Markdown tablosu gerekir.", "",
         ""),
        (r"must not contain spaces", "Sütun başlıkları boş olamaz ve boşluk içeremez.", "choices", ""),
        (r"Headers that are different names for the same column", "Aynı sütun iki ayrı başlıkla yazılmış.", "", ""),
    )
)  # fmt: skip


def explain(text: str, survey_rows: Sequence[dict[str, Any]] = ()) -> FormProblem:
    """Turn one of pyxform's messages into a problem; `survey_rows` help to find the row it does not tell."""
    place, stated = _PLACE.search(text), _SHEET.search(text)
    row = int(place[1]) if place else None
    sheet, column = (stated[1], stated[2] or "") if stated else ("", "")
    for pattern, sentence, usual_sheet, usual_column in _KNOWN:
        match = pattern.search(text)
        if match:
            row = row or _row_naming(match[1] if match.groups() else "", usual_column, survey_rows)
            return FormProblem(sheet or usual_sheet, row, column or usual_column, sentence.format(*match.groups()))
    return FormProblem(sheet, row, column, _PLACE.sub("", text).strip())


def _row_naming(value: str, column: str, survey_rows: Sequence[dict[str, Any]]) -> int | None:
    wanted = "name" if column == "label" else column
    for number, row in enumerate(survey_rows, start=2):
        if value and str(row.get(wanted, "")).split(" ")[0] == value:
            return number
    return None


def _say(problem: FormProblem) -> str:
    where = [f"«{problem.sheet}» sayfası" if problem.sheet else "", f"satır {problem.row}" if problem.row else ""]
    where.append(f"sütun «{problem.column}»" if problem.column else "")
    place = ", ".join(part for part in where if part)
    return f"{place}: {problem.sentence}" if place else problem.sentence
