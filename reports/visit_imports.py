"""An uploaded list as the coordinator sees it: its columns, its first rows, what is wrong with which, how far it is."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from visits.import_jobs import ENDED
from visits.import_parts import KeptBadRow, read_bad, read_part
from visits.import_tables import VisitImport
from visits.list_columns import FIELDS, LIST_KINDS
from visits.visit_list_import import ListCounts
from visits.xlsx_cells import FORMULA_WITHOUT_VALUE

_SHOWN, _BAD_SHOWN, _LISTED = 25, 100, 20
_FORMULA = "(formül)"


class ColumnView(msgspec.Struct, frozen=True):
    """A column: its header, the field it is taken for, and by what (header, content, memory, person, none)."""

    header: str
    field: str | None
    by: str
    is_dropped: bool


class CellProblem(msgspec.Struct, frozen=True):
    """What is wrong with a cell; `column` from 0, None where no column holds it."""

    column: int | None
    reason: str


class ListRowView(msgspec.Struct, frozen=True):
    """A row of the list."""

    number: int
    cells: list[str]
    problems: list[CellProblem]


class ProgressView(msgspec.Struct, frozen=True):
    """How many rows are done; `total` 0 where that is not known yet."""

    done: int
    total: int


class ImportSummary(msgspec.Struct, frozen=True):
    """One upload in the list of the last ones."""

    id: UUID
    state: str
    file_name: str
    list_kind: str
    created_at: datetime
    counts: ListCounts | None


class ImportList(msgspec.Struct, frozen=True):
    """The last uploads, newest first."""

    items: list[ImportSummary]


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """One upload whole. `rows` are the first of the list, `bad` the first of those that cannot be taken."""

    id: UUID
    state: str
    file_name: str
    byte_size: int
    list_kind: str
    list_kinds: dict[str, str]
    fields: dict[str, str]
    sheets: list[str]
    sheet: int
    header_row: int
    notices: list[str]
    columns: list[ColumnView]
    row_count: int
    rows: list[ListRowView]
    bad: list[ListRowView]
    counts: ListCounts | None
    progress: ProgressView
    failure: str | None


def list_imports(session: Session) -> ImportList:
    """List the last uploads."""
    newest = select(VisitImport).order_by(VisitImport.id.desc()).limit(_LISTED)
    return ImportList(
        [
            ImportSummary(job.id, job.state, job.file_name, job.list_kind, job.created_at, _counts(job))
            for job in session.scalars(newest)
        ]
    )


def view_import(session: Session, job: VisitImport, progress: ProgressView | None) -> ImportView:
    """Show one upload; `progress` as its own process knows it, if that is this one."""
    bad = [_row(one) for one in islice(read_bad(session, job.id), _BAD_SHOWN)]
    problems = {row.number: row.problems for row in bad}
    shown = [] if job.state in ENDED else read_part(session, job.id, 0)
    rows = [
        ListRowView(number, _cells(cells), problems.get(number, []))
        for number, cells in islice((row for row in shown if row[0] > job.header_row), _SHOWN)
    ]
    kind = LIST_KINDS.get(job.list_kind)
    return ImportView(
        id=job.id, state=job.state, file_name=job.file_name, byte_size=job.byte_size, list_kind=job.list_kind,
        list_kinds={code: one.name for code, one in LIST_KINDS.items()},
        fields=FIELDS | ({"olay_tarihi": kind.event} if kind else {}), sheets=job.sheets, sheet=job.sheet,
        header_row=job.header_row, notices=job.notices, columns=[_column(one) for one in job.columns],
        row_count=job.row_count, rows=rows, bad=bad, counts=_counts(job),
        progress=progress or ProgressView(job.done, job.total), failure=job.failure,
    )  # fmt: skip


def _column(column: dict[str, Any]) -> ColumnView:
    return ColumnView(column["header"], column["field"], column["by"], column["is_dropped"])


def _counts(job: VisitImport) -> ListCounts | None:
    return msgspec.convert(job.counts, ListCounts) if job.counts else None


def _row(bad: KeptBadRow) -> ListRowView:
    problems = [CellProblem(column, reason) for column, _, reason in bad.problems]
    return ListRowView(bad.number, _cells(bad.cells), problems)


def _cells(cells: Sequence[str]) -> list[str]:
    return [_FORMULA if cell == FORMULA_WITHOUT_VALUE else cell for cell in cells]
