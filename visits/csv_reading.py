"""Reading CSV as spreadsheets write it: UTF-8 with or without mark, UTF-16, windows-1254; any usual delimiter."""

import csv
import io
from collections.abc import Iterator

from visits.list_file_errors import (
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    NO_TEXT,
    ListTooLarge,
    UnreadableList,
)

_DELIMITERS = ";,\t|"
_LOOKED_AT = 40
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
# Control characters that no text has; a picture or a program is full of them.
_NO_TEXT = frozenset(map(chr, [*range(9), *range(14, 32)]))


def read_csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Read the records of a CSV that hold anything, numbered as the spreadsheet numbers them (from 1).

    Raises `UnreadableList`, `ListTooLarge`.
    """
    text = decode(content)
    delimiter, skipped = find_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        for number, record in enumerate(reader, start=1):
            if number <= skipped:
                continue
            cells = [" ".join(cell.split()) for cell in record]
            if len(cells) > MAX_COLUMNS:
                raise ListTooLarge("Listede 256'dan çok sütun var. Gerekmeyen sütunları silip yeniden yükleyin.")
            if any(len(cell) > MAX_CELL_LENGTH for cell in cells):
                raise ListTooLarge("Bir hücrede 4.000 karakterden uzun metin var. Kısaltıp yeniden yükleyin.")
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise UnreadableList(
            f"CSV okunamadı (satır {reader.line_num}): tırnakları ve ayırıcıları denetleyin."
        ) from error


def decode(content: bytes) -> str:
    """Turn the bytes into text by their mark, else as UTF-8, else as windows-1254. Raises `UnreadableList`."""
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    for encoding in [marked] if marked else [*_unmarked(content), "utf-8", "windows-1254"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT.isdisjoint(text[:20_000]) and "\0" not in text:
            return text
    raise UnreadableList(NO_TEXT)


def _unmarked(content: bytes) -> list[str]:
    """Notice UTF-16 without a mark: every second byte of ASCII letters is zero."""
    head = content[:200]
    if head[1::2].count(0) > len(head) // 3:
        return ["utf-16-le"]
    return ["utf-16-be"] if head[::2].count(0) > len(head) // 3 else []


def find_delimiter(text: str) -> tuple[str, int]:
    """Choose what parts the cells: what appears most evenly in the first lines; also how many lines to skip.

    Excel's own `sep=;` in the first line decides.
    """
    first, _, _ = text.partition("\n")
    told = first.strip().strip('"').lower()
    if told.startswith("sep=") and len(told) == len("sep=;"):
        return told[-1], 1
    lines = [line for line in text[:50_000].splitlines()[:_LOOKED_AT] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: (_evenness(lines, mark), -_DELIMITERS.index(mark))), 0


def _evenness(lines: list[str], mark: str) -> int:
    """Count the lines that have this mark as often as most lines have it, weighed by how often that is."""
    counts = [_outside_quotes(line, mark) for line in lines]
    having = [count for count in counts if count]
    if not having:
        return 0
    usual = max(set(having), key=having.count)
    return having.count(usual) * 100 + min(usual, 50)


def _outside_quotes(line: str, mark: str) -> int:
    return sum(piece.count(mark) for piece in line.split('"')[::2])
