"""Reading a list of targets and visits as a municipality has it: CSV or XLSX, into rows of text by column.

The file is distrusted: an XLSX is looked at before it is unpacked, no formula is evaluated, rows, columns and cells are
bounded. What the rows mean stands in `visit_list_import.py`.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import ClassVar

import msgspec

from foundation.errors import SahaError
from geo.turkish import search_key

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_CELL_LENGTH = 4_000

COLUMNS = (
    "no", "tur", "ad", "yetkili", "telefon", "telefon_2", "adres", "uavt", "enlem", "boylam", "mahalle", "not", "ekip",
    "ziyaret_turu", "gun", "sira",
)  # fmt: skip
_XLSX_BEGINS = b"PK\x03\x04"
# LZMA takes as much memory as the file asks for, before it gives out the first byte.
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCODINGS = ("utf-8-sig", "windows-1254")


class UnreadableList(SahaError):
    """The file is no list that we can read; the sentence says why."""

    code: ClassVar[str] = "visit_list.unreadable"


class ListTooLarge(SahaError):
    """The file, or what is in it, is larger than a list may be."""

    code: ClassVar[str] = "visit_list.too_large"

    def __init__(self) -> None:
        super().__init__("Liste çok büyük: en çok 100.000 satır ve 20 MB olabilir. Dosyayı bölüp parça parça yükleyin.")


class ListRow(msgspec.Struct, frozen=True):
    """One row: its number in the sheet (the header is row 1) and its texts by column, empty ones left out."""

    number: int
    values: dict[str, str]


def read_visit_list(content: bytes) -> list[ListRow]:
    """Read the rows below the header; columns we do not know are left out. Raises `UnreadableList`, `ListTooLarge`."""
    if len(content) > MAX_FILE_BYTES:
        raise ListTooLarge
    table = _read_xlsx(content) if content.startswith(_XLSX_BEGINS) else _read_csv(content)
    header = next(table, None)
    if header is None:
        raise UnreadableList("Dosya boş: ilk satırda sütun adları (ör. ad, adres), altında kayıtlar olmalı.")
    columns = _columns(header)
    rows: list[ListRow] = []
    for number, cells in enumerate(table, start=2):
        if number - 1 > MAX_ROWS:
            raise ListTooLarge
        values = {columns[place]: text for place, text in enumerate(cells) if place in columns and text}
        if values:
            rows.append(ListRow(number, values))
    return rows


def _columns(header: Sequence[str]) -> dict[int, str]:
    """Find our columns by their folded names: `Ziyaret Türü` is `ziyaret_turu`."""
    named = {place: search_key(text).replace(" ", "_") for place, text in enumerate(header)}
    found = {place: name for place, name in named.items() if name in COLUMNS}
    if len(set(found.values())) < len(found):
        raise UnreadableList("Aynı sütun adı iki kez geçiyor: her sütunun adı bir kez olmalı.")
    if not found:
        raise UnreadableList(f"Tanınan sütun yok. İlk satıra sütun adlarını yazın: {', '.join(COLUMNS)}.")
    return found


def _read_csv(content: bytes) -> Iterator[list[str]]:
    text = _decode(content)
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield _bounded(row)
    except csv.Error as error:
        raise UnreadableList(
            f"CSV okunamadı (satır {reader.line_num}): tırnakları ve ayırıcıları denetleyin."
        ) from error


def _decode(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableList("Dosya CSV ya da XLSX değil. Excel'de «Farklı kaydet» ile birini seçin.")


def _read_xlsx(content: bytes) -> Iterator[list[str]]:
    # Loaded here: only the few requests that import a list should pay for it.
    from openpyxl import load_workbook  # noqa: PLC0415

    _refuse_bomb(content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        # What the file says of its own size may be a lie either way.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS, max_row=MAX_ROWS + 2):
            yield _bounded(map(_cell_text, row))
    except SahaError:
        raise
    except Exception as error:
        # openpyxl has no error of its own for a broken file: KeyError, ValueError, ParseError and more escape it.
        raise UnreadableList("Excel dosyası bozuk. Excel'de açıp yeniden kaydedin.") from error


def _refuse_bomb(content: bytes) -> None:
    """Unpack once, counting: the sizes a zip states can lie."""
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.compress_type not in _PACKINGS or member.flag_bits & 1:
                    raise UnreadableList("Excel dosyası parolalı ya da alışılmadık bir yolla sıkıştırılmış.")
                with archive.open(member) as unpacked:
                    while piece := unpacked.read(1024 * 1024):
                        left -= len(piece)
                        if left < 0:
                            raise ListTooLarge
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise UnreadableList("Excel dosyası bozuk. Excel'de açıp yeniden kaydedin.") from error


def _bounded(cells: Iterable[str]) -> list[str]:
    row = [" ".join(cell.replace("\0", "").split()) for cell in cells]
    if len(row) > MAX_COLUMNS or any(len(cell) > MAX_CELL_LENGTH for cell in row):
        raise ListTooLarge
    return row


def _cell_text(value: object) -> str:
    """Write a cell as its reader sees it: days as days, whole numbers without a point."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
