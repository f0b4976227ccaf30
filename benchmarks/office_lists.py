"""How long the office's lists, searches and map counts take on a year of data: 60,000 submissions, 20,000 requests.

On SQLite and, where a server is named, on PostgreSQL. Each database is made for this and filled with rows, not through
the intake, because what is measured is reading. Prints one JSON line per question: median and slowest of nine, in ms.
"""

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from benchmarks.serving import an_empty_database, database_kinds
from foundation.database import Database
from foundation.identifiers import uuid7
from foundation.migrating import migrate
from geo.boundaries import store_boundaries
from geo.sample_boundaries import sample_boundaries
from geo.tables import Mahalle
from geo.turkish import search_key
from reports.form_lists import list_forms
from reports.mahalle_counts import CountFilters, count_by_mahalle
from service_requests.keyset_pages import PageWanted
from service_requests.request_lists import RequestFilters, list_requests
from service_requests.submission_lists import SubmissionFilters, list_submissions
from service_requests.tables import ServiceRequest, Submission
from service_requests.tracking_numbers import tracking_number
from teams.permissions import Everything, OfDirectorate
from teams.tables import Directorate, Team, User

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SUBMISSIONS, REQUESTS, PIECE = 60_000, 20_000, 5_000
TYPES = ("hane", "esnaf", "taziye", "asker_ugurlama", "mahalle_tespit")
CATEGORIES = ("yol_kaldirim", "cop_temizlik", "park_yesil_alan", "aydinlatma", "basibos_hayvan")
NAMES = ("Şükrü Iğdır", "Ayşe Yılmaz", "İsmail Öztürk", "Gülşen Çağlar", "Hüseyin Uğur", "Zeynep Şahin")
STREETS = ("Menekşe Sokak", "Gül Sokağı", "İnönü Caddesi", "Çınar Sokak", "Ağaçlı Yol", "Fatih Caddesi")
STATUSES = ("routed", "answered", "rejected", "closed")


def fill(session: Session, dice: random.Random) -> UUID:
    """Put in staff, sample boundaries and rows over a year; returns a directorate that has requests."""
    store_boundaries(session, sample_boundaries(), at=NOW, is_sample=True)
    teams = [Team(id=uuid4(), code=f"ekip-{n}", name=f"{n}. Ekip") for n in range(1, 4)]
    directorates = [Directorate(id=uuid4(), code=f"m-{n}", name=f"{n}. Müdürlük") for n in range(1, 13)]
    worker = User(
        id=uuid4(), username="saha", username_key="saha", display_name="Saha", role="field_worker", password_hash="x",
        created_at=NOW,
    )  # fmt: skip
    session.add_all([*teams, *directorates, worker])
    session.flush()
    mahalle = [*session.scalars(select(Mahalle.id)), None]
    for first in range(0, SUBMISSIONS, PIECE):
        rows = [a_row(dice, first + n, mahalle, teams, worker.id) for n in range(PIECE)]
        session.execute(insert(Submission), rows)
    for first in range(0, REQUESTS, PIECE):
        session.execute(
            insert(ServiceRequest), [a_request(dice, first + n, mahalle, directorates) for n in range(PIECE)]
        )
    return directorates[0].id


def a_row(
    dice: random.Random, number: int, mahalle: list[UUID | None], teams: list[Team], worker: UUID
) -> dict[str, object]:
    """Make the `number`-th submission of the year."""
    at = NOW - timedelta(minutes=(SUBMISSIONS - number) * 8.7)
    name, street = dice.choice(NAMES), f"{dice.choice(STREETS)} {dice.randrange(200)}"
    place = dice.choice(mahalle)
    flagged = dice.random() < 0.05
    return {
        "id": uuid7(at), "instance_id": f"uuid:{uuid4()}", "xml_sha256": "0" * 64, "form_id": dice.choice(TYPES),
        "form_version": "1", "visit_type": dice.choice(TYPES), "user_id": worker, "team_id": dice.choice(teams).id,
        "device_id": "collect:abcdefgh", "received_at": at, "visited_at": at, "visited_on": at.date(), "lon": 29.2,
        "lat": 41.0, "accuracy_m": 8.0, "place": "inside" if place else "outside", "mahalle_id": place,
        "distance_m": 0.0, "possible_mahalle": [], "result": "Görüşüldü", "person_name": name, "address": street,
        "search_key": search_key(f"{name} {street} {number}"),
        "remarks": [{"code": "point.inaccurate", "path": "/data/yer", "sentence": "Konum 300 m"}] if flagged else [],
        "flags": ",point.inaccurate," if flagged else "", "review": "open" if flagged else "none",
        "photos_expected": 1, "photos_received": 1, "request_count": int(number % 3 == 0),
    }  # fmt: skip


