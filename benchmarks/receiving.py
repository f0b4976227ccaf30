"""What one submission costs inside `receive_submissions`, without HTTP: CPU time of our process and of PostgreSQL.

One process, one connection, batches in one transaction each, as a push or a group commit hands them in. CPU time does
not depend on who else uses the machine as much as throughput does, so it shows progress. Prints JSON lines, in
microseconds of CPU per submission: `python -m benchmarks.receiving [--batch 100] [--findings 0] [--profile]`.
"""

import argparse
import cProfile
import gc
import json
import os
import pstats
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from api.intake_line import KnowledgeCache
from benchmarks.serving import an_empty_database, database_kinds
from field_forms.library import FormLibrary
from foundation.clock import utc_now
from foundation.database import Database
from foundation.migrating import migrate
from service_requests.incoming import IncomingSubmission
from service_requests.intake import receive_submissions
from teams.permissions import Actor, Role
from teams.tables import User
from tests.builders import AFinding, a_submission
from tests.fixtures.municipality import make_municipality, version_of

_WARMING_UP = 5


class Spent(NamedTuple):
    """Seconds: CPU of this process and of its PostgreSQL backend, of each `receive_submissions`, and by the clock."""

    ours: float
    backend: float
    inside: list[float]
    elapsed: float


def main() -> None:
    """Measure on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, nargs="*", default=[1, 64, 100])
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--findings", type=int, nargs="*", default=[0, 1])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--profile", action="store_true", help="say which functions take the time, instead")
    given = parser.parse_args()
    for kind in database_kinds():
        if given.only in {None, kind}:
            with (
                tempfile.TemporaryDirectory(prefix="saha-bench-") as folder,
                an_empty_database(kind, Path(folder)) as url,
            ):
                _measure(kind, url, given)


def _measure(kind: str, url: str, given: argparse.Namespace) -> None:
    migrate(url)
    database = Database(url)
    with database.writing() as session:
        make_municipality(session)
    with database.reading() as session:
        user = session.scalars(select(User).where(User.username == "saha")).one()
    actor = Actor(user.id, user.username, user.display_name, Role(user.role), user.team_id)
    knowledge = KnowledgeCache(FormLibrary())
    for findings in given.findings:
        for size in given.batch:
            count = max(given.submissions // size, 1) if size > 1 else given.submissions // 10
            batches = list(_batches(actor, size, count + _WARMING_UP, findings))
            _receive(database, knowledge, batches[:_WARMING_UP])
            # A server does not hold thousands of submissions for the collector to look at again and again.
            gc.collect()
            gc.freeze()
            with cProfile.Profile() if given.profile else nullcontext() as profile:
                spent = _receive(database, knowledge, batches[_WARMING_UP:])
            if profile:
                pstats.Stats(profile).sort_stats("tottime").print_stats(60)
            _say(kind, size, findings, count * size, spent)
    database.close()


def _receive(
    database: Database, knowledge: KnowledgeCache, batches: Sequence[Sequence[IncomingSubmission]]
) -> Spent:  # fmt: skip
    with database.writing() as session:
        backend = None if database.is_sqlite else session.scalar(text("SELECT pg_backend_pid()"))
    inside = []
    before = _cpu_seconds(backend)
    started, started_cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        with database.writing() as session:
            entered = time.process_time()
            receive_submissions(session, knowledge.current(session), batch)
            inside.append(time.process_time() - entered)
    ours, elapsed = time.process_time() - started_cpu, time.perf_counter() - started
    return Spent(ours, _cpu_seconds(backend) - before, inside, elapsed)


def _cpu_seconds(process_id: int | None) -> float:
    """Read how much CPU a process has used, in user mode and in the kernel; 0 for none."""
    if process_id is None:
        return 0.0
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _batches(actor: Actor, size: int, count: int, findings: int) -> Iterator[list[IncomingSubmission]]:
    random_ids = random.Random()
    template = a_submission(
        version=version_of("hane"),
        instance_id="uuid:INSTANCE",
        findings=[AFinding(id=f"FINDING{number}") for number in range(findings)],
        end=utc_now().isoformat(),
    )
    for _ in range(count):
        yield [_item(actor, template, findings, random_ids) for _ in range(size)]


def _item(actor: Actor, template: bytes, findings: int, random_ids: random.Random) -> IncomingSubmission:
    def a_uuid() -> bytes:
        return str(UUID(int=random_ids.getrandbits(128), version=4)).encode()

    xml = template.replace(b"INSTANCE", a_uuid())
    for number in range(findings):
        xml = xml.replace(b"FINDING%d" % number, a_uuid())
    return IncomingSubmission(xml=xml, actor=actor, device_id="collect:bench", received_at=utc_now())


def _say(kind: str, size: int, findings: int, submissions: int, spent: Spent) -> None:
    def each_us(seconds: float) -> float:
        return round(seconds / submissions * 1e6, 1)

    # Who else uses the processor makes it slower, too: the tenth quickest of the batches is what it costs alone.
    alone = sorted(spent.inside)[len(spent.inside) // 10] * len(spent.inside)
    line: dict[str, Any] = {"name": f"receiving, {kind}, batches of {size}, findings each: {findings}",
                            "value": each_us(sum(spent.inside)), "unit": "us of CPU", "alone_us": each_us(alone),
                            "with_commit_us": each_us(spent.ours), "postgresql_us": each_us(spent.backend),
                            "per_second": round(submissions / spent.elapsed)}  # fmt: skip
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
