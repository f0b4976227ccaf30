"""Reading a sheet of an XLSX as its owner sees it, streamed: a million rows take no more memory than one.

The file is distrusted: it is unpacked once, counting, before anything is read; XML with a document type is refused; no
formula is evaluated (the value that the spreadsheet program stored is read). The parts of the file are those of
ECMA-376 part 1, sections 18.2 (workbook), 18.3 (sheet), 18.4 (shared strings), 18.8 (styles).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from posixpath import join, normpath
from typing import IO, Any, NamedTuple
from xml.parsers import expat

import msgspec

from visits.list_file_errors import BROKEN_XLSX, ENCRYPTED, MAX_UNPACKED_BYTES, ListTooLarge, UnreadableList
from visits.xlsx_cells import Cells, SharedStrings, Styles, read_reference

# LZMA takes as much memory as the file asks for, before it gives out the first byte.
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MOST_MEMBERS = 2_000
_MOST_SHARED_BYTES = 120 * 1024 * 1024
_PIECE = 256 * 1024
_MERGED = re.compile(rb'<mergeCell\s[^>]*ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
_MOST_MERGED = 50_000


class Sheet(NamedTuple):
    """A visible sheet: its name, and the part of the file it stands in."""

    name: str
    part: str


class Merged(NamedTuple):
    """Cells joined into one: rows and columns from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Workbook(msgspec.Struct, frozen=True):
    """An opened workbook. `date_base`: 1900 or 1904, from which year its days are counted."""

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    date_base: int
    shared: list[str]
    styles: Styles


def open_workbook(content: bytes) -> Workbook:
    """Open the workbook in `content`. Raises `UnreadableList`, `ListTooLarge`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _refuse_bomb(archive)
        return _open(archive)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise UnreadableList(BROKEN_XLSX) from error
    except (KeyError, ValueError, expat.ExpatError) as error:
        raise UnreadableList(BROKEN_XLSX) from error


def find_merged(workbook: Workbook, sheet: Sheet) -> list[Merged]:
    """Find the merged cells of a sheet; they stand behind its rows, so this reads it once to its end."""
    found: list[Merged] = []
    tail = b""
    with workbook.archive.open(sheet.part) as part:
        while piece := part.read(_PIECE):
            text = tail + piece
            for match in _MERGED.finditer(text):
                (row, column), (last_row, last_column) = (read_reference(one.decode()) for one in match.groups())
                found.append(Merged(row, column, last_row, last_column))
                if len(found) > _MOST_MERGED:
                    raise ListTooLarge("Sayfada çok fazla birleştirilmiş hücre var. Birleştirmeleri kaldırıp yükleyin.")
            cut = text.rfind(b"<")
            tail = text[cut:] if cut >= 0 and len(text) - cut < _PIECE else b""
            # What was matched already must not be found again at the head of the next piece.
            tail = b"" if _MERGED.match(tail) else tail
    return found


def read_rows(workbook: Workbook, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a sheet that hold anything: the number in the sheet, and the texts from column A on.

    A formula whose result was never stored reads `FORMULA_WITHOUT_VALUE`. Raises `UnreadableList`, `ListTooLarge`.
    """
    cells = Cells(workbook.shared, workbook.styles, workbook.date_base)
    try:
        with workbook.archive.open(sheet.part) as part:
            piece = part.read(_PIECE)
            parser = _parser(cells.start, cells.end, cells.text)
            if b"<worksheet" in piece:
                # Names without a prefix, as nearly everybody writes them: a third of the time is saved.
                parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
            parser.Parse(piece)
            while piece := part.read(_PIECE):
                parser.Parse(piece)
                yield from cells.take()
            parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
            yield from cells.take()
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, ValueError, expat.ExpatError) as error:
        raise UnreadableList(BROKEN_XLSX) from error


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Unpack once, counting: the sizes a zip states can lie."""
    left = MAX_UNPACKED_BYTES
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise ListTooLarge
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableList(ENCRYPTED)
        if member.compress_type not in _PACKINGS:
            raise UnreadableList(BROKEN_XLSX)
        with archive.open(member) as unpacked:
            while piece := unpacked.read(1024 * 1024):
                left -= len(piece)
                if left < 0:
                    raise ListTooLarge("Excel dosyası açılınca çok büyüyor. Boş satırları ve resimleri silip kaydedin.")


def _open(archive: zipfile.ZipFile) -> Workbook:
    names = set(archive.namelist())
    root = _relations(archive, "_rels/.rels", "")
    main = next((target for kind, target in root.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")
    folder = main.rpartition("/")[0]
    relations = _relations(archive, join(folder, "_rels", f"{main.rpartition('/')[2]}.rels"), folder)
    listed: list[tuple[str, str, str]] = []
    base = [1900]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            listed.append((attributes["name"], attributes.get("id", ""), attributes.get("state", "visible")))
        elif name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true"}:
            base[0] = 1904

    _walk(archive.open(main), start)
    sheets = tuple(
        Sheet(name, relations[key][1])
        for name, key, state in listed
        if state == "visible" and key in relations and relations[key][1] in names
    )
    by_kind = {kind.rpartition("/")[2]: target for kind, target in relations.values()}
    shared = _shared_strings(archive, by_kind.get("sharedStrings", ""), names)
    return Workbook(archive, sheets, base[0], shared, _styles(archive, by_kind.get("styles", ""), names))


def _relations(archive: zipfile.ZipFile, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Read which part is what: by id, its kind and its name in the archive."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found[attributes["Id"]] = (attributes["Type"], path)

    _walk(archive.open(part), start)
    return found


def _shared_strings(archive: zipfile.ZipFile, part: str, names: set[str]) -> list[str]:
    if part not in names:
        return []
    if archive.getinfo(part).file_size > _MOST_SHARED_BYTES:
        raise ListTooLarge
    strings = SharedStrings()
    _walk(archive.open(part), strings.start, strings.end, strings.text)
    return strings.found


def _styles(archive: zipfile.ZipFile, part: str, names: set[str]) -> Styles:
    styles = Styles()
    if part in names:
        _walk(archive.open(part), styles.start, styles.end)
    return styles


def _parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Any:  # noqa: ANN401 - expat names no type
    """Make a parser whose names are without their namespaces, and which refuses document types."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def local(name: str) -> str:
        return name.rpartition(":")[2]

    def starting(name: str, attributes: dict[str, str]) -> None:
        if ":" in name or any(":" in key for key in attributes):
            attributes = {local(key): value for key, value in attributes.items()}
            name = local(name)
        start(name, attributes)

    def no_doctype(*_: object) -> None:
        raise UnreadableList(BROKEN_XLSX)

    parser.StartElementHandler = starting
    parser.EndElementHandler = (lambda name: end(local(name))) if end else None
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = no_doctype
    return parser


def _walk(
    part: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    with part:
        _parser(start, end, text).ParseFile(part)
