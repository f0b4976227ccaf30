"""No row is skipped: a tablet pulls by cursor while writers commit in any order. Real transactions, both databases.

Seeded defects that this catches stand in docs/seeded-defects.md.
"""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID, uuid4

import msgspec

from api.pressure import PaceLimit
from api.pulling import pull
from api.wiring import Wiring
from foundation.database import Database
from sync.areas import area_of_team
from sync.change_log import FeedChanges, write_feed
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet

_WRITERS, _COMMITS = 4, 20


def _write(database: Database, area: str, seed: int) -> set[UUID]:
    """Commit changes of one to four entities, each after some work, and some of it after the numbers are taken."""
    rng, written = random.Random(seed), set()
    for _ in range(_COMMITS):
        feed, ids = FeedChanges(), [uuid4() for _ in range(rng.randint(1, 4))]
        for one in ids:
            feed.put([area], "target", one, {"version": 1})
        with database.writing() as session:
            time.sleep(rng.random() * 0.004)
            write_feed(session, feed, NOON)
            time.sleep(rng.random() * 0.004)
        written |= set(ids)
    return written


def _poll(wiring: Wiring, token: str, done: Event) -> set[str]:
    """Pull page by page as a tablet does, without pause, and once more when all is written."""
    cursor, seen = None, set()
    while True:
        is_last = done.is_set()
        page = json.loads(pull(wiring, token, cursor, 7).body)
        seen |= {str(item["id"]) for item in page["items"]}
        cursor = page["cursor"]
        if is_last and not page["more"]:
            return seen


def test_a_tablet_that_pulls_all_the_time_misses_nothing(
    tablet: Tablet, wiring: Wiring, office: Office, database_url: str
) -> None:
    database, area, done = Database(database_url), area_of_team(office.municipality.team), Event()
    # A tablet that never pauses is told to; here it is to meet as many commits as it can.
    unpaced = msgspec.structs.replace(wiring, pull_pace=PaceLimit(burst=1_000_000, per_second=1_000_000))
    try:
        with ThreadPoolExecutor(_WRITERS + 1) as pool:
            polling = pool.submit(_poll, unpaced, tablet.token, done)
            writing = [pool.submit(_write, database, area, seed) for seed in range(_WRITERS)]
            try:
                written = set().union(*(one.result() for one in writing))
            finally:
                done.set()
            seen = polling.result()
    finally:
        database.close()
    assert len(written) > _WRITERS * _COMMITS
    assert seen == {str(one) for one in written}
