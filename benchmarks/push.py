"""How many submissions tablets of our own can push in batches of 100: full work, over HTTP, each reply after COMMIT.

PostgreSQL with two workers and SQLite with one; each client is a tablet of its own with small household visits without
findings. `python -m benchmarks.push [--seconds 6] [--batch 100] [--clients 4 8] [--only postgresql]`.
"""

import argparse
import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from benchmarks.load import run_load
from benchmarks.serving import Server, a_server, database_kinds
from foundation.clock import ISTANBUL, utc_now
from foundation.database import Database
from foundation.identifiers import uuid7
from teams.sign_in import hash_token
from teams.tables import Device, User
from tests.builders import a_submission
from tests.fixtures.municipality import version_of

_MOST_TABLETS = 64


def main() -> None:
    """Measure on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 4, 8])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in database_kinds():
        if given.only in {None, kind}:
            with a_server(kind, workers=1 if kind == "sqlite" else 2) as server:
                _measure(kind, server, given)


def _measure(kind: str, server: Server, given: argparse.Namespace) -> None:
    worker, tokens = enrol_tablets(server.database_url)
    end = utc_now().astimezone(ISTANBUL)

    def pushes(client: int) -> Iterator[bytes]:
        return _pushes(tokens[client], worker, given.batch, end)

    run_load(server.address, pushes, clients=4, seconds=2)
    for clients in given.clients:
        load = run_load(server.address, pushes, clients=clients, seconds=given.seconds)
        print(json.dumps({"name": f"push, {kind}, batches of {given.batch}", "clients": clients,
                          "value": round(load.per_second * given.batch, 1), "unit": "submissions/s",
                          "median_ms": round(load.median_s * 1000, 1), "p99_ms": round(load.p99_s * 1000, 1),
                          "statuses": load.statuses}), flush=True)  # fmt: skip


def enrol_tablets(database_url: str) -> tuple[UUID, list[str]]:
    """Make tablets of the first team's; returns one of its workers and the tablets' tokens."""
    database = Database(database_url)
    tokens = [secrets.token_urlsafe(32) for _ in range(_MOST_TABLETS)]
    with database.writing() as session:
        worker = session.scalars(select(User).where(User.username_key == "saha")).one()
        assert worker.team_id is not None
        for token in tokens:
            session.add(Device(id=uuid7(), token_hash=hash_token(token), team_id=worker.team_id, label="x",
                               app_version="1", enrolled_at=utc_now(), enrolled_by=worker.id))  # fmt: skip
    database.close()
    return worker.id, tokens


def _pushes(token: str, worker: UUID, batch: int, end: datetime) -> Iterator[bytes]:
    """Make pushes out of a text made once, so that the load takes little of the cores that it shares."""
    xml = a_submission(version=version_of("hane"), instance_id="uuid:INSTANCE", end=end.isoformat()).decode()
    operation = {"id": "OPERATION", "device_seq": 0, "kind": "submission", "worker_id": str(worker),
                 "at": end.isoformat(), "payload": {"xml": xml, "photos": []}}  # fmt: skip
    before, after = json.dumps(operation).replace('"device_seq": 0', '"device_seq": NUMBER').split("OPERATION")
    number = secrets.randbelow(2**40)
    while True:
        pushed = []
        for _ in range(batch):
            number += 1
            mine = after.replace("NUMBER", str(number), 1).replace("INSTANCE", str(uuid4()), 1)
            pushed.append(f"{before}{uuid7()}{mine}")
        told = {"sent_at": utc_now().isoformat(), "app_version": "1", "unsent_count": batch,
                "oldest_unsent_at": end.isoformat()}  # fmt: skip
        body = f'{json.dumps(told)[:-1]}, "operations": [{",".join(pushed)}]}}'.encode()
        yield (
            f"POST /v1/sync/push HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


if __name__ == "__main__":
    main()
