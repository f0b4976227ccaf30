"""A form kept as Markdown, given out as the XLSX that coordinators edit."""

import re
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_SEPARATOR = re.compile(r"^[\s|:-]+$")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
# XML 1.0 has no place for these, so neither has XLSX.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET_NAME = re.compile(r"[\w ]{1,31}")

_WIDTH_BY_COLUMN = {"type": 28, "name": 22, "list_name": 20}
_TEXT_WIDTH = 44
_MAX_ROWS = 20_000


def markdown_to_xlsx(source: bytes) -> bytes:
    """Return the XLSX of a Markdown form. Every cell is text, so nothing in it can act as a formula."""
    workbook = Workbook()
    if workbook.active is not None:
        workbook.remove(workbook.active)
    for name, rows in read_markdown_sheets(source).items():
        sheet = workbook.create_sheet(name)
        for row_number, row in enumerate(rows, start=1):
            for column_number, text in enumerate(row, start=1):
                _write(sheet.cell(row_number, column_number), text, is_header=row_number == 1)
        _lay_out(sheet, rows[0] if rows else [])
    if not workbook.sheetnames:
        workbook.create_sheet("survey")
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def read_markdown_sheets(source: bytes) -> dict[str, list[list[str]]]:
    """Read the tables of a Markdown form as pyxform does: a name in the first column opens a sheet."""
    sheets: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for line in source.decode("utf-8-sig", "replace").replace("\r", "").split("\n")[:_MAX_ROWS]:
        match = _ROW.match(line)
        if match is None or _SEPARATOR.match(match[1]) or line.lstrip().startswith("#"):
            continue
        name, *cells = (cell.strip().replace(r"\|", "|") for cell in _CELL_EDGE.split(match[1]))
        if name and _SHEET_NAME.fullmatch(name):
            current = sheets.setdefault(name, [])
        if current is not None and any(cells):
            current.append(cells)
    return sheets


def _write(cell: Cell, text: str, *, is_header: bool) -> None:
    if not text:
        return
    cell.value = _FORBIDDEN.sub("", text)
    # Set after the value: openpyxl takes a text that begins with "=" for a formula. `quotePrefix` keeps the
    # spreadsheet program from doing the same when somebody edits the cell.
    cell.data_type = "s"
    cell.quotePrefix = cell.value.startswith(("=", "+", "-", "@"))
    cell.font = Font(bold=is_header)
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _lay_out(sheet: Worksheet, header: list[str]) -> None:
    sheet.freeze_panes = "A2"
    for number, title in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTH_BY_COLUMN.get(title, _TEXT_WIDTH)
