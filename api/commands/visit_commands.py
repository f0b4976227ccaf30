"""`saha import-visits`: a municipality's list of whom to visit, from the command line, with the columns as guessed."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from api.commands.open_database import open_database
from foundation.clock import utc_now
from foundation.identifiers import uuid7
from foundation.settings import Settings
from geo.boundaries import load_index
from sync.change_log import FeedChanges, write_feed
from visits.column_guessing import LOOKED_AT, GuessedSheet, guess_sheet
from visits.import_parts import in_pieces
from visits.import_steps import wait_for_other_lists
from visits.known_targets import Touched, lock_touched, read_names
from visits.list_file import first_sheet_with_rows, open_list, read_sheet
from visits.list_file_errors import EMPTY, UnreadableList
from visits.recording import Recording
from visits.visit_list_import import ListCounts, ListRun, Tally
from visits.visit_list_rows import BadRow, RowReading

_MOST_TOLD = 500


def import_visits(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Take the good rows and print what is wrong with the others; 1 where there are such."""
    try:
        content = arguments.file.read_bytes()
    except OSError:
        print(f"{arguments.file} okunamadı: yolunu ve izinlerini denetleyin.", file=sys.stderr)
        return 1
    file, at = open_list(content), utc_now()
    rows = list(read_sheet(file, first_sheet_with_rows(file)).rows)
    with open_database(settings) as database, database.writing() as session:
        feed, index = FeedChanges(), load_index(session)
        guessed = guess_sheet(rows[: LOOKED_AT * 2], read_names(session, index).mahalle)
        reading = RowReading(_columns(guessed), date_base=file.date_base)
        run = ListRun(session, reading, Recording(at, None, uuid7(at)), index)
        read = [run.read(piece) for piece in in_pieces(row for row in rows if row[0] > guessed.header_row)]
        wait_for_other_lists(session)
        touched = Touched(set(), set())
        for piece in read:
            run.find_touched(session, piece, touched)
        lock_touched(session, touched)
        bad: list[BadRow] = []
        for piece in read:
            bad += run.record(session, piece, feed)
        write_feed(session, feed, at)
    _print(run.counts, bad, guessed)
    return 1 if bad else 0


def _columns(guessed: GuessedSheet) -> tuple[str | None, ...]:
    columns = tuple(column.field for column in guessed.columns)
    if not any(columns):
        raise UnreadableList(f"Tanınan sütun yok. {EMPTY}")
    return columns


def _print(counts: ListCounts, bad: list[BadRow], guessed: GuessedSheet) -> None:
    print(f"{counts.rows} satır okundu.")
    print(f"Hedefler: {_words(counts.targets)}")
    print(f"Ziyaretler: {_words(counts.visits)}")
    for row in bad[:_MOST_TOLD]:
        for column, value, reason in row.problems:
            where = guessed.columns[column].header if column is not None else "-"
            print(f"  satır {row.number}, {where} «{value}»: {reason}", file=sys.stderr)
    if bad:
        print(f"{len(bad)} satır alınmadı: düzeltip dosyayı yeniden verin.", file=sys.stderr)


def _words(tally: Tally) -> str:
    undecided = f", {tally.unsettled} çelişkili (koordinatör karar verir)" if tally.unsettled else ""
    return f"{tally.new} yeni, {tally.changed} değişti, {tally.unchanged} aynı{undecided}"
