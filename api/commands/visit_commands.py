"""`saha import-visits`: a municipality's list of whom to visit, from the command line."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from api.commands.open_database import open_database
from foundation.clock import utc_now
from foundation.identifiers import uuid7
from foundation.settings import Settings
from geo.boundaries import load_index
from sync.change_log import FeedChanges, write_feed
from visits.recording import Recording
from visits.visit_list_file import read_visit_list
from visits.visit_list_import import Tally, VisitListReport, import_visit_list


def import_visits(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Take the good rows and print what is wrong with the others; 1 where there are such."""
    try:
        content = arguments.file.read_bytes()
    except OSError:
        print(f"{arguments.file} okunamadı: yolunu ve izinlerini denetleyin.", file=sys.stderr)
        return 1
    rows, at = read_visit_list(content), utc_now()
    with open_database(settings) as database, database.writing() as session:
        feed = FeedChanges()
        index = load_index(session)
        report = import_visit_list(session, rows, feed, Recording(at, None, uuid7(at)), index=index)
        write_feed(session, feed, at)
    _print(report)
    return 1 if report.bad_count else 0


def _print(report: VisitListReport) -> None:
    print(f"{report.rows} satır okundu.")
    print(f"Hedefler: {_words(report.targets)}")
    print(f"Ziyaretler: {_words(report.visits)}")
    for bad in report.bad:
        print(f"  satır {bad.row}, {bad.column} «{bad.value}»: {bad.reason}", file=sys.stderr)
    if report.bad_count:
        print(f"{report.bad_count} satır alınmadı: düzeltip dosyayı yeniden verin.", file=sys.stderr)


def _words(tally: Tally) -> str:
    undecided = f", {tally.unsettled} çelişkili (koordinatör karar verir)" if tally.unsettled else ""
    return f"{tally.new} yeni, {tally.changed} değişti, {tally.unchanged} aynı{undecided}"
