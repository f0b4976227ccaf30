"""What travels to a tablet: the first load of many households and the boundaries, an update, a sync with nothing new.

Counts the bytes of bodies and heads as they come over the wire, packed with gzip as a browser asks for. With
SAHA_REAL_BOUNDARIES the mahalle of three districts are taken from there, else the small ones of the tests.
`python -m benchmarks.wire_bytes [--households 100000] [--only sqlite]`.
"""

import argparse
import gzip
import json
import os
import secrets
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.intake_line import KnowledgeCache
from benchmarks.pull import a_body
from benchmarks.serving import Server, a_server, database_kinds
from field_forms.library import FormLibrary
from foundation.clock import utc_now
from foundation.database import Database
from foundation.identifiers import uuid7
from geo.boundaries import store_boundaries
from geo.boundary_import import read_boundaries
from geo.tables import BoundarySet, Mahalle
from sync.change_log import FeedChanges, write_feed
from teams.sign_in import hash_token
from teams.tables import Device, Team, TeamArea
from visits.recording import NewTarget, Recorded, Recording, record_targets

_PIECE = 5_000
Place = tuple[float, float]


class Counted(NamedTuple):
    """Bytes that came, requests that were made, items that were told, and the cursor at the end."""

    wire_bytes: int
    requests: int
    items: int
    cursor: str


def main() -> None:
    """Measure on the first database that is there; the bytes are the same on both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    if given.only in database_kinds():
        with a_server(given.only, workers=1) as server:
            _measure(server, given.households)


def _measure(server: Server, households: int) -> None:
    database = Database(server.database_url)
    token, places = _prepare(database)
    made = _record(database, [_household(number, places) for number in range(households)], None)
    wire = _Wire(server.address, token)
    package = wire.fetch_package()
    first = wire.pull("")
    whole = first.wire_bytes + package
    _say("first load", whole, requests=first.requests, items=first.items, mahalle=len(places), package_bytes=package)
    changed = [
        NewTarget(_household(number, places) | {"adres": f"Yeni Sokak No {number}"}, id=made[number].id)
        for number in range(0, households, 100)
    ]
    _record(database, [one.fields for one in changed], [one.id for one in changed])
    update = wire.pull(first.cursor)
    _say("after 1 % changed", update.wire_bytes, requests=update.requests, items=update.items,
         share_of_first_percent=round(100 * update.wire_bytes / whole, 2))  # fmt: skip
    empty = wire.pull(update.cursor)
    _say("nothing new", empty.wire_bytes, requests=empty.requests, items=empty.items)
    database.close()


def _say(what: str, wire_bytes: int, **more: object) -> None:
    print(json.dumps({"name": f"bytes on the wire, {what}", "value": wire_bytes, "unit": "bytes", **more}), flush=True)


def _prepare(database: Database) -> tuple[str, list[Place]]:
    """Take in the boundaries, give one team everything and a tablet; returns its token, and a point in each."""
    folder = os.environ.get("SAHA_REAL_BOUNDARIES")
    token = secrets.token_urlsafe(32)
    with database.writing() as session:
        if folder:
            _take_in(session, Path(folder))
        current = select(BoundarySet.id).where(BoundarySet.is_current)
        places = session.execute(
            select(Mahalle.id, Mahalle.label_lon, Mahalle.label_lat).where(Mahalle.boundary_set_id.in_(current))
        ).all()
        team = session.scalars(select(Team).order_by(Team.code)).first()
        assert team is not None
        session.add_all(TeamArea(team_id=team.id, mahalle_id=one) for one, _, _ in places)
        session.add(Device(id=uuid7(), token_hash=hash_token(token), team_id=team.id, label="x", app_version="1",
                           enrolled_at=utc_now(), enrolled_by=team.id))  # fmt: skip
        return token, [(lon, lat) for _, lon, lat in places]


def _take_in(session: Session, folder: Path) -> None:
    """Import the three districts as one municipality."""
    features = [
        feature
        for district in ("sancaktepe", "umraniye", "karsiyaka")
        for feature in json.loads((folder / f"{district}_raw.geojson").read_text(encoding="utf-8"))["features"]
    ]
    with NamedTemporaryFile("w", suffix=".geojson", encoding="utf-8") as file:
        json.dump({"type": "FeatureCollection", "features": features}, file)
        file.flush()
        report = read_boundaries(Path(file.name), name_field="name", code_field="uavt_mahalle_kodu")
    store_boundaries(session, report, at=utc_now(), is_sample=False)


def _household(number: int, places: Sequence[Place]) -> dict[str, str]:
    fields: dict[str, Any] = json.loads(a_body(uuid4(), UUID(int=0), number))["fields"]
    lon, lat = places[number % len(places)]
    place = f"{lat + number % 997 * 1e-7:.7f} {lon + number % 991 * 1e-7:.7f} 0 8"
    return {name: str(text) for name, text in fields.items() if text} | {"geometry": place}


def _record(database: Database, rows: list[dict[str, str]], ids: list[UUID | None] | None) -> list[Recorded]:
    made: list[Recorded] = []
    knowledge = KnowledgeCache(FormLibrary())
    for start in range(0, len(rows), _PIECE):
        at = utc_now()
        with database.writing() as session:
            feed, index = FeedChanges(), knowledge.current(session).index
            some = [
                NewTarget(fields, id=ids[start + place] if ids else None)
                for place, fields in enumerate(rows[start : start + _PIECE])
            ]
            made += record_targets(session, some, feed, Recording(at, None, uuid4()), index=index)
            write_feed(session, feed, at)
    return made


class _Wire:
    """One tablet's connection; counts what comes."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}

    def get(self, path: str) -> tuple[int, bytes]:
        """Fetch; returns the bytes on the wire (head and body) and the body unpacked."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 19
        packed = answer.getheader("Content-Encoding") == "gzip"
        return head + len(body), gzip.decompress(body) if packed else body

    def pull(self, cursor: str) -> Counted:
        """Pull until there is no more."""
        counted = Counted(0, 0, 0, cursor)
        more = True
        while more:
            path = f"/v1/sync/pull?limit=500{'&cursor=' + counted.cursor if counted.cursor else ''}"
            size, body = self.get(path)
            page = msgspec.json.decode(body)
            more = page["more"]
            items = counted.items + len(page["items"])
            counted = Counted(counted.wire_bytes + size, counted.requests + 1, items, page["cursor"])
        return counted

    def fetch_package(self) -> int:
        """Fetch the manifest and every part of it."""
        total, manifest = self.get("/v1/sync/package")
        for part in msgspec.json.decode(manifest)["parts"]:
            size, _ = self.get(f"/v1/sync/parts/{part['sha256']}")
            total += size
        return total


if __name__ == "__main__":
    main()
