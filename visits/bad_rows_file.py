"""The bad rows of a list as an XLSX to be corrected and uploaded again: its own columns, and the reasons beside."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence

from visits.import_parts import KeptBadRow
from visits.list_columns import REASON_HEADER, ROW_HEADER
from visits.xlsx_cells import FORMULA_WITHOUT_VALUE

_PIECE = 64 * 1024
_WIDTH, _REASON_WIDTH = 22, 70
_BAD, _TITLE = "FFF8D7D5", "FFE3EEEE"


def write_bad_rows(headers: Sequence[str], bad: Iterable[KeptBadRow]) -> Iterator[bytes]:
    """Write the file, in pieces. Every cell is text, so nothing in it can act as a formula."""
    # Loaded here: only the few requests that ask for this file should pay for it.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Alınmayan satırlar")
    sheet.freeze_panes = "A2"
    for place in range(len(headers) + 2):
        letter = sheet.column_dimensions[_letter(place)]
        letter.width = _REASON_WIDTH if place == len(headers) + 1 else _WIDTH
    marked, titled, bold = PatternFill("solid", fgColor=_BAD), PatternFill("solid", fgColor=_TITLE), Font(bold=True)

    def cell(text: str, fill: PatternFill | None = None, font: Font | None = None) -> object:
        made = WriteOnlyCell(sheet, value="")
        made.value = "" if text == FORMULA_WITHOUT_VALUE else text
        # Set after the value: openpyxl takes a text that begins with "=" for a formula.
        made.data_type = "s"
        made.quotePrefix = text.startswith(("=", "+", "-", "@"))
        if fill is not None:
            made.fill = fill
        if font is not None:
            made.font = font
        return made

    sheet.append([cell(text, titled, bold) for text in (*headers, ROW_HEADER, REASON_HEADER)])
    for row in bad:
        places = {column for column, _, _ in row.problems}
        cells = [*row.cells, *[""] * (len(headers) - len(row.cells))]
        reasons = " ".join(
            f"{headers[column]}: {reason}" if column is not None else reason for column, _, reason in row.problems
        )
        sheet.append(
            [cell(text, marked if place in places else None) for place, text in enumerate(cells)]
            + [cell(str(row.number)), cell(reasons)]
        )
    with tempfile.TemporaryFile() as file:
        workbook.save(file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    return get_column_letter(place + 1)
