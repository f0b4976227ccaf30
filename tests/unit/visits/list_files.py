"""Makes list files as people and spreadsheets make them, and reads them back."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from visits.list_file import first_sheet_with_rows, open_list, read_sheet


def rows_of(content: bytes, sheet: int | None = None) -> list[tuple[int, list[str]]]:
    """Read a file's rows, of the first sheet that has any where none is named."""
    file = open_list(content)
    return list(read_sheet(file, first_sheet_with_rows(file) if sheet is None else sheet).rows)


def cells_of(content: bytes) -> list[list[str]]:
    """Read a file's rows without their numbers."""
    return [cells for _, cells in rows_of(content)]


def a_workbook(*rows: Sequence[Any]) -> tuple[Workbook, Worksheet]:
    """Make a workbook with one sheet of these rows."""
    workbook = Workbook()
    page = workbook.active
    assert isinstance(page, Worksheet)
    for row in rows:
        page.append(list(row))
    return workbook, page


def saved(workbook: Workbook) -> bytes:
    """Return a workbook's file."""
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Put another part into an XLSX in the place of the one of that name."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
    return changed.getvalue()
