"""How long a list of 100,000 rows takes on its way in: read, checked, recorded, the same again, and its duplicates.

On every database that is there, by the steps that the server's thread does, in this process. Prints CPU and wall
seconds and the process's highest memory. Run: PYTHONPATH=. python benchmarks/visit_lists.py [--rows 100000] [--xlsx].
"""

import argparse
import csv
import io
import json
import os
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from benchmarks.serving import an_empty_database, database_kinds
from foundation.clock import utc_now
from foundation.database import Database
from foundation.migrating import migrate
from geo.boundaries import load_index
from sync.change_log import take_numbers
from tests.fixtures.municipality import make_municipality
from visits.duplicate_sweep import sweep_changed_targets
from visits.import_jobs import begin_import, start_recording
from visits.import_steps import Workplace, check_list, read_list, record_list
from visits.import_tables import VisitImport

_HEADER = ("Kayıt No", "Hane Reisi", "Cep Tel", "Adres Kodu", "Mahallesi", "Açık Adres", "Enlem", "Boylam", "Açıklama")


def main() -> None:
    """Measure on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    content = as_xlsx(given.rows) if given.xlsx else as_csv(given.rows)
    for kind in database_kinds():
        if given.only in {None, kind}:
            with (
                tempfile.TemporaryDirectory(prefix="saha-bench-") as folder,
                an_empty_database(kind, Path(folder)) as url,
            ):
                _measure(kind, url, content)


def rows_of(count: int) -> list[list[str]]:
    """Make households of the test municipality; one in a hundred is named twice, one in a thousand cannot be taken."""
    chance = random.Random(5)
    names, surnames = ("Ayşe", "Şükrü", "İnci", "Hasan", "Zeynep", "Ömer"), ("Yılmaz", "Iğdır", "Kaya", "Öz", "Çelik")
    rows = []
    for number in range(count):
        twin = number - 1 if number % 100 == 99 else number
        chance.seed(twin)
        phone = f"05{chance.randrange(30, 60)} {chance.randrange(1_000_000, 10_000_000)}"
        if number % 1000 == 500:
            phone = "12"
        street = f"{chance.choice(surnames)} {twin % 400} Sk. No: {twin % 97}/{twin % 12}"
        rows.append([f"K{number}", f"{chance.choice(names)} {chance.choice(surnames)} {twin}", phone,
                     str(2_000_000_000 + number), "Akpınar Mah.", street, f"{41 + chance.random() / 100:.6f}",
                     f"{29.2 + chance.random() / 100:.6f}", "zili çalışmıyor"])  # fmt: skip
    return rows


def as_csv(count: int) -> bytes:
    """Write the list as Turkish Excel writes CSV."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([_HEADER, *rows_of(count)])
    return stream.getvalue().encode("windows-1254")


def as_xlsx(count: int) -> bytes:
    """Write the list as XLSX."""
    from openpyxl import Workbook  # noqa: PLC0415 - only where it is asked for

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Liste")
    for row in (_HEADER, *rows_of(count)):
        sheet.append(list(row))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _measure(kind: str, url: str, content: bytes) -> None:
    migrate(url)
    database = Database(url)
    with database.writing() as session:
        make_municipality(session)
    place = Workplace(database, utc_now, load_index)
    for turn in ("first", "same again"):
        with database.writing() as session:
            job_id = begin_import(session, content, "liste", None, utc_now()).id

        def job(found: UUID = job_id) -> VisitImport:
            with database.reading() as session:
                return session.get_one(VisitImport, found)

        _time(kind, f"{turn}: read", lambda found=job: read_list(place, found(), _go_on))
        _time(kind, f"{turn}: check", lambda found=job: check_list(place, found(), _go_on))
        with database.writing() as session:
            start_recording(session.get_one(VisitImport, job_id), utc_now())
        with _another_writer(database, kind, turn):
            _time(kind, f"{turn}: record", lambda found=job: record_list(place, found(), _go_on))
        print(json.dumps({"name": f"visit list, {kind}, {turn}: counts", **job().counts}))
    _time(kind, "duplicates and places", lambda: _sweep(database))
    database.close()


@contextmanager
def _another_writer(database: Database, kind: str, turn: str) -> Iterator[None]:
    """Write something small all the time, as submissions do, and say how long the longest of it had to wait."""
    stop, waits = threading.Event(), [0.0]

    def write() -> None:
        while not stop.wait(0.05):
            begun = time.perf_counter()
            with database.writing() as session:
                take_numbers(session, changes=1)
            waits.append(time.perf_counter() - begun)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    figures = {"value": round(max(waits), 2), "unit": "s", "writes": len(waits) - 1}
    print(json.dumps({"name": f"visit list, {kind}, {turn}: longest wait of another writer", **figures}), flush=True)


def _go_on(_done: int, _total: int) -> bool:
    return True


def _sweep(database: Database) -> None:
    while True:
        with database.writing() as session:
            if not sweep_changed_targets(session, utc_now()):
                return


def _time(kind: str, what: str, step: Callable[[], object]) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    step()
    figures = {"cpu_s": round(time.process_time() - cpu, 1), "value": round(time.perf_counter() - wall, 1), "unit": "s"}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({"name": f"visit list, {kind}, {what}", **figures, "peak_mb": memory, "load": load}), flush=True)


if __name__ == "__main__":
    main()