def a_request(
    dice: random.Random, number: int, mahalle: list[UUID | None], directorates: list[Directorate]
) -> dict[str, object]:
    """Make the `number`-th request of the year."""
    at = NOW - timedelta(minutes=(REQUESTS - number) * 26)
    sentence = f"{dice.choice(STREETS)} üzerinde kaldırım taşları yerinden oynamış, {number} numaralı kapının önü."
    return {
        "id": uuid7(at), "tracking_no": tracking_number(at.year, number + 1), "finding_id": uuid4(), "channel": "saha",
        "visit_type": dice.choice(TYPES), "category_code": dice.choice(CATEGORIES), "description": sentence,
        "search_key": search_key(sentence), "lon": 29.2, "lat": 41.0, "accuracy_m": 8.0,
        "mahalle_id": dice.choice(mahalle), "directorate_id": dice.choice(directorates).id, "routing_reason": "kural",
        "status": dice.choice(STATUSES), "opened_at": at, "opened_on": at.date(),
    }  # fmt: skip


def measure(database: Database, what: str, ask: Callable[[Session], object]) -> None:
    """Ask nine times, each in a session of its own, after once for the caches; print the times."""
    took = []
    for _ in range(10):
        with database.reading() as session:
            start = time.perf_counter()
            ask(session)
            took.append((time.perf_counter() - start) * 1000)
    line = {"what": what, "median_ms": round(statistics.median(took[1:]), 1), "slowest_ms": round(max(took[1:]), 1)}
    print(json.dumps(line | {"database": database.engine.dialect.name}, ensure_ascii=False))


def main() -> None:
    """Measure on every database that is there."""
    for kind in database_kinds():
        with tempfile.TemporaryDirectory(prefix="saha-bench-") as folder, an_empty_database(kind, Path(folder)) as url:
            _measure_all(url)


def _measure_all(url: str) -> None:
    migrate(url)
    database = Database(url)
    with database.writing() as session:
        directorate = fill(session, random.Random(7))
    with database.writing() as session:
        session.execute(text("ANALYZE"))
    everything, page = Everything(), PageWanted()
    day = (NOW - timedelta(days=30)).date()
    place = "Akpınar"
    with database.reading() as session:
        akpinar = session.scalars(select(Mahalle.id).where(Mahalle.name == place)).one()
    deep = PageWanted(uuid7(NOW - timedelta(days=300)), 50)
    for name, filters, wanted in (
        ("first page", SubmissionFilters(), page), ("deep page", SubmissionFilters(), deep),
        ("one mahalle", SubmissionFilters(mahalle=akpinar), page),
        ("last 30 days", SubmissionFilters(from_day=day), page),
        ("old 30 days", SubmissionFilters(to_day=(NOW - timedelta(days=330)).date()), page),
        ("waiting for review", SubmissionFilters(review="open"), page),
        ("one flag", SubmissionFilters(flag="point.inaccurate"), page),
        ("search, many hits", SubmissionFilters(q="şükrü"), page),
        ("search, one hit", SubmissionFilters(q="31415"), page),
        ("search, none", SubmissionFilters(q="olmayan kişi"), page),
        ("mahalle, type and search", SubmissionFilters(mahalle=akpinar, visit_type="hane", q="iğdır"), page),
        ("200 rows", SubmissionFilters(), PageWanted(limit=200)),
    ):  # fmt: skip
        measure(database, f"submissions: {name}", lambda s, f=filters, w=wanted: list_submissions(s, everything, f, w))
    for name, scope, given in (
        ("first page", everything, RequestFilters()), ("open", everything, RequestFilters(status="open")),
        ("officer's", OfDirectorate(directorate), RequestFilters(status="open")),
        ("search, none", everything, RequestFilters(q="olmayan söz")),
        ("search, one hit", everything, RequestFilters(q="31415")),
    ):  # fmt: skip
        measure(database, f"requests: {name}", lambda s, c=scope, f=given: list_requests(s, c, f, page, at=NOW))
    for name, counted in (
        ("all", CountFilters()), ("last 30 days", CountFilters(from_day=day)),
        ("a year, one type", CountFilters(from_day=(NOW - timedelta(days=365)).date(), visit_type="hane")),
    ):  # fmt: skip
        measure(database, f"map counts: {name}", lambda s, f=counted: count_by_mahalle(s, everything, f))
    measure(database, "forms", list_forms)
    database.close()


if __name__ == "__main__":
    main()
