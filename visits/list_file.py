"""A file as it comes from another office, whatever its name says: opened, its sheets named, its rows read as text.

What the columns mean is guessed in `column_guessing.py`; what the rows mean stands in `visit_list_rows.py`.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from visits.csv_reading import read_csv
from visits.list_file_errors import (
    EMPTY,
    ENCRYPTED,
    MAX_FILE_BYTES,
    MAX_ROWS,
    OLD_XLS,
    OPEN_DOCUMENT,
    OTHER_ZIP,
    ListTooLarge,
    UnreadableList,
)
from visits.xlsx_reading import Merged, Workbook, find_merged, open_workbook, read_rows

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_CSV_SHEET = "CSV"
# How many rows a table may have above and below its data: titles, sums, signatures.
_BESIDES = 50

Row = tuple[int, list[str]]


class ListFile(msgspec.Struct, frozen=True):
    """An opened file. `date_base`: the year from which bare numbers count days."""

    sheets: tuple[str, ...]
    date_base: int = 1900
    workbook: Workbook | None = None
    text: bytes = b""


class SheetRows(NamedTuple):
    """The rows of one sheet that hold anything, and what is to be said of how they were read."""

    rows: Iterator[Row]
    notices: tuple[str, ...]


def open_list(content: bytes) -> ListFile:
    """Open a CSV or XLSX, told apart by what it is and not by its name. Raises `UnreadableList`, `ListTooLarge`."""
    if len(content) > MAX_FILE_BYTES:
        raise ListTooLarge
    if not content.strip():
        raise UnreadableList(EMPTY)
    if content.startswith(_OLE):
        raise UnreadableList(ENCRYPTED if _ENCRYPTED_PART in content else OLD_XLS)
    if not content.startswith(_ZIP):
        return ListFile((_CSV_SHEET,), text=content)
    _refuse_other_zip(content)
    workbook = open_workbook(content)
    if not workbook.sheets:
        raise UnreadableList(EMPTY)
    return ListFile(tuple(sheet.name for sheet in workbook.sheets), workbook.date_base, workbook)


def read_sheet(file: ListFile, sheet: int) -> SheetRows:
    """Read a sheet by its place. The iterator raises `UnreadableList`, `ListTooLarge`."""
    if file.workbook is None:
        return SheetRows(_bounded(read_csv(file.text)), ())
    chosen = file.workbook.sheets[sheet]
    merged = [one for one in find_merged(file.workbook, chosen) if one.last_row > one.first_row]
    rows = read_rows(file.workbook, chosen)
    notices: tuple[str, ...] = ()
    if merged:
        rows = _filled_down(rows, merged)
        notices = ("Birleştirilmiş hücreler var: değerleri kapsadıkları her satıra yazıldı.",)
    return SheetRows(_bounded(rows), notices)


def first_sheet_with_rows(file: ListFile) -> int:
    """Return the place of the first sheet that holds anything; the first where none does."""
    for place in range(len(file.sheets)):
        if next(read_sheet(file, place).rows, None) is not None:
            return place
    return 0


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count >= MAX_ROWS + _BESIDES:
            raise ListTooLarge
        yield row


def _filled_down(rows: Iterator[Row], merged: list[Merged]) -> Iterator[Row]:
    """Write the value of cells that were joined downwards into each of their rows."""
    waiting = sorted(merged, reverse=True)
    open_now: list[tuple[Merged, str]] = []
    for number, cells in rows:
        while waiting and waiting[-1].first_row <= number:
            joined = waiting.pop()
            at = joined.first_column - 1
            if joined.first_row == number and at < len(cells) and cells[at]:
                open_now.append((joined, cells[at]))
        open_now = [(one, value) for one, value in open_now if one.last_row >= number]
        for one, value in open_now:
            at = one.first_column - 1
            cells.extend([""] * (at + 1 - len(cells)))
            cells[at] = cells[at] or value
        yield number, cells


def _refuse_other_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
        return  # the workbook's reader says what is wrong with it
    if "content.xml" in names and "mimetype" in names:
        raise UnreadableList(OPEN_DOCUMENT)
    if "[Content_Types].xml" not in names and not any(name.startswith("xl/") for name in names):
        raise UnreadableList(OTHER_ZIP)
