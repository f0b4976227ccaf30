"""A real server for the benchmarks: migrated database, a small municipality, `saha serve` in processes of its own."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from foundation.database import Database
from foundation.migrating import migrate
from tests.fixtures.municipality import make_municipality


class Server(NamedTuple):
    """A running server."""

    address: str
    database_url: str
    process_id: int

    def memory_mb(self) -> list[int]:
        """Measure the resident memory of each worker process, in MB."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process_id), "-f", "spawn_main"], capture_output=True, text=True, check=False
        ).stdout.split()
        return [resident_mb(int(number)) for number in children or [self.process_id]]


def resident_mb(process_id: int) -> int:
    """Measure the resident memory of a process, in MB."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) // 1024


def database_kinds() -> list[str]:
    """Say which databases can be measured here: SQLite always, PostgreSQL where a server is named."""
    return ["sqlite", *(["postgresql"] if os.environ.get("SAHA_TEST_POSTGRES") else [])]


@contextmanager
def a_server(kind: str, *, workers: int, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """Start a server on an empty municipality; the database is removed afterwards, the folder at the program's end."""
    folder = a_folder()
    with an_empty_database(kind, folder) as url:
        migrate(url)
        database = Database(url)
        with database.writing() as session:
            make_municipality(session)
        database.close()
        port = _free_port()
        environment = {
            **os.environ,
            "SAHA_DATA_DIR": str(folder),
            "SAHA_DATABASE_URL": url,
            "SAHA_PORT": str(port),
            "SAHA_WORKERS": str(workers),
            **settings,
        }
        command = [sys.executable, "-m", "api.commands", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait_until_live(f"http://127.0.0.1:{port}")
            yield Server(f"http://127.0.0.1:{port}", url, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def a_folder() -> Path:
    """Make a folder that is removed when the program ends.

    Not before: where thousands of files have just been deleted, ext4 without a journal makes each new one slowly for
    minutes, and the next measurement would measure that.
    """
    folder = Path(tempfile.mkdtemp(prefix="saha-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def an_empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Make a database for one measurement and yield its URL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/saha.sqlite3"
        return
    server_url = os.environ["SAHA_TEST_POSTGRES"]
    name = f"saha_bench_{uuid4().hex[:12]}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_live(address: str) -> None:
    for _ in range(200):
        try:
            with urlopen(f"{address}/health/live"):
                return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
