"""How many pages of 100 changes tablets can pull, and whether that depends on how long the feed is.

PostgreSQL with two workers and SQLite with one, at 10,000 and 1,000,000 rows of the feed (filled by SQL), with 1, 8 and
32 clients; each client goes on from cursor to cursor, as another tablet each time. `python -m benchmarks.pull
[--rows 10000 1000000] [--seconds 6] [--only postgresql]`. Bytes are measured unpacked, and told packed as well.
"""

import argparse
import json
import secrets
from collections.abc import Iterator
from itertools import cycle
from urllib.request import Request, urlopen
from uuid import UUID

from sqlalchemy import create_engine, text

from api.packed_answers import pack
from benchmarks.load import run_load
from benchmarks.serving import Server, a_server, database_kinds
from foundation.database import Database
from foundation.identifiers import uuid7
from foundation.insertion import insert_all
from sync.tables import FeedBody, FeedEntry
from teams.sign_in import hash_token
from teams.tables import Device, Team, TeamArea
from tests.fixtures.municipality import NOON

_AREAS, _DEVICES, _CURSORS = 40, 64, 100
_OF_A_TEAM = 10
_PIECE = 20_000


def main() -> None:
    """Measure on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8, 32])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in database_kinds():
        for rows in given.rows if given.only in {None, kind} else ():
            with a_server(kind, workers=1 if kind == "sqlite" else 2) as server:
                tokens = fill_feed(server.database_url, rows)
                _measure(kind, rows, server, tokens, given)


def fill_feed(database_url: str, rows: int) -> list[str]:
    """Put `rows` targets into forty areas, a quarter of which are one team's; returns its tablets' tokens."""
    database = Database(database_url)
    areas = [UUID(int=number + 1) for number in range(_AREAS)]
    tokens = [secrets.token_urlsafe(32) for _ in range(_DEVICES)]
    with database.writing() as session:
        team = session.query(Team).order_by(Team.code).first()
        assert team is not None
        insert_all(session, TeamArea, [{"team_id": team.id, "mahalle_id": one} for one in areas[:_OF_A_TEAM]])
        for token in tokens:
            session.add(Device(id=uuid7(), token_hash=hash_token(token), team_id=team.id, label="x", app_version="1",
                               enrolled_at=NOON, enrolled_by=team.id))  # fmt: skip
    for start in range(0, rows, _PIECE):
        with database.writing() as session:
            entries, bodies = [], []
            for number in range(start, min(start + _PIECE, rows)):
                entity_id, area = uuid7(), areas[number % _AREAS]
                entries.append({"area": f"mahalle:{area}", "kind": "target", "entity_id": entity_id,
                                "sequence": number + 1, "is_removed": False, "removed_at": None})  # fmt: skip
                bodies.append({"kind": "target", "entity_id": entity_id, "body": a_body(entity_id, area, number)})
            insert_all(session, FeedEntry, entries)
            insert_all(session, FeedBody, bodies)
    database.close()
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("UPDATE sequence_counter SET feed_sequence = :rows"), {"rows": rows})
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return tokens


def a_body(entity_id: UUID, area: UUID, number: int) -> str:
    """Write a household as the feed holds it, about 350 bytes."""
    fields = {
        "tur": "hane", "ad": f"Şükrü Iğdır {number}", "yetkili": "", "telefon": f"+90532{number % 10**7:07}",
        "adres": f"Menekşe Sokak No {number % 200} Daire {number % 12}", "uavt": f"{number:010}",
        "geometry": f"41.0{number % 99991:05} 29.2{number % 99989:05} 0 8",
    }  # fmt: skip
    item = {"op": "put", "kind": "target", "id": str(entity_id), "version": 1, "fields": fields, "mahalle": str(area)}
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def _measure(kind: str, rows: int, server: Server, tokens: list[str], given: argparse.Namespace) -> None:
    requests = [_requests_of(server, token) for token in tokens[:4]]
    flat = [request for of_one in requests for request in of_one[0]]
    run_load(server.address, lambda _: cycle(flat), clients=8, seconds=2)
    plain, packed = requests[0][1]
    # Each tablet has its own share of the requests, or it would be told to slow down.
    everyone = [request for token in tokens for request in _requests_of(server, token)[0][:20]]
    for clients in given.clients:

        def begin(client: int, clients: int = clients) -> Iterator[bytes]:
            return cycle(everyone[client * len(everyone) // clients :] + everyone)

        load = run_load(server.address, begin, clients=clients, seconds=given.seconds)
        print(json.dumps({"name": f"pull, {kind}", "rows": rows, "clients": clients,
                          "value": round(load.per_second, 1), "unit": "pages/s",
                          "median_ms": round(load.median_s * 1000, 2), "p99_ms": round(load.p99_s * 1000, 2),
                          "statuses": load.statuses, "page_bytes": plain,
                          "page_bytes_gzip": packed}), flush=True)  # fmt: skip


def _requests_of(server: Server, token: str) -> tuple[list[bytes], tuple[int, int]]:
    """Pull from the start and remember the requests; also the size of a page, plain and packed."""
    cursor, requests, sizes = "", [], (0, 0)
    for _ in range(_CURSORS):
        path = f"/v1/sync/pull?limit=100{'&cursor=' + cursor if cursor else ''}"
        requests.append(f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        with urlopen(Request(server.address + path, headers={"Authorization": f"Bearer {token}"})) as answer:
            body = answer.read()
        page = json.loads(body)
        sizes = max(sizes, (len(body), len(pack(body))))
        cursor = page["cursor"]
        if not page["more"] or len(requests) == 20:
            break
    return requests, sizes


if __name__ == "__main__":
    main()
