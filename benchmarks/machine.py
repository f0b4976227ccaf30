"""What the machine itself gives, to compare our figures by: machines differ by more than our versions do.

COPY of submissions' documents into PostgreSQL (one connection, durable), and files of 300 KB made durable
in a folder as photos are (16 threads). `python -m benchmarks.machine [--seconds 4]`.
"""

import argparse
import json
import os
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from benchmarks.serving import a_folder, an_empty_database, database_kinds
from tests.builders import a_submission
from tests.fixtures.municipality import version_of

_ROWS_PER_COPY = 10_000
_PHOTO_BYTES = 300_000


def main() -> None:
    """Measure and print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    given, _ = parser.parse_known_args()
    if "postgresql" in database_kinds():
        _say("COPY into PostgreSQL", copied_rows(given.seconds), "rows/s")
    _say("files of 300 KB made durable", durable_files(given.seconds), "1/s")


def _say(name: str, value: float, unit: str) -> None:
    print(json.dumps({"name": f"machine, {name}", "value": round(value), "unit": unit}), flush=True)


def copied_rows(seconds: float) -> float:
    """Copy documents of 1 KB with a key each; returns rows per second."""
    document = a_submission(version=version_of("hane"), instance_id="uuid:1")
    with an_empty_database("postgresql", Path()) as url:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE document (id uuid PRIMARY KEY, content bytea NOT NULL)")
            connection.commit()
            rows, began_at = 0, time.perf_counter()
            while time.perf_counter() - began_at < seconds:
                with connection.cursor().copy("COPY document FROM STDIN") as copy:
                    for _ in range(_ROWS_PER_COPY):
                        copy.write_row((uuid4(), document))
                connection.commit()
                rows += _ROWS_PER_COPY
            return rows / (time.perf_counter() - began_at)


def durable_files(seconds: float) -> float:
    """Write, sync and rename files from 16 threads; returns files per second."""
    folder, content = a_folder(), secrets.token_bytes(_PHOTO_BYTES)
    until = time.perf_counter() + seconds
    counts = [0] * 16

    def write(thread: int) -> None:
        kept = folder / str(thread)
        kept.mkdir()
        while time.perf_counter() < until:
            path = folder / f"{threading.get_ident()}-{counts[thread]}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            os.write(descriptor, content)
            os.fsync(descriptor)
            os.close(descriptor)
            path.rename(kept / path.name)
            directory = os.open(kept, os.O_RDONLY)
            os.fsync(directory)
            os.close(directory)
            counts[thread] += 1

    began_at = time.perf_counter()
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(16)))
    return sum(counts) / (time.perf_counter() - began_at)


if __name__ == "__main__":
    main()
