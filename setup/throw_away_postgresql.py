"""A PostgreSQL cluster of our own that lives as long as somebody needs it: for tests, benchmarks and new migrations.

It listens on a Unix socket inside its own temporary folder only, so that no port can collide and nobody else can
reach it. PostgreSQL refuses to run as root; as root it is started as the user `postgres`, whose folder it then is.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "saha-postgresql-"
# Not in $TMPDIR: the path of a socket may have 107 characters at most.
_ON_DISK, _IN_MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - the folder below them is made by `mkdtemp`
_ROOM_IN_MEMORY = 4 * 1024**3


class PostgresqlMissing(Exception):
    """No PostgreSQL server programs are installed here."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster, known by the folder that holds its data and its socket."""

    folder: Path

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of `database`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"


def find_server_programs() -> Path:
    """Return the folder with `initdb` and `pg_ctl`, of the newest version. Raises `PostgresqlMissing`."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path))
    if not candidates:
        raise PostgresqlMissing("no initdb in /usr/lib/postgresql/*/bin or on PATH")
    return candidates[0].parent


def start_cluster(*, durable: bool = False) -> Cluster:
    """Make and start a cluster; whoever calls this calls `stop_cluster`.

    COMMIT is real either way; `durable` also waits for the disk, which benchmarks need and tests do not.
    Raises `PostgresqlMissing`, and `subprocess.CalledProcessError` when the server does not start.
    """
    programs = find_server_programs()
    _sweep_forgotten_clusters()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_place(durable=durable)))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run(
        programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
    )
    with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(_configuration(folder, durable=durable))
    _run(programs / "pg_ctl", "start", "-D", data, "-l", folder / "log", "-w", "-t", "60")
    return Cluster(folder)


def _place(*, durable: bool) -> Path:
    """Return where the cluster's folder is made: a database is copied in a tenth of the time where nothing must last.

    Measured on two cores: 16-33 ms in memory, 160-240 ms on the disk, and a test that needs one needs one of its own.
    """
    has_room = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free >= _ROOM_IN_MEMORY
    return _IN_MEMORY if has_room and not durable else _ON_DISK


def stop_cluster(folder: Path) -> None:
    """Stop the cluster in `folder`, whatever is still connected to it, and delete it."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(find_server_programs() / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate", "-w", check=False)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Run a cluster for the length of a `with` block."""
    cluster = start_cluster(durable=durable)
    try:
        yield cluster
    finally:
        stop_cluster(cluster.folder)


def _configuration(folder: Path, *, durable: bool) -> str:
    lines = [
        "listen_addresses = ''",
        f"unix_socket_directories = '{folder}'",
        "max_connections = 200",
        "shared_buffers = 128MB",
    ]
    if not durable:
        # A database is copied for each test; without a log for replicas that takes a sixth of the time.
        lines += ["wal_level = minimal", "max_wal_senders = 0"]
        lines += ["fsync = off", "full_page_writes = off", "autovacuum = off"]
    return "\n".join(["", *lines, ""])


def _sweep_forgotten_clusters() -> None:
    """Stop clusters whose starter was killed before it could stop them."""
    for folder in (*_ON_DISK.glob(f"{_PREFIX}*"), *_IN_MEMORY.glob(f"{_PREFIX}*")):
        starter = re.match(rf"{_PREFIX}(\d+)-", folder.name)
        if starter and not Path("/proc", starter[1]).exists() and os.access(folder, os.W_OK):
            stop_cluster(folder)


def _run(program: Path, *arguments: str | Path, check: bool = True) -> None:
    """Run one of the server's programs, as `postgres` where we are root."""
    as_root = os.geteuid() == 0
    user = "postgres" if as_root else None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if as_root:
        environment["HOME"] = pwd.getpwnam("postgres").pw_dir
    subprocess.run(
        [program, *arguments], check=check, capture_output=True, cwd="/", env=environment,
        user=user, group=user, extra_groups=[] if as_root else None,
    )  # fmt: skip
