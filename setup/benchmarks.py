"""`make bench`: runs every program in `benchmarks/`, each of which prints its measurements as JSON lines.

They get a PostgreSQL cluster of their own that waits for the disk at COMMIT, as a real one does.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from setup.progress import ROOT
from setup.throw_away_postgresql import PostgresqlMissing, find_server_programs, throw_away_cluster


def main(given: list[str]) -> int:
    """Run the benchmarks that are named (files without `.py`), or all; return how many failed.

    What follows from the first option on is handed to each: `intake push --only postgresql`.
    """
    chosen = list(takewhile(lambda word: not word.startswith("-"), given))
    options = given[len(chosen) :]
    entries = [path for path in sorted((ROOT / "benchmarks").glob("*.py")) if _is_entry(path, chosen)]
    failed = 0
    with _postgresql() as environment:
        for entry in entries:
            print(f"→ benchmarks/{entry.name}", file=sys.stderr, flush=True)
            command = [sys.executable, "-m", f"benchmarks.{entry.stem}", *options]
            failed += subprocess.run(command, env=environment, check=False).returncode != 0
    return failed


def _is_entry(path: Path, chosen: list[str]) -> bool:
    """Tell programs from the modules they share by what makes a program of a module."""
    is_program = '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    return is_program and (not chosen or path.stem in chosen)


@contextmanager
def _postgresql() -> Iterator[dict[str, str]]:
    """Yield the environment with `SAHA_TEST_POSTGRES` naming a server, unless there is none to be had."""
    environment = dict(os.environ)
    if "SAHA_TEST_POSTGRES" not in environment:
        try:
            find_server_programs()
        except PostgresqlMissing as missing:
            print(f"PostgreSQL ölçülmeyecek: {missing}", file=sys.stderr)
        else:
            with throw_away_cluster(durable=True) as cluster:
                yield {**environment, "SAHA_TEST_POSTGRES": cluster.url()}
            return
    yield environment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
