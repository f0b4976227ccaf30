"""The three steps of a list that take long: reading the file, checking its rows, recording them.

A step tells its progress and learns whether to go on from `Progress`. Reading and checking keep what they find piece by
piece; recording is one transaction, so that a list is imported whole or not at all.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.database import Database
from geo.mahalle_index import MahalleIndex
from sync.change_log import FeedChanges, write_feed
from sync.entity_locks import lock_absent
from teams.access_log import Access, Subject, record_staff_access
from visits.column_guessing import LOOKED_AT, GuessedSheet, guess_columns, guess_kind, guess_sheet
from visits.import_jobs import BadMapping, end_import, finish_step, refuse_bad_columns, remembered_columns
from visits.import_parts import KeptBadRow, Row, count_parts, forget_parts, in_pieces, keep_bad, read_part, write_part
from visits.import_tables import VisitImport, VisitImportFile
from visits.known_targets import Touched, lock_touched, read_names
from visits.list_columns import LIST_KINDS
from visits.list_file import first_sheet_with_rows, open_list, read_sheet
from visits.list_file_errors import EMPTY, MAX_ROWS, ListTooLarge, UnreadableList
from visits.recording import Recording
from visits.visit_list_import import ListRun, ReadPiece
from visits.visit_list_rows import BadRow, RowReading

# Told how many of how many rows are done; returns False where the step is to be given up.
Progress = Callable[[int, int], bool]
_IDENTITIES = "Kimlik numarası sütunu alınmadı ve saklanmadı: ziyaret için gerekmez (KVKK)."
_ONE_LIST = uuid5(NAMESPACE_OID, "recording a list")
_NO_HEADER = "Başlık satırı bulunamadı: sütunlar içindekilere bakılarak tanındı."


class GivenUp(Exception):
    """Somebody cancelled the import while a step was at work."""


class Workplace(NamedTuple):
    """What the steps work with."""

    database: Database
    at: Clock
    load_index: Callable[[Session], MahalleIndex]


def read_list(place: Workplace, job: VisitImport, progress: Progress) -> None:
    """Read the file into parts, find the header and guess the columns. Raises `UnreadableList`, `ListTooLarge`."""
    with place.database.reading() as session:
        content = session.scalars(
            select(VisitImportFile.content).where(VisitImportFile.import_id == job.id)
        ).one()  # fmt: skip
        mahalle = read_names(session, place.load_index(session)).mahalle
    file = open_list(content)
    sheet = job.sheet if job.sheet >= 0 else first_sheet_with_rows(file)
    rows, notices = read_sheet(file, sheet)
    pieces = in_pieces(rows)
    first = next(pieces, [])
    if not first:
        raise UnreadableList(EMPTY)
    # The header row that a person chose stands.
    if job.sheet >= 0 and job.header_row >= 0:
        guessed = guess_columns(first[: job.header_row + LOOKED_AT], job.header_row, mahalle)
    else:
        guessed = guess_sheet(first[: LOOKED_AT * 2], mahalle)
    dropped = frozenset(number for number, column in enumerate(guessed.columns) if column.is_dropped)
    count = _keep_rows(place, job.id, _chained(first, pieces), dropped, progress)
    data_rows = count - sum(number <= guessed.header_row for number, _ in first)
    if data_rows <= 0:
        raise UnreadableList(EMPTY)
    if data_rows > MAX_ROWS:
        raise ListTooLarge
    said = (*notices, *((_IDENTITIES,) if dropped else ()), *(() if guessed.header_row else (_NO_HEADER,)))
    with place.database.writing() as session:
        _put_before_a_person(session, job.id, guessed, data_rows, place)
        fresh = session.get_one(VisitImport, job.id)
        fresh.sheets, fresh.sheet, fresh.date_base, fresh.notices = list(file.sheets), sheet, file.date_base, list(said)


def _put_before_a_person(
    session: Session, job_id: UUID, guessed: GuessedSheet, data_rows: int, place: Workplace
) -> None:  # fmt: skip
    job = session.get_one(VisitImport, job_id)
    columns: list[dict[str, Any]] = [msgspec.to_builtins(column) for column in guessed.columns]
    job.list_kind = job.list_kind or guess_kind(job.file_name, [column.header for column in guessed.columns])
    remembered = remembered_columns(session, job.list_kind, columns) if guessed.header_row else None
    if remembered is not None:
        columns = [
            column | {"field": field, "by": "memory"} if not column["is_dropped"] else column
            for column, field in zip(columns, remembered, strict=True)
        ]
    job.columns, job.header_row, job.row_count, job.counts = columns, guessed.header_row, data_rows, {}
    # What was guessed is checked at once, so that a person sees columns and bad cells together.
    finish_step(job, "checking" if _make_a_list(columns) else "mapping", place.at())


def _make_a_list(columns: Sequence[dict[str, Any]]) -> bool:
    try:
        refuse_bad_columns([column["field"] for column in columns], len(columns))
    except BadMapping:
        return False
    return True


def _chained(first: list[Row], others: Iterable[list[Row]]) -> Iterable[list[Row]]:
    yield first
    yield from others


def _keep_rows(
    place: Workplace, job_id: UUID, pieces: Iterable[list[Row]], dropped: frozenset[int], progress: Progress
) -> int:
    count = 0
    with place.database.writing() as session:
        forget_parts(session, job_id)
    for number, piece in enumerate(pieces):
        kept = [(row, _without(cells, dropped)) for row, cells in piece] if dropped else piece
        with place.database.writing() as session:
            write_part(session, job_id, number, kept)
        count += len(piece)
        if not progress(count, 0):
            raise GivenUp
    return count


def _without(cells: list[str], dropped: frozenset[int]) -> list[str]:
    return ["" if place in dropped else cell for place, cell in enumerate(cells)]


def check_list(place: Workplace, job: VisitImport, progress: Progress) -> None:
    """Say what a list would bring, and what is wrong with which row; changes nothing but the import itself."""
    with place.database.reading() as session:
        run = _run(session, place, job)
        places = count_parts(session, job.id)
    for number in places:
        with place.database.reading() as session:
            rows = _data_rows(read_part(session, job.id, number), job)
            bad = run.check(session, run.read(rows))
        with place.database.writing() as session:
            keep_bad(session, job.id, number, _kept(bad, rows))
        if not progress(run.counts.rows, job.row_count):
            raise GivenUp
    with place.database.writing() as session:
        fresh = session.get_one(VisitImport, job.id)
        fresh.counts = msgspec.to_builtins(run.counts)
        finish_step(fresh, "checked", place.at())


def record_list(place: Workplace, job: VisitImport, progress: Progress) -> set[UUID]:
    """Import the good rows of a list, all in one transaction; returns the targets it made or changed.

    What the rows mean is worked out before: on SQLite nobody else writes while the transaction lasts.
    """
    run, pieces, touched = _read_pieces(place, job, progress)
    with place.database.writing() as session:
        wait_for_other_lists(session)
        fresh = session.get_one(VisitImport, job.id)
        if fresh.state != job.state:
            return set()
        lock_touched(session, touched)
        feed = FeedChanges()
        for number, packed in pieces:
            bad = run.record(session, msgspec.msgpack.decode(packed, type=ReadPiece), feed)
            keep_bad(session, job.id, number, _kept(bad, read_part(session, job.id, number) if bad else ()))
            if not progress(run.counts.rows, job.row_count):
                raise GivenUp
        fresh.counts = msgspec.to_builtins(run.counts)
        end_import(session, fresh, "done", place.at())
        _note_who(session, job, run.counts.rows, place)
        session.flush()
        write_feed(session, feed, place.at())
    return run.targets


def wait_for_other_lists(session: Session) -> None:
    """Wait until no other list is being recorded.

    Two that name the same new household would each make it; the second shall find the first one's.
    """
    lock_absent(session, [_ONE_LIST])


def _read_pieces(
    place: Workplace, job: VisitImport, progress: Progress
) -> tuple[ListRun, list[tuple[int, bytes]], Touched]:
    """Read every piece of a list, packed (100,000 rows stay small), and find what is there of what it changes."""
    pieces: list[tuple[int, bytes]] = []
    touched = Touched(set(), set())
    with place.database.reading() as session:
        run = _run(session, place, job)
        numbers = count_parts(session, job.id)
    for number in numbers:
        with place.database.reading() as session:
            read = run.read(_data_rows(read_part(session, job.id, number), job))
            run.find_touched(session, read, touched)
        pieces.append((number, msgspec.msgpack.encode(read)))
        if not progress(0, job.row_count):
            raise GivenUp
    return run, pieces, touched


def _run(session: Session, place: Workplace, job: VisitImport) -> ListRun:
    columns = tuple(None if column["is_dropped"] else column["field"] for column in job.columns)
    reading = RowReading(columns, LIST_KINDS[job.list_kind].target_kind, job.date_base)
    recording = Recording(place.at(), job.created_by, job.id)
    return ListRun(session, reading, recording, place.load_index(session))


def _note_who(session: Session, job: VisitImport, rows: int, place: Workplace) -> None:
    if job.created_by is not None:
        told = f"{job.file_name}: {rows} satır"[:200]
        record_staff_access(
            session, job.created_by, Access.CHANGED, Subject.VISIT_LIST, job.id, at=place.at(), detail=told
        )


def _data_rows(rows: Iterable[Row], job: VisitImport) -> list[Row]:
    return [row for row in rows if row[0] > job.header_row]


def _kept(bad: Sequence[BadRow], rows: Sequence[Row]) -> list[KeptBadRow]:
    cells = dict(rows) if bad else {}
    return [KeptBadRow(one.number, [(*problem,) for problem in one.problems], cells[one.number]) for one in bad]
